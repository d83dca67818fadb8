"""The verbs of reports: ask for one, ask for those that are due, try again, seal."""

import hashlib
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from monitoring.models import Report, ReportFile, ReportSchedule
from monitoring.periods import Period
from smartregion.base import jobs

COMPILE = "monitoring.compile_report"
STEPS = 5


class PeriodError(ValueError):
    """There can be no report on this period; the German message is for the form."""


def stichtag(period: Period, on: date) -> date:
    """The day as of which a report on the period is made: its last day, or `on` as long as it runs.

    Raises:
        PeriodError: the period ends before it begins, or has not begun.
    """
    if period.end < period.start:
        raise PeriodError(_("Der Zeitraum endet vor seinem Beginn."))
    if period.start > on:
        raise PeriodError(_("Der Zeitraum hat noch nicht begonnen."))
    return min(period.end, on)


def request_report(
    *, kind: str, audience: str, period: Period, by: Any = None, outlook: str = "", as_of: date | None = None
) -> Report:
    """Ask for a report. Whoever asks again for the same one, even at the same moment, gets the same row.

    Raises:
        PeriodError: see `stichtag`.
    """
    same = {
        "kind": kind,
        "audience": audience,
        "period_start": period.start,
        "period_end": period.end,
        "as_of": as_of or stichtag(period, localdate()),
    }
    known = Report.objects.filter(**same).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            job = jobs.enqueue(COMPILE, steps=STEPS)
            return Report.objects.create(**same, outlook=outlook.strip(), requested_by=by, job=job)
    except IntegrityError:
        return Report.objects.get(**same)


def retry(report: Report) -> None:
    """Give a failed report's job a fresh start; nothing happens to any other."""
    jobs.requeue(report.job)


def request_due_reports(*, on: date) -> list[Report]:
    """Ask for the oldest missing report of each schedule, however long the service was down.

    Only one at a time: each opens with what changed since the one before. Sealing asks for the next.
    """
    requested = []
    for schedule in ReportSchedule.objects.filter(is_active=True).order_by("pk"):
        period = _next_due(schedule, on)
        if period is not None:
            requested.append(
                request_report(
                    kind=schedule.kind, audience=schedule.audience, period=period, as_of=period.end
                )
            )
    return requested


def missing_reports(*, on: date) -> list[tuple[ReportSchedule, Period]]:
    """What the schedules have made due and nobody has asked for yet, oldest first."""
    asked = set(
        Report.objects.filter(as_of=F("period_end")).values_list(
            "kind", "audience", "period_start", "period_end"
        )
    )
    missing = [
        (schedule, period)
        for schedule in ReportSchedule.objects.filter(is_active=True).order_by("pk")
        for period in schedule.due_periods(on)
        if (schedule.kind, schedule.audience, period.start, period.end) not in asked
    ]
    return sorted(missing, key=lambda found: found[1].end)


def _next_due(schedule: ReportSchedule, on: date) -> Period | None:
    """The oldest period without a report; None when there is none, or while an earlier report is compiled."""
    reports = Report.objects.filter(kind=schedule.kind, audience=schedule.audience).for_list()
    known = {(report.period, report.as_of): report for report in reports}
    for period in schedule.due_periods(on):
        report = known.get((period, period.end))
        if report is None:
            return period
        if report.job.is_open:
            return None
    return None


def seal(report: Report, contents: dict[str, bytes]) -> None:
    """Write the files of a report and its checksum. To be called in the transaction that ends its job.

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
    report.sealed_at = now()
    report.save(update_fields=["snapshot", "sha256", "sealed_at"])
    transaction.on_commit(lambda: request_due_reports(on=localdate()), robust=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
