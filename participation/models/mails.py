"""Mails to people without an account, as long as they are on their way."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from participation.models.addresses import pseudonym
from smartregion.base.fields import LONGEST, LongText, limits
from smartregion.base.models import Job


class AskedMailQuerySet(models.QuerySet["AskedMail"]):
    def to(self, email: str) -> Self:
        """Those that still count for this address."""
        return self.filter(who=pseudonym(email, AskedMail.PURPOSE), asked_at__gte=now() - AskedMail.KEPT_FOR)

    def outdated(self) -> Self:
        return self.filter(asked_at__lt=now() - AskedMail.KEPT_FOR)


class AskedMail(models.Model):
    """That a form made us write to an address, which may be anybody's; of it only a pseudonym is kept."""

    KEPT_FOR = timedelta(days=1)
    MOST = 10
    """So many mails an address gets within that time, whoever fills in the forms."""
    PURPOSE = "asked-mail"

    who = models.CharField(_("Pseudonym"), max_length=64)
    asked_at = models.DateTimeField(_("verlangt am"), default=now)

    objects = AskedMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("gezählte Mail")
        verbose_name_plural = _("gezählte Mails")
        indexes = [models.Index(fields=["who", "asked_at"]), models.Index(fields=["asked_at"])]

    def __str__(self) -> str:
        return f"{self.pk}"


class VisitorMailQuerySet(models.QuerySet["VisitorMail"]):
    def waiting(self) -> Self:
        return self.filter(problem="")

    def outdated(self) -> Self:
        return self.filter(created_at__lt=now() - VisitorMail.KEPT_FOR)


class VisitorMail(models.Model):
    """A mail that waits to be sent, or the problem for which it never will be.

    It holds an address and links that act, so its row is gone as soon as the mail server took it.
    """

    KEPT_FOR = timedelta(days=14)

    to = models.EmailField(_("an"))
    subject = models.CharField(_("Betreff"), max_length=200)
    body = LongText(_("Text"), max_length=LONGEST)
    headers = models.JSONField(_("Kopfzeilen"), default=dict, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, related_name="visitor_mails")
    created_at = models.DateTimeField(_("beauftragt am"), default=now)
    problem = models.CharField(_("Problem"), max_length=200, blank=True)

    objects = VisitorMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mail ohne Konto")
        verbose_name_plural = _("Mails ohne Konto")
        constraints = limits("visitormail", body=LONGEST)

    def __str__(self) -> str:
        return self.subject
