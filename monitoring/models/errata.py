"""Errata: what is wrong in a sealed report, declared by one person and approved by another."""

from typing import Any, Final, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from monitoring.models.reports import Report, person
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked

FIXED_BY_APPROVAL: Final = (
    *("report_id", "number", "text", "declared_at", "declared_as"),
    *("approved_at", "approved_as"),
)
"""All but who declared and approved it, as in a sealed report."""


class ErratumQuerySet(models.QuerySet["Erratum"]):
    def visible_to(self, user: Any) -> Self:
        """Approved ones for whoever sees the report; before that, for those who declare and approve them."""
        if user.has_perm("monitoring.declare_erratum") or user.has_perm("monitoring.approve_erratum"):
            return self.filter(report__in=Report.objects.visible_to(user))
        return self.approved().filter(report__in=Report.objects.visible_to(user))

    def approved(self) -> Self:
        return self.exclude(approved_at=None)

    def to_approve(self) -> Self:
        return self.filter(approved_at=None)


@tracked
class Erratum(models.Model):
    """What is wrong in a sealed report, and what is right: the report itself never changes."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="errata")
    number = models.PositiveSmallIntegerField(_("Nummer"))
    text = LongText(_("Berichtigung"), max_length=LONG)
    declared_at = models.DateTimeField(_("erklärt am"), auto_now_add=True)
    declared_by = person(_("erklärt von"), "declared_errata")
    declared_as = models.CharField(_("erklärt als"), max_length=200)
    approved_at = models.DateTimeField(_("genehmigt am"), null=True, blank=True)
    approved_by = person(_("genehmigt von"), "approved_errata")
    approved_as = models.CharField(_("genehmigt als"), max_length=200, blank=True)

    objects = ErratumQuerySet.as_manager()

    class Meta:
        verbose_name = _("Berichtigung")
        verbose_name_plural = _("Berichtigungen")
        ordering = ["number"]
        constraints = [
            *limits("erratum", text=LONG),
            models.UniqueConstraint(fields=["report", "number"], name="erratum_number_unique"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_as="")
                | (Q(approved_at__isnull=False) & ~Q(approved_as="")),
                name="erratum_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declared_by=None) | Q(approved_by=None) | ~Q(declared_by=F("approved_by")),
                name="erratum_approved_by_another",
                violation_error_message=_("Erklärung und Genehmigung brauchen zwei Personen."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_erratum_never_changes",
                operation=pgtrigger.UpdateOf(*FIXED_BY_APPROVAL) | pgtrigger.Delete,
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return _("Berichtigung %(number)s zu %(report)s") % {"number": self.number, "report": self.report}

    def get_absolute_url(self) -> str:
        return f"{self.report.get_absolute_url()}#berichtigung-{self.number}"
