"""Reports: asked for, compiled by a job, sealed with their checksum, never changed afterwards."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models import Visibility
from smartregion.base.history import tracked
from smartregion.base.models import Job


class ReportKind(models.TextChoices):
    STATUS = "status", _("Sachstandsbericht")
    EVALUATION = "evaluation", _("Evaluationsbericht")


class Audience(models.TextChoices):
    """For whom a report is made: it contains what they may see, and they may read it."""

    INTERNAL = Visibility.INTERNAL.value, _("Lenkungskreis")
    PUBLIC = Visibility.PUBLIC.value, _("Öffentlichkeit")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        """Sealed public ones for all; the Lenkungskreis reads its own; whoever may compile sees all."""
        if user.has_perm("monitoring.request_report"):
            return self
        sealed = self.exclude(sealed_at=None)
        if user.has_perm("monitoring.read_internal_reports"):
            return sealed
        return sealed.filter(audience=Audience.PUBLIC)

    def before(self, report: "Report") -> Self:
        """Sealed reports of the same kind for the same audience, with an earlier Stichtag, newest first."""
        return (
            self.exclude(sealed_at=None)
            .filter(kind=report.kind, audience=report.audience, as_of__lt=report.as_of)
            .order_by("-as_of")
        )


class Report(models.Model):
    """A report on a period for an audience; there is one of each, so that nothing is published twice."""

    kind = models.CharField(_("Art"), max_length=12, choices=ReportKind.choices)
    audience = models.CharField(_("für"), max_length=8, choices=Audience.choices)
    period_start = models.DateField(_("Beginn des Zeitraums"))
    period_end = models.DateField(_("Ende des Zeitraums"))
    as_of = models.DateField(_("Stichtag"))
    outlook = models.TextField(_("Ausblick"), blank=True, max_length=4000)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("angefordert von"),
    )
    job = models.OneToOneField(Job, models.PROTECT, related_name="report")
    snapshot = models.TextField(_("Datenstand (kanonisches JSON)"), blank=True)
    sha256 = models.CharField(_("Prüfsumme der Daten (SHA-256)"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("versiegelt am"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bericht")
        verbose_name_plural = _("Berichte")
        ordering = ["-period_end", "kind", "audience"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period_start", "period_end", "audience"], name="report_one_per_period"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="report_period_in_order",
                violation_error_message=_("Der Zeitraum endet vor seinem Beginn."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_at=None, sha256="") | (Q(sealed_at__isnull=False) & ~Q(sha256="")),
                name="report_sealed_has_checksum",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sealed_report_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="sealed_report_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period_start:%d.%m.%Y} – {self.period_end:%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None


class ReportFile(models.Model):
    """One format of a sealed report. Its bytes stand in the database, so that sealing is one transaction."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"
        JSON = "json", "JSON"

    report = models.ForeignKey(Report, models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format.choices)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "format"], name="report_file_one_per_format")]
        triggers = [
            pgtrigger.Protect(
                name="sealed_file_never_changes", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} ({self.format})"


@tracked
class ReportSchedule(models.Model):
    """A report that is due by itself at the end of each period, from the first period on."""

    class Rhythm(models.TextChoices):
        QUARTER = "quarter", _("vierteljährlich")
        YEAR = "year", _("jährlich")

    kind = models.CharField(_("Art"), max_length=12, choices=ReportKind.choices)
    audience = models.CharField(_("für"), max_length=8, choices=Audience.choices)
    rhythm = models.CharField(_("Turnus"), max_length=8, choices=Rhythm.choices)
    first_period_start = models.DateField(_("erster Zeitraum beginnt am"))
    is_active = models.BooleanField(_("aktiv"), default=True)

    class Meta:
        verbose_name = _("Berichtsplan")
        verbose_name_plural = _("Berichtspläne")
        constraints = [models.UniqueConstraint(fields=["kind", "audience"], name="schedule_one_per_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_rhythm_display()}"

    def due_periods(self, on: date) -> list[tuple[date, date]]:
        """The periods that have ended before `on`, oldest first."""
        months = 3 if self.rhythm == self.Rhythm.QUARTER else 12
        periods = []
        start = self.first_period_start
        while (following := _months_later(start, months)) <= on:
            periods.append((start, date.fromordinal(following.toordinal() - 1)))
            start = following
        return periods


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
