"""Asking for reports."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate

from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import (
    PeriodError,
    compile_report,
    discard_draft,
    draft_report,
    request_report,
    retry,
    stichtag,
)
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.celery import app
from tests.beside import refusal_of, while_open
from tests.factories import make_user
from tests.monitoring.flow import kept

Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


def ask(**values: object) -> Report:
    return request_report(**{"kind": "status", "audience": "public", "period": Q2, **values})  # type: ignore[arg-type]


def test_the_stichtag_is_the_end_of_the_period_or_today_while_it_runs() -> None:
    assert stichtag(Q2, date(2024, 9, 1)) == date(2024, 6, 30)
    assert stichtag(Q2, date(2024, 6, 30)) == date(2024, 6, 30)
    assert stichtag(Q2, date(2024, 5, 7)) == date(2024, 5, 7)


@pytest.mark.parametrize(
    "period", [Period(date(2024, 7, 1), date(2024, 9, 30)), Period(date(2024, 6, 2), date(2024, 6, 1))]
)
def test_a_period_that_has_not_begun_or_ends_before_its_beginning_is_refused(period: Period) -> None:
    with pytest.raises(PeriodError):
        stichtag(period, date(2024, 6, 15))


@pytest.mark.django_db
def test_asking_again_gives_the_same_report_and_no_second_job() -> None:
    first = ask()

    again = ask()

    assert again.pk == first.pk
    assert (Report.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_was_begun_by_another_stays_theirs() -> None:
    first, again = (
        draft_report(kind="status", audience="public", period=Q2, by=make_user()) for _ in range(2)
    )

    assert (again.pk, again.requested_by) == (first.pk, first.requested_by)


@pytest.mark.django_db
def test_an_interim_report_leaves_room_for_the_final_one() -> None:
    today = localdate()
    running = Period(today - timedelta(days=10), today + timedelta(days=10))

    interim = ask(period=running)
    final = ask(period=running, on=running.following.start)

    assert (interim.as_of, interim.is_interim) == (today, True)
    assert (final.as_of, final.is_interim) == (running.end, False)
    assert interim.pk != final.pk


@pytest.mark.django_db(transaction=True)
def test_a_request_works_while_the_queue_is_away(caplog: pytest.LogCaptureFixture) -> None:
    broker, app.conf.broker_url = app.conf.broker_url, "redis://127.0.0.1:1/0"
    app.amqp._producer_pool = None
    try:
        report = ask()
    finally:
        app.conf.broker_url = broker
        app.amqp._producer_pool = None

    assert caplog.messages == [f"Queue is away; job {report.job_id} waits for the tick"]
    assert report.job.status == Job.Status.QUEUED
    assert list(Job.objects.claimable()) == [report.job]


@pytest.mark.django_db
def test_only_a_failed_report_can_be_tried_again() -> None:
    report = ask()
    Job.objects.update(status="running", attempts=1)
    retry(report)
    assert Job.objects.get().status == "running"

    Job.objects.update(status="failed", attempts=3, error="Ursache")
    retry(report)
    job = Job.objects.get()
    assert (job.status, job.attempts, job.error) == ("queued", 0, "")


@pytest.mark.django_db
def test_trying_again_on_a_page_of_before_leaves_the_job_of_then_alone() -> None:
    stale = ask()
    Job.objects.update(status="failed", error="Ursache")
    compile_report(stale)

    retry(stale)

    assert sorted(Job.objects.values_list("status", flat=True)) == ["failed", "queued"]


@pytest.mark.django_db
def test_what_was_discarded_meanwhile_is_not_tried_again() -> None:
    stale = ask()
    Job.objects.update(status="failed", error="Ursache")
    discard_draft(report=stale, by=make_user())

    assert refusal_of(lambda: retry(stale)) == "Diesen Bericht gibt es nicht mehr."
    assert Job.objects.get().status == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_report_is_gone_says_so_and_is_not_repeated() -> None:
    report = ask()
    Job.objects.update(status="failed", error="Ursache")
    discard_draft(report=report, by=make_user())
    Job.objects.update(status="queued", error="")

    jobs.run(report.job_id)

    job = Job.objects.get()
    assert (job.status, job.attempts, job.error) == (
        "failed",
        1,
        "Zu diesem Auftrag gibt es keinen Bericht mehr.",
    )


@pytest.mark.django_db
def test_what_is_kept_changes_nothing_else_of_the_row() -> None:
    stale = draft_report(kind="status", audience="public", period=Q2, by=make_user())
    stale = compile_report(stale)
    Report.objects.update(requested_by=None)

    assert kept(stale).requested_by is None


@pytest.mark.django_db
def test_two_requests_at_the_same_moment_get_the_same_row() -> None:
    """The one that comes second finds no row, inserts, and is refused by the constraint."""
    first = ask()
    rows_seen = []

    def hide_first_look(execute, sql, params, many, context):
        if sql.startswith("SELECT") and '"monitoring_report"' in sql and not rows_seen:
            rows_seen.append(sql)
            return execute(sql.replace("WHERE", "WHERE false AND", 1), params, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hide_first_look):
        second = ask()

    assert (second.pk, Report.objects.count(), Job.objects.count()) == (first.pk, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_clock_and_a_person_at_the_same_moment_make_one_job() -> None:
    report = draft_report(kind="status", audience="public", period=Q2)

    second = while_open(lambda: compile_report(report), lambda: compile_report(report, by=make_user()))

    assert [job.pk for job in Job.objects.all()] == [second.job_id]


@pytest.mark.django_db(transaction=True)
def test_what_is_about_to_be_compiled_is_not_discarded_at_the_same_moment() -> None:
    report = draft_report(kind="status", audience="public", period=Q2)

    refusal = while_open(
        lambda: compile_report(report), lambda: refusal_of(lambda: discard_draft(report=report, by=None))
    )

    assert (refusal, Report.objects.count()) == ("Verwerfen lässt sich nur ein Entwurf.", 1)
