"""Reports: drafted, compiled by a job, released by the coordinator, approved by the chair, and so sealed."""

from typing import Any, Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from measures.models import Measure, Visibility
from monitoring.models.templates import ReportTemplate, sections_field
from monitoring.periods import Period
from monitoring.sections import ReportKind, Section
from network.models import Municipality
from smartregion.base import written
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.models import Job
from smartregion.base.text import german_slug
from smartregion.base.versioned import Versioned

SCOPES: Final[dict[str, str]] = {
    ReportKind.MUNICIPALITY: "municipality",
    ReportKind.FIELD: "field",
    ReportKind.MEASURE: "measure",
    ReportKind.CUSTOM: "template",
}
"""The kinds that are about one thing, and the column that names it."""
ASKED: Final = ("kind", "audience", "period_start", "period_end", "as_of", "is_interim")
QUESTION: Final = (*ASKED, *SCOPES.values())
"""What a report answers; there is one report for each."""
FIXED_BY_COMPILING: Final = [
    *("id", "sections", "filters", "is_scheduled"),
    *ASKED,
    *(f"{column}_id" for column in SCOPES.values()),
]
FIXED_BY_SEALING: Final = [
    *FIXED_BY_COMPILING,
    "job_id",
    "snapshot",
    "sha256",
    "subject",
    "compiled_at",
    "released_at",
    "released_as",
    "sealed_at",
    "approved_as",
]
"""All but who asked, released and approved: those are set to null when an account ends."""


class Audience(models.TextChoices):
    """For whom a report is made: it contains what they may see, and they may read it."""

    INTERNAL = Visibility.INTERNAL.value, _("Lenkungskreis")
    PUBLIC = Visibility.PUBLIC.value, _("Öffentlichkeit")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        """Sealed public ones for all, also internal ones for the Lenkungskreis; the chair what waits."""
        if user.has_perm("monitoring.request_report"):
            return self
        if user.has_perm("monitoring.approve_report"):
            return self.exclude(released_at=None)
        if user.has_perm("monitoring.read_internal_reports"):
            return self.sealed()
        return self.sealed().filter(audience=Audience.PUBLIC)

    def for_list(self) -> Self:
        """With job and the names, sizes and checksums of the files, but without any content."""
        files = ReportFile.objects.defer("content")
        shown = self.defer("snapshot").select_related("job", *SCOPES.values())
        return shown.prefetch_related(Prefetch("files", files))

    def failed(self) -> Self:
        return self.filter(job__status=Job.Status.FAILED)

    def compiled(self) -> Self:
        return self.exclude(compiled_at=None)

    def given_back(self) -> Self:
        """Drafts that somebody gave back and that nobody has let compile since."""
        return self.filter(job=None).exclude(return_reason="")

    def sealed(self) -> Self:
        return self.exclude(sealed_at=None)

    def to_release(self) -> Self:
        """Compiled, and waiting for the coordinator."""
        return self.filter(compiled_at__isnull=False, released_at=None)

    def to_approve(self) -> Self:
        """Released, and waiting for the chair."""
        return self.filter(released_at__isnull=False, sealed_at=None)

    def before(self, report: "Report") -> Self:
        """Sealed ones of the same kind, scope and audience, with an earlier Stichtag, newest first."""
        columns = ("kind", "audience", *SCOPES.values())
        same = {column: getattr(report, column) for column in columns}
        return self.sealed().filter(**same, as_of__lt=report.as_of).order_by("-as_of")


def person(label: Any, name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name=name,
        verbose_name=label,
    )


def scope(model: type[models.Model], label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        model, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=label
    )


@tracked_without("snapshot")
class Report(models.Model):
    """A report on a period for an audience as of a day (Stichtag); there is one of each.

    The Stichtag of a period that has ended is its last day, so that its report cannot be published twice. A
    period that still runs, and be it on its last day, may be reported on as of any of its days; such a report
    is an interim one, and takes the place of none that is due.

    Its life: a draft without `job`; compiled (`compiled_at`, snapshot and files are there); released by the
    coordinator (`released_at`); approved by the chair, which seals and publishes it (`sealed_at`). Until then
    it may be given back, which makes it a draft again.
    """

    kind = models.CharField(_("Art"), max_length=14, choices=ReportKind.choices)
    audience = models.CharField(_("für"), max_length=8, choices=Audience.choices)
    period_start = models.DateField(_("Beginn des Zeitraums"))
    period_end = models.DateField(_("Ende des Zeitraums"))
    as_of = models.DateField(_("Stichtag"))
    is_interim = models.BooleanField(_("Zwischenstand"), default=False, editable=False)
    municipality = scope(Municipality, _("Kommune"))
    field = scope(ActionField, _("Handlungsfeld"))
    measure = scope(Measure, _("Maßnahme"))
    template = scope(ReportTemplate, _("Vorlage"))
    sections = sections_field()
    filters = models.JSONField(_("Auswahl der Maßnahmen"), default=dict, blank=True)
    requested_by = person(_("angelegt von"), "reports")
    is_scheduled = models.BooleanField(_("nach Plan angelegt"), default=False, editable=False)
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, blank=True, related_name="report", verbose_name=_("Auftrag")
    )
    snapshot = models.TextField(_("Datenstand (kanonisches JSON)"), blank=True)
    sha256 = models.CharField(_("Prüfsumme der Daten (SHA-256)"), max_length=64, blank=True)
    subject = models.CharField(_("Gegenstand"), max_length=200, blank=True, editable=False)
    compiled_at = models.DateTimeField(_("zusammengestellt am"), null=True, blank=True)
    released_at = models.DateTimeField(_("freigegeben am"), null=True, blank=True)
    released_by = person(_("freigegeben von"), "released_reports")
    released_as = models.CharField(_("freigegeben als"), max_length=200, blank=True)
    sealed_at = models.DateTimeField(_("genehmigt und versiegelt am"), null=True, blank=True)
    approved_by = person(_("genehmigt von"), "approved_reports")
    approved_as = models.CharField(_("genehmigt als"), max_length=200, blank=True)
    return_reason = models.CharField(_("zurückgegeben, weil"), max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class State(models.TextChoices):
        """Where in its life it is; `DRAFT` may be one that was given back."""

        DRAFT = "draft", _("Entwurf")
        COMPILING = "compiling", _("wird zusammengestellt")
        FAILED = "failed", _("nicht zusammengestellt")
        TO_RELEASE = "to_release", _("wartet auf Freigabe")
        TO_APPROVE = "to_approve", _("wartet auf Genehmigung")
        SEALED = "sealed", _("versiegelt")

    class Meta:
        verbose_name = _("Bericht")
        verbose_name_plural = _("Berichte")
        ordering = ["-period_end", "kind", "audience"]
        constraints = [
            models.UniqueConstraint(
                fields=QUESTION,
                nulls_distinct=False,
                name="report_one_per_period",
                violation_error_message=_("Diesen Bericht gibt es schon."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(kind=kind, **{f"{column}__isnull": False})
                    | (~Q(kind=kind) & Q(**{f"{column}__isnull": True})),
                    name=f"report_{column}_as_kind_needs",
                    violation_error_message=_("Diese Art von Bericht braucht die Angabe, worum es geht."),
                )
                for kind, column in SCOPES.items()
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("period_start"), as_of__lte=F("period_end")),
                name="report_as_of_in_period",
            ),
            models.CheckConstraint(
                condition=Q(is_interim=True) | Q(as_of=F("period_end")),
                name="report_final_at_the_end",
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="report_period_in_order",
                violation_error_message=_("Der Zeitraum endet vor seinem Beginn."),
            ),
            models.CheckConstraint(
                condition=Q(compiled_at=None, sha256="", snapshot="")
                | (Q(compiled_at__isnull=False, job__isnull=False) & ~Q(sha256="") & ~Q(snapshot="")),
                name="report_compiled_has_checksum",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_as="", sealed_at=None)
                | (Q(compiled_at__isnull=False, released_at__isnull=False) & ~Q(released_as="")),
                name="report_released_was_compiled",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at=None, approved_as="")
                | (Q(sealed_at__isnull=False) & ~Q(approved_as="")),
                name="report_sealed_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(approved_by=None) | ~Q(released_by=F("approved_by")),
                name="report_approved_by_another",
                violation_error_message=_("Freigabe und Genehmigung brauchen zwei Personen."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="compiled_report_keeps_its_question",
                operation=pgtrigger.UpdateOf(*FIXED_BY_COMPILING),
                condition=pgtrigger.Q(old__compiled_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="sealed_report_never_changes",
                operation=pgtrigger.UpdateOf(*FIXED_BY_SEALING),
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="sealed_report_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        parts = [self.get_kind_display(), self.scope_label, self.period_label]
        return " ".join(part for part in parts if part)

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def scope(self) -> Any:
        """What the report is about: a municipality, a field, a measure, a template; None for the whole."""
        column = SCOPES.get(self.kind)
        return getattr(self, column) if column else None

    @property
    def scope_label(self) -> str:
        """Once compiled, as it was called then: what it is renamed to may be for other readers."""
        return self.subject or str(self.scope or "")

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def is_draft(self) -> bool:
        """Its texts may be written: nothing is compiled, and nothing is being compiled."""
        return self.state in {self.State.DRAFT, self.State.FAILED}

    @property
    def state(self) -> State:
        if self.sealed_at:
            return self.State.SEALED
        if self.compiled_at:
            return self.State.TO_APPROVE if self.released_at else self.State.TO_RELEASE
        if self.job is None:
            return self.State.DRAFT
        return self.State.COMPILING if self.job.is_open else self.State.FAILED

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    @property
    def period_label(self) -> str:
        if self.is_interim:
            return _("%(period)s, Zwischenstand %(day)s") % {
                "period": self.period.label,
                "day": written.day(self.as_of),
            }
        return self.period.label

    @property
    def files_in_order(self) -> list["ReportFile"]:
        """Of a report from `for_list`: what people open first comes first."""
        order = ReportFile.Format.values
        return sorted(self.files.all(), key=lambda file: order.index(file.format))

    @property
    def slug(self) -> str:
        """The name of its files: "sachstandsbericht-2026-q3"."""
        parts = [german_slug(f"{self.get_kind_display()} {self.scope_label}"), self.period.slug]
        if self.is_interim:
            parts.append(f"stand-{self.as_of.isoformat()}")
        if self.audience == Audience.INTERNAL:
            parts.append("intern")
        return "-".join(parts)


@tracked
class ReportText(Versioned):
    """The coordinator's own words in a section of a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="texts")
    section = models.CharField(_("Abschnitt"), max_length=13, choices=Section.choices)
    text = LongText(_("Text"), max_length=LONG, blank=True)

    class Meta:
        verbose_name = _("Text im Bericht")
        verbose_name_plural = _("Texte im Bericht")
        constraints = [
            *limits("reporttext", text=LONG),
            models.UniqueConstraint(fields=["report", "section"], name="report_text_one_per_section"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stays_once_compiled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    PERFORM 1 FROM monitoring_report WHERE id IN (OLD.report_id, NEW.report_id) FOR SHARE;
                    IF EXISTS (SELECT 1 FROM monitoring_report report
                               LEFT JOIN base_job job ON job.id = job_id
                               WHERE report.id IN (OLD.report_id, NEW.report_id)
                               AND (compiled_at IS NOT NULL OR job.status IN ('queued', 'running'))) THEN
                      RAISE EXCEPTION 'the report is compiled or about to be'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'text_of_compiled_report';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_section_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.report.get_absolute_url()}#text-{self.section}"


class ReportFile(models.Model):
    """One format of a compiled report. Its bytes are in the database, so that sealing is one transaction."""

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF")
        DOCX = "docx", _("Word (DOCX)")
        XLSX = "xlsx", _("Excel (XLSX)")
        ODS = "ods", _("OpenDocument-Tabelle (ODS)")
        CSV = "csv", _("Tabellen als CSV (ZIP)")
        JSON = "json", _("Datenstand (JSON)")
        SLIDES = "slides", _("Folien (PDF)")

    report = models.ForeignKey(Report, models.PROTECT, related_name="files")
    format = models.CharField(max_length=6, choices=Format.choices)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="report_file_one_per_format"),
            models.CheckConstraint(
                condition=Q(format__in=["pdf", "docx", "xlsx", "ods", "csv", "json", "slides"]),
                name="report_file_known_format",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="report_file_never_changes", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="sealed_report_keeps_its_files",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM monitoring_report
                               WHERE id IN (OLD.report_id, NEW.report_id) AND sealed_at IS NOT NULL) THEN
                      RAISE EXCEPTION 'the report is sealed'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'file_of_sealed_report';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} ({self.format})"

    @property
    def name(self) -> str:
        endings = {"csv": "-tabellen.zip", "slides": "-folien.pdf"}
        return f"{self.report.slug}{endings.get(self.format, f'.{self.format}')}"
