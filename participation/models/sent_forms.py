"""Which of the forms that visitors were shown have been acted upon: each is so once."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from participation.models.ideas import Idea


class SentFormQuerySet(models.QuerySet["SentForm"]):
    def outdated(self) -> Self:
        return self.filter(sent_at__lt=now() - SentForm.KEPT_FOR)


class SentForm(models.Model):
    """The number in a form's stamp. The same form sent once more changes nothing and is answered alike."""

    KEPT_FOR = timedelta(days=2)
    """Longer than a stamp is good."""

    number = models.UUIDField(_("Nummer"), unique=True)
    digest = models.CharField(_("Prüfsumme der Angaben"), max_length=64)
    idea = models.OneToOneField(Idea, models.CASCADE, null=True, related_name="sent_form")
    """Whose private page the answer leads to; the address itself is stored nowhere."""
    sent_at = models.DateTimeField(_("gesendet am"), default=now)

    objects = SentFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("gesendetes Formular")
        verbose_name_plural = _("gesendete Formulare")
        indexes = [models.Index(fields=["sent_at"])]

    def __str__(self) -> str:
        return f"{self.number}"
