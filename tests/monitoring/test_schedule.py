"""Which periods are due, by the calendar of the region, whatever was down in between."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.utils.timezone import localdate

from monitoring.models import Audience, Report, ReportKind, ReportSchedule
from monitoring.periods import Period, offered_periods
from monitoring.services.reports import (
    approve_report,
    compile_report,
    draft_report,
    request_due_reports,
    request_report,
)
from smartregion.base.models import Job
from tests.factories import make_user
from tests.monitoring.flow import CHAIR, kept, released, sealed
from tests.monitoring.schedule_rows import make_schedule

Q4_2025 = Period(date(2025, 10, 1), date(2025, 12, 31))


def quarterly(first: date) -> ReportSchedule:
    return ReportSchedule(
        kind=ReportKind.STATUS, audience=Audience.PUBLIC, rhythm="quarter", first_period_start=first
    )


def test_a_quarter_is_due_on_the_day_after_it_and_not_before() -> None:
    schedule = quarterly(date(2025, 10, 1))

    assert schedule.due_periods(date(2025, 12, 31)) == []
    assert schedule.due_periods(date(2026, 1, 1)) == [Q4_2025]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_day_changes_at_local_midnight_on_both_sides_of_the_clock_changes(
    moment: datetime, day: date
) -> None:
    assert localdate(moment) == day


def test_the_quarters_of_the_two_clock_changes_follow_one_another_without_gap() -> None:
    periods = quarterly(date(2026, 1, 1)).due_periods(date(2027, 1, 1))

    assert [period.label for period in periods] == [
        "1. Quartal 2026",
        "2. Quartal 2026",
        "3. Quartal 2026",
        "4. Quartal 2026",
    ]
    assert [later.start.toordinal() - earlier.end.toordinal() for earlier, later in pairwise(periods)] == [
        1,
        1,
        1,
    ]


def test_a_yearly_report_is_due_over_the_end_of_the_year_and_in_a_leap_year() -> None:
    schedule = ReportSchedule(
        kind=ReportKind.EVALUATION,
        audience=Audience.PUBLIC,
        rhythm="year",
        first_period_start=date(2023, 3, 1),
    )

    assert schedule.due_periods(date(2024, 2, 29)) == []
    assert schedule.due_periods(date(2024, 3, 1)) == [Period(date(2023, 3, 1), date(2024, 2, 29))]


@pytest.mark.django_db
def test_after_an_outage_the_missed_quarters_are_asked_for_one_after_the_other() -> None:
    quarterly(date(2025, 7, 1)).save()
    on = date(2026, 4, 2)

    asked = []
    while requested := request_due_reports(on=on):
        asked += [str(report.period.label) for report in requested]
        assert request_due_reports(on=on) == []
        sealed(kept(requested[0]))

    assert asked == ["3. Quartal 2025", "4. Quartal 2025", "1. Quartal 2026"]
    assert Report.objects.count() == 3


@pytest.mark.django_db
def test_the_next_report_waits_for_the_one_before_to_be_sealed() -> None:
    """Compiled earlier, it would tell no changes since that one."""
    make_schedule(first_period_start=date(2025, 7, 1))
    on = date(2026, 1, 1)
    [first] = request_due_reports(on=on)

    waiting = [request_due_reports(on=on)]
    first = kept(first)
    waiting.append(request_due_reports(on=on))
    first = released(first)
    waiting.append(request_due_reports(on=on))
    approve_report(report=first, by=make_user(), office=CHAIR, sha256=first.sha256)

    [second] = request_due_reports(on=on)
    assert (waiting, second.period) == ([[], [], []], Q4_2025)


@pytest.mark.django_db
def test_a_failed_report_does_not_hold_the_following_ones_back() -> None:
    quarterly(date(2025, 7, 1)).save()
    [first] = request_due_reports(on=date(2026, 1, 1))
    Job.objects.filter(pk=first.job_id).update(status="failed", error="Ursache")

    [second] = request_due_reports(on=date(2026, 1, 1))

    assert second.period == Q4_2025


@pytest.mark.django_db
def test_a_paused_schedule_asks_for_nothing() -> None:
    schedule = quarterly(date(2025, 7, 1))
    schedule.is_active = False
    schedule.save()

    assert request_due_reports(on=date(2026, 1, 1)) == []


@pytest.mark.django_db
def test_what_a_person_began_is_not_compiled_by_the_clock() -> None:
    make_schedule(first_period_start=Q4_2025.start)
    draft = draft_report(kind="status", audience="public", period=Q4_2025, by=make_user())

    assert request_due_reports(on=date(2026, 1, 1)) == []
    beside_it = request_report(kind="status", audience="public", period=Q4_2025)
    assert (beside_it.pk, beside_it.job) == (draft.pk, None)


@pytest.mark.django_db
def test_what_is_reported_on_the_last_day_is_interim_and_the_due_report_follows() -> None:
    make_schedule(first_period_start=Q4_2025.start)
    asked = {"kind": "status", "audience": "public", "period": Q4_2025}
    early = sealed(kept(compile_report(draft_report(**asked, on=Q4_2025.end, by=make_user()))))

    [due] = request_due_reports(on=date(2026, 1, 1))

    assert [(report.as_of, report.is_interim) for report in (early, due)] == [
        (Q4_2025.end, True),
        (Q4_2025.end, False),
    ]
    assert [report.slug for report in (early, due)] == [
        "sachstandsbericht-2025-q4-stand-2025-12-31",
        "sachstandsbericht-2025-q4",
    ]


def test_the_running_quarter_is_offered_first_and_years_after_the_quarters() -> None:
    labels = [period.label for period in offered_periods(date(2026, 11, 23))]

    assert labels[:2] == ["4. Quartal 2026", "3. Quartal 2026"]
    assert labels[-3:] == ["Jahr 2026", "Jahr 2025", "Jahr 2024"]


def test_what_follows_a_period_has_its_length() -> None:
    assert Q4_2025.following == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert Period.year(date(2024, 5, 5)).following == Period.year(date(2025, 1, 1))
    assert Period(date(2026, 2, 10), date(2026, 2, 12)).following == Period(
        date(2026, 2, 13), date(2026, 2, 15)
    )
    assert Period(date(2026, 2, 10), date(2026, 2, 12)).slug == "2026-02-10-bis-2026-02-12"
