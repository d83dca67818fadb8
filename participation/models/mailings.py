"""Mails of the coordinator to a selection of contacts. No address is kept, only how many there were."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked


@tracked
class Mailing(models.Model):
    """One text that was sent. `key` is that of the preview, so that sending twice sends once."""

    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    subject = models.CharField(_("Betreff"), max_length=150)
    text = LongText(_("Text"), max_length=LONG)
    with_news = models.BooleanField(
        _("mit Neuem im Portal"),
        default=False,
        help_text=_("Hängt an, was seit dem letzten Rundschreiben öffentlich neu ist."),
    )
    selection = models.CharField(_("Auswahl"), max_length=300, editable=False)
    recipients = models.PositiveIntegerField(_("Empfänger"), editable=False)
    sent_at = models.DateTimeField(_("gesendet am"), default=now, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="mailings"
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        verbose_name = _("Rundschreiben")
        verbose_name_plural = _("Rundschreiben")
        ordering = ["-sent_at"]
        constraints = limits("mailing", text=LONG)

    def __str__(self) -> str:
        return self.subject
