"""Imports of values: what a table would change, and what became of it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext_lazy as _


class ValueImportQuerySet(models.QuerySet["ValueImport"]):
    def kept_by(self, user: Any) -> Self:
        """Everybody's own, for a table may hold what others may not see."""
        return self.filter(uploaded_by=user)


class ValueImport(models.Model):
    """A table of values on its way into the portal. Its own states and times are its record.

    Attributes:
        found: what was found in the file: plans, errors, number of unchanged lines
            (`monitoring.value_import`).
        result: the rows that were written, each with its version, so that all can be taken back.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("geprüft")
        APPLIED = "applied", _("übernommen")
        UNDONE = "undone", _("zurückgenommen")

    file_name = models.CharField(_("Datei"), max_length=200)
    state = models.CharField(_("Stand"), max_length=7, choices=State.choices, default=State.CHECKED)
    found = models.JSONField()
    result = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("hochgeladen am"), default=now)
    applied_at = models.DateTimeField(_("übernommen am"), null=True)

    objects = ValueImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import von Werten")
        verbose_name_plural = _("Importe von Werten")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="checked", applied_at=None)
                | (~Q(state="checked") & Q(applied_at__isnull=False)),
                name="valueimport_applied_has_date",
            )
        ]

    def __str__(self) -> str:
        moment = date_format(localtime(self.uploaded_at), "d.m.Y, H:i")
        return str(_("Import vom %(moment)s (%(file)s)") % {"moment": moment, "file": self.file_name})

    def get_absolute_url(self) -> str:
        return reverse("value_import", args=[self.pk])

    @property
    def number_of_doubts(self) -> int:
        """How many values are unlikely."""
        return sum(bool(plan.get("doubt")) for plan in self.found["plans"])
