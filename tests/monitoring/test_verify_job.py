"""The nightly check: it goes from report to report, keeps what it found, and says when it could not look."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils.timezone import localdate

from monitoring.models import Report
from monitoring.services.reports import request_report
from monitoring.verify.job import request_verification
from network.models import Role, User
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.base.worklist import worklist_for
from tests.factories import make_user
from tests.monitoring.flow import client_of, compiled, sealed
from tests.monitoring.verifying import NAME, Q2, attack, execute, sealed_report

pytestmark = pytest.mark.django_db(transaction=True)
FOUND = "Die Prüfung der Berichte hat Abweichungen gefunden"
FAILED = "Die Berichte ließen sich zuletzt nicht prüfen"


@pytest.fixture
def report(municipalities, date_events) -> Report:
    return sealed_report(municipalities, date_events)


def run(times: int = 1) -> Job:
    job = request_verification()
    for _ in range(times):
        jobs.run(job.pk)
    job.refresh_from_db()
    return job


def told(user: User) -> list[tuple[str, str]]:
    groups = {group.key: group.entries for group in worklist_for(user, localdate())}
    return [(entry.title, entry.why) for entry in groups.get("berichte-pruefen", [])]


@contextmanager
def without_files() -> Iterator[None]:
    """The database answers with an error, as a broken one does."""
    execute("ALTER TABLE monitoring_reportfile RENAME TO away")
    try:
        yield
    finally:
        execute("ALTER TABLE away RENAME TO monitoring_reportfile")


def test_it_tells_the_administrator_what_it_found_until_it_is_clean_again(report: Report) -> None:
    administrator, coordinator = make_user(Role.ADMINISTRATION), make_user()
    assert (run().status, told(administrator)) == ("done", [])

    attack("UPDATE monitoring_reportfile SET size = size + 1 WHERE format = 'xlsx'")
    job = run()

    sentence = f"{NAME} ({report.pk}): Die Datei hat nicht ihre Größe: xlsx."
    assert (job.status, told(administrator), told(coordinator)) == ("done", [(FOUND, sentence)], [])

    attack("UPDATE monitoring_reportfile SET size = size - 1 WHERE format = 'xlsx'")
    assert (run().status, told(administrator)) == ("done", [])


def test_a_check_that_failed_is_no_damage_and_lets_none_be_forgotten(report: Report) -> None:
    administrator = make_user(Role.ADMINISTRATION)
    with without_files():
        failed = run(Job.MAX_ATTEMPTS)
    assert (failed.status, told(administrator)) == ("failed", [(FAILED, failed.error)])
    assert client_of(administrator).get(failed.get_absolute_url()).status_code == 200

    attack("UPDATE monitoring_reportfile SET size = size + 1 WHERE format = 'xlsx'")
    run()
    assert [title for title, _why in told(administrator)] == [FOUND]

    with without_files():
        run(Job.MAX_ATTEMPTS)
    assert [title for title, _why in told(administrator)] == [FOUND, FAILED]


def test_it_shows_how_far_it_is(report: Report) -> None:
    sealed(compiled(request_report(kind="status", audience="internal", period=Q2)))

    job = run()

    assert (job.steps, job.step, job.step_label) == (2, 2, "Bericht 2 prüfen")


def test_of_much_damage_it_keeps_the_beginning_and_a_number(report: Report) -> None:
    attack("DELETE FROM measures_measureevent")
    attack("UPDATE monitoring_report SET released_as = 'x', approved_as = 'x', subject = 'x', filters = '[]'")
    attack("UPDATE monitoring_reportfile SET size = size + 1, sha256 = repeat('0', 64)")

    lines = run().error.splitlines()

    assert (len(lines), lines[-1].startswith("Weitere Abweichungen: ")) == (21, True)


def test_two_checks_do_not_wait_in_line() -> None:
    assert request_verification() == request_verification()
