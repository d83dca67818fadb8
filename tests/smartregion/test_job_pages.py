"""Aufträge: who sees them, what they tell, and how a failed one gets another try."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.timezone import now

from governance.models import Committee, Mirror, MirrorRun, Seat
from governance.services.mirror import request_run
from measures.models import RoundInvitation, RoundMail, StatusRound, TableImport, TeamInvitation
from measures.services.imports import CHECK
from measures.services.rounds import SEND_MAILS
from measures.services.team import SEND_INVITATION
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import COMPILE, compile_report, give_back, request_report
from network.models import Role
from smartregion.base import jobs
from smartregion.base.job_kinds import KINDS
from smartregion.base.jobs import Finish
from smartregion.base.models import Job, Sign
from smartregion.base.tasks import delete_outdated
from smartregion.celery import app
from smartregion.job_pages import subjects_of
from smartregion.operation import TITLES, operation
from tests.factories import make_region, make_user
from tests.governance.rows import approve, make_meeting
from tests.monitoring.flow import kept

pytestmark = pytest.mark.django_db
FAILED = {"status": "failed", "error": "Der Speicher ist voll."}
TRACE = "ZeroDivisionError: division by zero"


@pytest.fixture
def administrator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.ADMINISTRATION))
    return client


@pytest.fixture
def coordinator() -> Client:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    return client


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def titles_in(response: Any) -> list[str]:
    return re.findall(r'<a id="job-\d+" href="[^"]+">([^<]+)</a>', response.content.decode())


def broken_job() -> Job:
    """A job that broke three times, as a worker leaves it."""

    def work(job: Job) -> Finish:
        raise ZeroDivisionError("division by zero")

    jobs.handler("tests.broken", title="Zerbrechlich")(work)
    job = Job.objects.create(kind="tests.broken")
    for _ in range(3):
        jobs.run(job.pk)
    KINDS.pop("tests.broken")
    return Job.objects.get()


@pytest.mark.parametrize("role", [None, Role.STEERING, Role.TEAM])
def test_jobs_are_for_coordination_and_administration_alone(client: Client, role: Role | None) -> None:
    job = Job.objects.create(kind="test", **FAILED)
    if role:
        client.force_login(make_user(role))

    for address in ("", f"{job.pk}/", f"{job.pk}/stand/", f"{job.pk}/erneut/"):
        assert client.get(f"/auftraege/{address}").status_code == (403 if role else 302)


def test_no_job_yet_is_said_in_words(administrator: Client) -> None:
    told = text_of(administrator.get("/auftraege/"))

    assert "Noch kein Auftrag" in told
    assert "Noch ist kein Auftrag fertig geworden." in told
    assert "keiner wartet" in told


def test_a_job_is_known_by_its_german_title_and_a_failed_one_says_why(administrator: Client) -> None:
    Job.objects.create(kind=COMPILE, status="done")
    job = Job.objects.create(kind=COMPILE, **FAILED)

    response = administrator.get("/auftraege/?status=failed&kind=")

    assert titles_in(response) == [f"Bericht erstellen {job.pk}"]
    assert "Der Speicher ist voll." in text_of(response)


def test_a_filter_is_remembered_until_it_is_taken_away(administrator: Client) -> None:
    Job.objects.create(kind=COMPILE, **FAILED)
    Job.objects.create(kind="site.send_digests")
    administrator.get("/auftraege/?kind=site.send_digests&status=queued")

    again = administrator.get("/auftraege/")
    assert again["Location"] == "/auftraege/?kind=site.send_digests&status=queued"
    assert len(titles_in(administrator.get(again["Location"]))) == 1

    administrator.get("/auftraege/?kind=&status=")
    assert len(titles_in(administrator.get("/auftraege/"))) == 2


def test_a_page_that_renews_itself_does_not_keep_its_session_alive(administrator: Client) -> None:
    administrator.get("/auftraege/?kind=")
    before = Session.objects.get().expire_date

    administrator.get("/auftraege/?kind=", headers={"HX-Request": "true"})

    assert Session.objects.get().expire_date == before


def test_a_filter_that_nothing_passes_offers_a_way_out(administrator: Client) -> None:
    Job.objects.create(kind=COMPILE)

    told = text_of(administrator.get("/auftraege/?status=failed&kind="))

    assert "Kein Auftrag passt zum Filter Alle zeigen" in told


def test_what_changes_by_itself_comes_without_the_page_around_it(administrator: Client) -> None:
    Job.objects.create(kind=COMPILE)

    part = administrator.get("/auftraege/?kind=", headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="jobs" ')
    assert 'hx-get="/auftraege/?kind=&amp;page=1"' in part


def test_the_operation_tells_who_was_not_heard_of(administrator: Client) -> None:
    Sign.give(Sign.WORKER)
    Sign.objects.create(name=Sign.BEAT, seen_at=now() - timedelta(hours=1))

    parts = {part.name: part.is_alive for part in operation().parts}

    assert parts == {"Worker": True, "Zeitplan": False, "Warteschlange (Redis)": True}
    assert "meldet sich nicht" in text_of(administrator.get("/auftraege/"))


def test_the_job_that_waits_longest_is_named() -> None:
    oldest, _newer = Job.objects.create(kind="test"), Job.objects.create(kind="test")

    assert operation().oldest == oldest


def test_each_task_of_the_schedule_has_a_german_title_and_says_when_it_is_due() -> None:
    Sign.objects.create(name="monitoring.request_due_reports", seen_at=now() - timedelta(hours=3))

    late = [tick.title for tick in operation().ticks if tick.is_late]

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} - set(TITLES) == set()
    assert late == ["Fällige Berichte anfordern"]


def test_a_page_of_a_job_tells_its_attempts_and_the_technical_text_to_the_administration_alone(
    administrator: Client, coordinator: Client
) -> None:
    job = broken_job()

    told = text_of(administrator.get(f"/auftraege/{job.pk}/"))
    less = text_of(coordinator.get(f"/auftraege/{job.pk}/"))

    assert told.count("Fehler") >= 3
    assert (told.count(TRACE), less.count(TRACE)) == (3, 0)
    assert job.error in less
    assert ("Erneut versuchen" in told, "Erneut versuchen" in less) == (True, False)


def test_a_lost_worker_is_told_with_the_attempt_that_it_took_along(administrator: Client) -> None:
    job = Job.objects.create(kind=COMPILE)
    jobs.claim(job.pk)
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    jobs.claim(job.pk)

    assert list(job.tries.values_list("outcome", flat=True)) == ["lost", "running"]
    assert "Worker verloren" in text_of(administrator.get(f"/auftraege/{job.pk}/"))


def test_a_job_names_what_it_was_for_only_to_whom_may_see_it(
    administrator: Client, coordinator: Client
) -> None:
    """A report that is not sealed is the coordinator's alone."""
    day = date(2024, 6, 30)
    report = request_report(kind="status", audience="public", period=Period(day, day))
    link = f'<a href="{report.get_absolute_url()}">'

    pages = [reader.get(f"/auftraege/{report.job_id}/") for reader in (administrator, coordinator)]

    assert [link in page.content.decode() for page in pages] == [False, True]


def test_each_kind_names_what_its_jobs_were_for_to_the_coordinator(keys: dict[str, Any]) -> None:
    """Of every kind that has a page to lead to; `keys` holds a row of each."""
    committee = Committee.objects.get(pk=Seat.objects.get(pk=keys["sitze"]).committee_id)
    minutes = approve(make_meeting(committee, status="held"))
    request_run(Mirror.objects.get(pk=keys["spiegel"]))
    run = MirrorRun.objects.get()
    mails = Job.objects.create(kind=SEND_MAILS)
    RoundMail.objects.create(
        invitation=RoundInvitation.objects.get(), job=mails, kind="invitation", address="a@example.org"
    )
    invited = TeamInvitation.objects.get(pk=keys["einladungen"])
    table = TableImport.objects.get(pk=keys["import"])
    report = compile_report(Report.objects.get(pk=keys["berichte"]))
    Job.objects.filter(pk=invited.job_id).update(kind=SEND_INVITATION)
    Job.objects.filter(pk=table.job_id).update(kind=CHECK)
    pages = {
        report.job_id: report.get_absolute_url(),
        minutes.job_id: minutes.get_absolute_url(),
        run.job_id: run.mirror.get_absolute_url(),
        mails.pk: StatusRound.objects.get().get_absolute_url(),
        invited.job_id: f"/massnahmen/{invited.seat.measure.slug}/team/",
        table.job_id: table.get_absolute_url(),
    }
    jobs_shown = Job.objects.filter(pk__in=pages)

    shown, hidden = (subjects_of(jobs_shown, make_user(role)) for role in (Role.COORDINATION, Role.TEAM))

    assert {key: subject.url for key, subject in shown.items()} == pages
    assert set(hidden) == {minutes.job_id}


def test_a_retry_is_asked_first_and_done_once(administrator: Client) -> None:
    job = Job.objects.create(kind=COMPILE, **FAILED)
    address = f"/auftraege/{job.pk}/erneut/"

    assert "Soll der Auftrag „Bericht erstellen“" in text_of(administrator.get(address))
    assert Job.objects.get().status == "failed"
    assert administrator.post(address)["Location"] == f"/auftraege/{job.pk}/"
    assert Job.objects.get().status == "queued"
    assert administrator.post(address).status_code == 404


def test_the_bar_is_silent_while_nothing_changes_and_ends_with_a_new_page(
    administrator: Client,
) -> None:
    job = Job.objects.create(kind=COMPILE)
    address = f"/auftraege/{job.pk}/stand/"

    assert administrator.get(address, {"state": job.state}).status_code == 204
    assert "Der Auftrag steht in der Warteschlange." in text_of(administrator.get(address))
    Job.objects.update(status="done")
    assert administrator.get(address)["HX-Refresh"] == "true"


def test_old_jobs_are_forgotten_but_not_those_that_rows_point_to() -> None:
    day = date(2024, 6, 30)
    reports = request_report(kind="status", audience="public", period=Period(day, day)).job
    ended = now() - Job.KEPT_FOR - timedelta(minutes=1)
    Job.objects.create(kind="test", status="done", finished_at=ended)
    Job.objects.create(kind="test", finished_at=None)
    kept = Job.objects.create(kind="test", status="done", finished_at=ended + timedelta(hours=1))
    Job.objects.filter(pk=reports.pk).update(status="done", finished_at=ended)

    delete_outdated()

    left = Job.objects.exclude(status="queued")
    assert set(left) == {reports, kept}


def test_the_list_asks_as_much_for_many_jobs_as_for_few(administrator: Client, count_queries) -> None:
    def ask() -> int:
        with count_queries() as queries:
            administrator.get("/auftraege/?kind=")
        return len(queries)

    day = date(2024, 1, 1)
    request_report(kind="status", audience="public", period=Period(day, day))
    ask()  # remembers the filter
    few = ask()
    for number in range(1, 24):
        on = day + timedelta(days=number)
        request_report(kind="status", audience="public", period=Period(on, on))

    assert ask() == few


def test_jobs_whose_report_has_let_go_of_them_still_tell_and_link_it(administrator: Client) -> None:
    period = Period(date(2024, 4, 1), date(2024, 6, 30))
    coordinator = make_user(Role.COORDINATION)
    returned = kept(request_report(kind="status", audience="public", period=period))
    give_back(report=returned, reason="Ausblick fehlt", by=coordinator)
    failed = request_report(kind="status", audience="internal", period=period)
    Job.objects.filter(pk=failed.job_id).update(**FAILED)
    compile_report(Report.objects.get(pk=failed.pk))
    first_job = Job.objects.get(status="failed")
    client = Client()
    client.force_login(coordinator)

    rows = {job.pk: subject for job, subject in client.get("/auftraege/?kind=&status=").context["rows"]}

    names = {report.pk: str(report) for report in Report.objects.all()}
    links = [(subject.label, subject.url) for subject in rows.values()]
    at_returned = (names[returned.pk], returned.get_absolute_url())
    at_failed = (names[failed.pk], failed.get_absolute_url())
    assert links == [at_failed, at_failed, at_returned]
    page = client.get(first_job.get_absolute_url()).content.decode()
    assert f'<a href="{failed.get_absolute_url()}">{names[failed.pk]}</a>' in page
    told = administrator.get(first_job.get_absolute_url()).content.decode()
    assert [names[failed.pk] in told, failed.get_absolute_url() in told] == [True, False]
