"""Every hour of nine years, by the region's clock: each due period is asked for exactly once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from monitoring.models import Report, ReportSchedule
from monitoring.services.reports import keep_compiled, request_due_reports
from smartregion.base.models import Job
from tests.monitoring.flow import CONTENTS, make_chair, sealed
from tests.monitoring.schedule_rows import make_approved, make_schedule
from tests.scale import IS_FULL

BEGIN, END = datetime(2023, 12, 31, 23, tzinfo=UTC), datetime(2032, 12, 31, 23, tzinfo=UTC)
OUTAGE = (datetime(2027, 3, 20, tzinfo=UTC), datetime(2027, 4, 19, tzinfo=UTC))
"""Thirty days over the end of a quarter and the change to summer time."""
HOUR = timedelta(hours=1)
SUNDAY = 6


def hours() -> Iterator[datetime]:
    """Every hour; without the full size those around midnight on the days on which something may change."""
    moment = BEGIN
    while moment < END:
        day = localdate(moment)
        is_due = day.month % 3 == 1 and day.day <= 4
        is_odd = (day.month, day.day) == (2, 29) or (
            moment.month in {3, 10} and moment.day >= 25 and moment.weekday() == SUNDAY
        )
        if IS_FULL or ((is_due or is_odd) and moment.hour in {21, 22, 23}):
            yield moment
        moment += HOUR


def schedules() -> list[ReportSchedule]:
    """The last one is approved by nobody ahead, and has four quarters to make up for."""
    first, chair = date(2024, 1, 1), make_chair()
    return [
        make_approved(chair, first_period_start=first),
        make_approved(chair, first_period_start=first, audience="internal", days_after=3),
        make_approved(chair, first_period_start=date(2023, 3, 1), kind="evaluation", rhythm="year"),
        make_approved(chair, first_period_start=first, kind="implementation", rhythm="halfyear"),
        make_schedule(first_period_start=date(2023, 1, 1), kind="implementation", audience="internal"),
    ]


def finish() -> None:
    """What happens between two hours: people approve what waited for them, and a worker compiles."""
    for report in Report.objects.to_release():
        sealed(report)
    for report in Report.objects.filter(compiled_at=None, job__isnull=False):
        Job.objects.filter(pk=report.job_id).update(status="done")
        keep_compiled(report, CONTENTS)


@pytest.mark.django_db
def test_every_due_period_is_asked_for_once_and_none_before_its_day() -> None:
    plans = schedules()
    asked: Counter[tuple[str, str, date]] = Counter()
    for moment in hours():
        if OUTAGE[0] <= moment < OUTAGE[1]:
            continue
        today = localdate(moment)
        for report in request_due_reports(on=today):
            asked[report.kind, report.audience, report.period_end] += 1
            [plan] = [row for row in plans if (row.kind, row.audience) == (report.kind, report.audience)]
            assert plan.due_on(report.period) <= today
            assert not Report.objects.filter(
                kind=report.kind, audience=report.audience, sealed_at=None, as_of__lt=report.as_of
            )
        finish()

    last = localdate(END - HOUR)
    due = Counter(
        (plan.kind, plan.audience, period.end) for plan in plans for period in plan.due_periods(last)
    )
    assert asked == due
    assert Report.objects.sealed().count() == sum(due.values()) == 35 + 35 + 9 + 17 + 39


def test_the_hours_know_leap_day_and_both_clock_changes() -> None:
    days = {localdate(moment) for moment in hours()}
    assert {date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29)} <= days
    changes = [moment for moment in hours() if moment.date() == date(2026, 3, 29)]
    assert [localdate(moment) for moment in changes if moment.hour in {21, 22}] == [
        date(2026, 3, 29),
        date(2026, 3, 30),
    ]
