"""The verbs of reports: draft, compile, give back, release, approve; and asking for those that are due."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from monitoring.models import (
    Report,
    ReportFile,
    ReportKind,
    ReportSchedule,
    ReportTemplate,
    ReportText,
    Section,
)
from monitoring.models.reports import QUESTION, SCOPES
from monitoring.periods import Period
from monitoring.sections import ALWAYS, SECTIONS_OF
from monitoring.snapshot.world import read_first_world
from smartregion.base import audit, jobs
from smartregion.base.history import event_model, recorded
from smartregion.base.undo import UNDO_REASON, restore_deleted

COMPILE = "monitoring.compile_report"
COMPILED = ("snapshot", "sha256", "subject", "compiled_at")
RELEASED = ("released_at", "released_by", "released_as")
SEALED = ("sealed_at", "approved_by", "approved_as")
RETURNED = ("job", *COMPILED, *RELEASED, "return_reason")
"""What giving back takes away or writes; the report's question stays, and a trigger sees to that."""
STEPS = 10


class PeriodError(ValueError):
    """There can be no report on this period; the German message is for the form."""


def stichtag(period: Period, on: date) -> date:
    """The day as of which a report on the period is made: its last day, or `on` as long as that is not over.

    Raises:
        PeriodError: the period ends before it begins, or has not begun.
    """
    if period.end < period.start:
        raise PeriodError(_("Der Zeitraum endet vor seinem Beginn."))
    if period.start > on:
        raise PeriodError(_("Der Zeitraum hat noch nicht begonnen."))
    return period.end if period.is_over(on) else on


def draft_report(
    *,
    kind: str,
    audience: str,
    period: Period,
    by: Any = None,
    scope: Any = None,
    on: date | None = None,
) -> Report:
    """Begin a report. Whoever begins the same one again, even at the same moment, gets the same row.

    Args:
        by: who begins it; nobody where a schedule does.
        scope: what the report is about, where its kind is about one thing (see `SCOPES`).
        on: the day on which it is begun, if not today.

    Raises:
        PeriodError: see `stichtag`.
    """
    same = _question(kind, audience, period, scope, on or localdate())
    known = Report.objects.filter(**same).first()
    if known is not None:
        return known
    try:
        with recorded(by=by, reason=_("Bericht angelegt")):
            report = Report.objects.create(
                **same,
                **_contents(kind, scope),
                requested_by=by,
                is_scheduled=by is None,
            )
            ReportText.objects.bulk_create(
                ReportText(report=report, section=section) for section in report.sections
            )
            return report
    except IntegrityError:
        return Report.objects.get(**same)


def check_contents(*, kind: str, audience: str, period: Period, scope: Any = None) -> None:
    """Look whether a report that is not begun yet could be compiled.

    Raises:
        PeriodError: see `stichtag`.
        NoData: see `read_first_world`.
    """
    same = _question(kind, audience, period, scope, localdate())
    read_first_world(Report(**same, **_contents(kind, scope)))


def _question(kind: str, audience: str, period: Period, scope: Any, on: date) -> dict[str, Any]:
    """The columns that make a report the same one."""
    return {
        "kind": kind,
        "audience": audience,
        "period_start": period.start,
        "period_end": period.end,
        "as_of": stichtag(period, on),
        "is_interim": not period.is_over(on),
        **{column: scope if SCOPES.get(kind) == column else None for column in SCOPES.values()},
    }


def _contents(kind: str, scope: Any) -> dict[str, Any]:
    template = scope if kind == ReportKind.CUSTOM else None
    return {"sections": sections_of(kind, template), "filters": template.filters if template else {}}


def sections_of(kind: str, template: ReportTemplate | None) -> list[str]:
    """The sections of a report in their order; of a custom one by its template."""
    chosen = {*ALWAYS, *template.sections} if template else set(SECTIONS_OF[kind])
    return [section.value for section in Section if section in chosen]


def compile_report(report: Report, *, by: Any = None) -> Report:
    """Let a job compile a draft. What is compiled already, or is about to be, stays as it is.

    Returns:
        The report as it then stands.
    """
    with recorded(by=by, reason=_("Zusammenstellen lassen")):
        stored = _locked(report)
        if stored.is_draft:
            stored.job = jobs.enqueue(COMPILE, steps=STEPS)
            stored.return_reason = ""
            stored.save(update_fields=["job", "return_reason"])
    return stored


def request_report(
    *, kind: str, audience: str, period: Period, scope: Any = None, on: date | None = None
) -> Report:
    """Begin a report and let it be compiled at once, as a schedule does. What a person began is left to them.

    Raises:
        PeriodError: see `stichtag`.
    """
    with transaction.atomic():
        report = draft_report(kind=kind, audience=audience, period=period, scope=scope, on=on)
        return compile_report(report) if report.is_scheduled and report.job is None else report


def retry(report: Report) -> None:
    """Give a failed report's job a fresh start; nothing happens to any other.

    Raises:
        ValidationError: the report was discarded meanwhile.
    """
    with transaction.atomic():
        stored = _locked(report)
        if stored.job:
            jobs.requeue(stored.job)


@dataclass(frozen=True)
class Due:
    """A period on which a schedule wants a report by now.

    Attributes:
        report: the one that there is, in whatever state.
        is_next: no earlier one of the schedule is still to be sealed.
    """

    schedule: ReportSchedule
    period: Period
    report: Report | None
    is_next: bool


def request_due_reports(*, on: date) -> list[Report]:
    """Ask for the oldest missing report of each schedule, however long the service was down.

    Only for what nobody has begun, so that the clock never freezes what people are writing; and only once
    those before it are sealed, as each opens with what changed since the last sealed one. For whom it waits
    their worklists tell them. It does not wait for a report that failed, as that one may never come about.
    Sealing asks for the next.
    """
    return [
        request_report(
            kind=due.schedule.kind,
            audience=due.schedule.audience,
            period=due.period,
            scope=due.schedule.template,
            on=on,
        )
        for due in list(_due_reports(on))
        if due.report is None and due.is_next
    ]


def missing_reports(*, on: date) -> list[Due]:
    """What is due and nobody has let compile yet, oldest first; without what was given back."""
    missing = [
        due
        for due in _due_reports(on)
        if due.report is None or (due.report.job is None and not due.report.return_reason)
    ]
    return sorted(missing, key=lambda due: due.period.end)


def _due_reports(on: date) -> Iterator[Due]:
    """What the active schedules have made due, of each the oldest first."""
    begun = {
        (report.kind, report.template_id, report.audience, report.period): report
        for report in Report.objects.filter(is_interim=False).defer("snapshot").select_related("job")
    }
    for schedule in ReportSchedule.objects.filter(is_active=True).select_related("template").order_by("pk"):
        is_next = True
        for period in schedule.due_periods(on):
            report = begun.get((schedule.kind, schedule.template_id, schedule.audience, period))
            yield Due(schedule, period, report, is_next)
            ended = report is not None and report.state in {Report.State.SEALED, Report.State.FAILED}
            is_next = is_next and ended


def keep_compiled(report: Report, contents: dict[str, bytes]) -> None:
    """Write the files of a report and its checksum. To be called in the transaction that ends its job.

    What its schedule was released for ahead is released at once; approved ahead as well, it is sealed. What
    people have taken in hand since waits for two of them.

    Args:
        contents: the bytes of each format; those of "json" are the snapshot itself.
    """
    ReportFile.objects.bulk_create(
        ReportFile(report=report, format=name, content=content, size=len(content), sha256=_sha256(content))
        for name, content in contents.items()
    )
    snapshot = contents[ReportFile.Format.JSON]
    report.snapshot = snapshot.decode()
    report.sha256 = _sha256(snapshot)
    report.subject = _label_of_scope(snapshot)
    report.compiled_at = now()
    schedule = _schedule_behind(report)
    if schedule and schedule.released_as:
        report.released_at = report.compiled_at
        report.released_by, report.released_as = schedule.released_by, schedule.released_as
    if schedule and ReportSchedule.objects.approved_ahead().filter(pk=schedule.pk).exists():
        report.sealed_at = report.compiled_at
        report.approved_by, report.approved_as = schedule.approved_by, schedule.approved_as
    with recorded(by=None, reason=_("Zusammengestellt")):
        report.save(update_fields=[*COMPILED, *RELEASED, *SEALED])
    if report.is_sealed:
        _ask_for_the_next()


def _ask_for_the_next() -> None:
    transaction.on_commit(lambda: request_due_reports(on=localdate()), robust=True)


def _label_of_scope(snapshot: bytes) -> str:
    """As it stands on the cover: the name of the Stichtag, which may be another than today's."""
    scope = json.loads(snapshot)["report"]["scope"]
    return scope["label"] if scope else ""


def _schedule_behind(report: Report) -> ReportSchedule | None:
    """The schedule that asked for the report, if one did and people have left it as it was asked for."""
    if report.is_interim or _is_in_hand(report):
        return None
    schedules = ReportSchedule.objects.filter(
        kind=report.kind, template=report.template_id, audience=report.audience, is_active=True
    )
    for schedule in schedules:
        if report.period in schedule.due_periods(schedule.due_on(report.period)):
            return schedule
    return None


def _is_in_hand(report: Report) -> bool:
    """A person began it, has written in it, or gave it back once: nobody approved ahead what it is since.

    What was given back is known by its question, as it may have been discarded and begun anew.
    """
    question = {column: getattr(report, column) for column in QUESTION}
    returns = event_model(Report)._base_manager.filter(**question).exclude(return_reason="")
    return not report.is_scheduled or report.texts.exclude(text="").exists() or returns.exists()


def check_to_release(report: Report) -> None:
    """Raises:
    ValidationError: there is nothing to release, or no longer.
    """
    if report.compiled_at is None or report.released_at is not None:
        raise ValidationError(_("Dieser Bericht wartet nicht auf eine Freigabe."))


def check_to_approve(report: Report, *, by: Any, sha256: str) -> None:
    """Raises:
    ValidationError: it is not released, was released by the same person, or is another one than was read.
    """
    if report.released_at is None or report.sealed_at is not None:
        raise ValidationError(_("Dieser Bericht wartet nicht auf eine Genehmigung."))
    if report.sha256 != sha256:
        raise ValidationError(
            _("Der Bericht wurde inzwischen neu zusammengestellt. Bitte lesen Sie ihn noch einmal.")
        )
    if report.released_by == by:
        raise ValidationError(_("Freigabe und Genehmigung brauchen zwei Personen."))


def release_report(*, report: Report, by: Any, office: str) -> Report:
    """The coordinator has read what was compiled, and hands it to the chair.

    Raises:
        ValidationError: see `check_to_release`.
    """
    with recorded(by=by, reason=_("Freigegeben")):
        stored = _locked(report)
        check_to_release(stored)
        stored.released_at, stored.released_by, stored.released_as = now(), by, office
        stored.save(update_fields=[*RELEASED])
        audit.note(audit.Kind.REPORT_RELEASED, by=by, report=stored.pk)
    return stored


def approve_report(*, report: Report, by: Any, office: str, sha256: str) -> Report:
    """The chair approves exactly what was read; that seals and publishes the report.

    Args:
        sha256: the checksum that the chair has seen.

    Raises:
        ValidationError: see `check_to_approve`.
    """
    with recorded(by=by, reason=_("Genehmigt und versiegelt")):
        stored = _locked(report)
        check_to_approve(stored, by=by, sha256=sha256)
        stored.sealed_at, stored.approved_by, stored.approved_as = now(), by, office
        stored.save(update_fields=[*SEALED])
        audit.note(audit.Kind.REPORT_SEALED, by=by, report=stored.pk)
        _ask_for_the_next()
    return stored


def give_back(*, report: Report, reason: str, by: Any) -> Report:
    """Make a draft again of what is compiled and not sealed; its files go, its texts stay.

    Raises:
        ValidationError: it is not compiled, or sealed.
    """
    with recorded(by=by, reason=_("Zurückgegeben")):
        stored = _locked(report)
        if stored.compiled_at is None or stored.sealed_at is not None:
            raise ValidationError(_("Dieser Bericht lässt sich nicht zurückgeben."))
        stored.files.all().delete()
        stored.job, stored.snapshot, stored.sha256, stored.compiled_at = None, "", "", None
        stored.subject = ""
        stored.released_at, stored.released_by, stored.released_as = None, None, ""
        stored.return_reason = reason
        stored.save(update_fields=[*RETURNED])
    return stored


def discard_draft(*, report: Report, by: Any) -> None:
    """Remove a draft with its texts.

    Raises:
        ValidationError: it is no draft, or no longer.
    """
    with recorded(by=by, reason=_("Entwurf verworfen")):
        stored = _locked(report)
        if not stored.is_draft or stored.errata.exists():
            raise ValidationError(_("Verwerfen lässt sich nur ein Entwurf."))
        stored.delete()


def restore_draft(pk: int, *, by: Any) -> Report:
    """Bring a discarded draft back with the texts that went with it.

    Raises:
        ObjectDoesNotExist: no such draft was discarded.
        IntegrityError: the same report was begun anew meanwhile.
    """
    with recorded(by=by, reason=UNDO_REASON):
        report: Report = restore_deleted(Report, pk, by=by)
        texts = event_model(ReportText)._base_manager.filter(report_id=pk, pgh_label="delete")
        for text in sorted(set(texts.values_list("pgh_obj_id", flat=True))):
            restore_deleted(ReportText, text, by=by)
        return report


def _locked(report: Report) -> Report:
    """Without its job: joined here, one that came while the lock was waited for would be missing.

    Raises:
        ValidationError: the report was discarded meanwhile.
    """
    stored = Report.objects.select_for_update(of=["self"]).filter(pk=report.pk).first()
    if stored is None:
        raise ValidationError(_("Diesen Bericht gibt es nicht mehr."))
    return stored


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
