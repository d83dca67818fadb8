"""Reports: asked for, compiled by a job, sealed with their checksum, never changed afterwards."""

from datetime import date, timedelta
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from measures.models import Visibility
from monitoring.periods import Period, months_later
from smartregion.base.fields import LONG, LongText, limits
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
        if user.has_perm("monitoring.read_internal_reports"):
            return self.sealed()
        return self.sealed().filter(audience=Audience.PUBLIC)

    def for_list(self) -> Self:
        """With job and the names, sizes and checksums of the files, but without any content."""
        files = ReportFile.objects.defer("content")
        return self.defer("snapshot").select_related("job").prefetch_related(Prefetch("files", files))

    def failed(self) -> Self:
        return self.filter(job__status=Job.Status.FAILED)

    def sealed(self) -> Self:
        return self.exclude(sealed_at=None)

    def before(self, report: "Report") -> Self:
        """Sealed reports of the same kind for the same audience, with an earlier Stichtag, newest first."""
        return (
            self.sealed()
            .filter(kind=report.kind, audience=report.audience, as_of__lt=report.as_of)
            .order_by("-as_of")
        )


class Report(models.Model):
    """A report on a period for an audience as of a day (Stichtag); there is one of each.

    The Stichtag of a period that has ended is its last day, so that its report cannot be published twice. A
    period that still runs may be reported on as of any of its days; such a report is an interim one.
    """

    kind = models.CharField(_("Art"), max_length=12, choices=ReportKind.choices)
    audience = models.CharField(_("für"), max_length=8, choices=Audience.choices)
    period_start = models.DateField(_("Beginn des Zeitraums"))
    period_end = models.DateField(_("Ende des Zeitraums"))
    as_of = models.DateField(_("Stichtag"))
    outlook = LongText(_("Ausblick"), blank=True, max_length=LONG)
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
            *limits("report", outlook=LONG),
            models.UniqueConstraint(
                fields=["kind", "period_start", "period_end", "audience", "as_of"],
                name="report_one_per_period",
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("period_start"), as_of__lte=F("period_end")),
                name="report_as_of_in_period",
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="report_period_in_order",
                violation_error_message=_("Der Zeitraum endet vor seinem Beginn."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_at=None, sha256="", snapshot="")
                | (Q(sealed_at__isnull=False) & ~Q(sha256="") & ~Q(snapshot="")),
                name="report_sealed_has_checksum",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sealed_report_never_changes",
                # All but requested_by, which is set to null when the account ends.
                operation=pgtrigger.UpdateOf(
                    "id",
                    "kind",
                    "audience",
                    "period_start",
                    "period_end",
                    "as_of",
                    "outlook",
                    "job_id",
                    "snapshot",
                    "sha256",
                    "sealed_at",
                ),
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="sealed_report_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period_label}"

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    @property
    def is_interim(self) -> bool:
        """Its period had not ended on the Stichtag."""
        return self.as_of < self.period_end

    @property
    def period_label(self) -> str:
        if self.is_interim:
            return _("%(period)s, Zwischenstand %(day)s") % {
                "period": self.period.label,
                "day": date_format(self.as_of, "d.m.Y"),
            }
        return self.period.label

    @property
    def slug(self) -> str:
        """The name of its files: "sachstandsbericht-2026-q3"."""
        parts = [self.get_kind_display().lower(), self.period.slug]
        if self.is_interim:
            parts.append(f"stand-{self.as_of.isoformat()}")
        if self.audience == Audience.INTERNAL:
            parts.append("intern")
        return "-".join(parts)


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
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="report_file_one_per_format"),
            models.CheckConstraint(
                condition=Q(format__in=["pdf", "xlsx", "json"]), name="report_file_known_format"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="sealed_file_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.report} ({self.format})"

    @property
    def name(self) -> str:
        return f"{self.report.slug}.{self.format}"


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
        constraints = [
            models.UniqueConstraint(fields=["kind", "audience", "rhythm"], name="schedule_one_per_kind"),
            models.CheckConstraint(
                condition=Q(first_period_start__day=1),
                name="schedule_starts_with_a_month",
                violation_error_message=_("Der erste Zeitraum beginnt am Ersten eines Monats."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_rhythm_display()}"

    def due_periods(self, on: date) -> list[Period]:
        """The periods that have ended before `on`, oldest first."""
        months = 3 if self.rhythm == self.Rhythm.QUARTER else 12
        periods = []
        start = self.first_period_start
        while (following := months_later(start, months)) <= on:
            periods.append(Period(start, following - timedelta(days=1)))
            start = following
        return periods
