"""The pages of reports in the hands of each role."""

import hashlib
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from network.models import Role
from smartregion.base import jobs
from smartregion.base.models import Job
from tests.factories import make_committee, make_measure, make_user
from tests.governance.rows import make_resolution

pytestmark = pytest.mark.django_db(transaction=True)
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture
def data(municipalities, date_events) -> None:
    make_measure("Sensornetz", light="red", light_reason="Geld fehlt")
    date_events(2024, 5, 1)


def client_of(role: Role | None) -> Client:
    client = Client()
    if role:
        client.force_login(make_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def compiled(audience: str = "public", outlook: str = "") -> Report:
    report = request_report(kind="status", audience=audience, period=Q2, outlook=outlook)
    jobs.run(report.job_id)
    report.refresh_from_db()
    return report


def addresses(report: Report) -> list[str]:
    files = [reverse("report_file", args=[report.pk, name]) for name in ("pdf", "xlsx", "json")]
    return [report.get_absolute_url(), reverse("report_progress", args=[report.pk]), *files]


def test_the_coordinator_asks_watches_and_downloads(data) -> None:
    client = client_of(Role.COORDINATION)
    asked = client.post(
        reverse("report_request"),
        {
            "kind": "status",
            "audience": "internal",
            "period": "eigener",
            "start": "2024-04-01",
            "end": "2024-06-30",
            "outlook": "Es geht weiter.",
        },
    )
    report = Report.objects.get()
    assert asked["Location"] == report.get_absolute_url()
    waiting = client.get(report.get_absolute_url()).content.decode()
    assert f'<a href="{report.get_absolute_url()}">Stand aktualisieren</a></p></noscript>' in waiting
    assert reverse("report_progress", args=[report.pk]) in waiting

    jobs.run(report.job_id)

    report.refresh_from_db()
    page = client.get(report.get_absolute_url()).content.decode()
    assert report.sha256 in page
    assert "Geld fehlt" in page
    assert "<noscript>" not in page
    assert report.outlook == "Es geht weiter."


def test_the_page_of_a_report_says_which_resolution_is_no_longer_in_force(data, date_events) -> None:
    committee, day = make_committee(), date(2024, 5, 5)
    old = make_resolution(committee, "LK 2024/01", resolved_on=day)
    make_resolution(committee, "LK 2024/02", resolved_on=day, supersedes=old)
    date_events(2024, 5, 6)
    report = compiled()

    page = client_of(None).get(report.get_absolute_url()).content.decode()

    assert page.count("Nicht mehr in Kraft, ersetzt durch LK 2024/02") == 1
    assert page.count("ungeändert beschlossen") == 2


def test_the_progress_speaks_only_when_something_is_new(data) -> None:
    client = client_of(Role.COORDINATION)
    report = request_report(kind="status", audience="public", period=Q2)
    address = reverse("report_progress", args=[report.pk])

    job = jobs.claim(report.job_id)
    assert job is not None
    jobs.progress(job, 1, "PDF setzen")
    new = client.get(address, {"state": "queued-0-0"})
    known = client.get(address, {"state": "running-1-1"})
    Job.objects.update(status="failed", error="Ursache", lease_until=None)
    ended = client.get(address, {"state": "running-1-1"})

    assert "Schritt 2 von 5: PDF setzen" in new.content.decode()
    assert 'value="20"' in new.content.decode()
    assert (known.status_code, known.content) == (204, b"")
    assert ended["HX-Refresh"] == "true"


def test_a_failed_report_names_its_cause_and_can_be_tried_again(municipalities, date_events) -> None:
    client = client_of(Role.COORDINATION)
    report = compiled()
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Zum Stichtag 30.06.2024 waren noch keine Daten erfasst." in page

    make_measure()
    date_events(2024, 5, 1)
    assert client.post(reverse("report_retry", args=[report.pk])).status_code == 302
    jobs.run(report.job_id)

    report.refresh_from_db()
    assert (report.is_sealed, report.job.status, report.job.attempts) == (True, "done", 1)


def test_a_public_report_is_open_to_everybody(data) -> None:
    report = compiled()

    assert [client_of(None).get(address).status_code for address in addresses(report)] == [200] * 5


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 404),
        (Role.TEAM, 404),
        (Role.STEERING, 200),
        (Role.ADMINISTRATION, 200),
        (Role.COORDINATION, 200),
    ],
)
def test_an_internal_report_is_for_the_steering_committee(data, role: Role | None, status: int) -> None:
    report = compiled("internal")
    client = client_of(role)

    assert [client.get(address).status_code for address in addresses(report)] == [status] * 5
    assert (str(report) in client.get(reverse("reports")).content.decode()) == (status == 200)


@pytest.mark.parametrize("role", [None, Role.STEERING, Role.ADMINISTRATION, Role.TEAM])
def test_nobody_but_the_coordinator_sees_an_unfinished_report_or_asks_for_one(role: Role | None) -> None:
    report = request_report(kind="status", audience="public", period=Q2)
    client = client_of(role)

    assert [client.get(address).status_code for address in addresses(report)] == [404] * 5
    refused = 403 if role else 302
    form = {"kind": "status", "audience": "public", "period": "2025"}
    assert client.get(reverse("report_request")).status_code == refused
    assert client.post(reverse("report_request"), form).status_code == refused
    assert client.post(reverse("report_retry", args=[report.pk])).status_code == refused
    assert Report.objects.count() == 1


def test_a_download_is_the_sealed_file_with_its_name_and_checksum(data) -> None:
    report = compiled()
    client = client_of(None)
    for file in report.files.all():
        response = client.get(reverse("report_file", args=[report.pk, file.format]))

        assert hashlib.sha256(response.content).hexdigest() == file.sha256
        assert response["ETag"] == f'"{file.sha256}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert (
            response["Content-Disposition"]
            == f'attachment; filename="sachstandsbericht-2024-q2.{file.format}"'
        )
        again = client.get(response.request["PATH_INFO"], headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert report.files.get(format="json").sha256 == report.sha256


def test_a_download_does_not_exist_for_an_unknown_format(data) -> None:
    report = compiled()

    assert client_of(None).get(reverse("report_file", args=[report.pk, "exe"])).status_code == 404


def test_a_period_of_ones_own_needs_both_days_in_order_and_must_have_begun() -> None:
    client = client_of(Role.COORDINATION)
    form = {"kind": "status", "audience": "public", "period": "eigener"}
    next_year = localdate().year + 1

    for start, end, error in [
        ("", "", "Ein eigener Zeitraum braucht Beginn und Ende."),
        ("2024-06-30", "2024-04-01", "Der Zeitraum endet vor seinem Beginn."),
        (f"{next_year}-01-01", f"{next_year}-03-31", "Der Zeitraum hat noch nicht begonnen."),
        ("2024-01-01", "9999-12-31", "Bitte prüfen Sie die Jahre von Beginn und Ende."),
        ("0001-01-01", "2024-12-31", "Bitte prüfen Sie die Jahre von Beginn und Ende."),
    ]:
        response = client.post(reverse("report_request"), {**form, "start": start, "end": end})
        assert (response.status_code, error in response.content.decode()) == (200, True)
    assert Report.objects.count() == 0


def test_the_outlook_of_a_second_request_for_the_same_report_is_not_lost(data) -> None:
    client = client_of(Role.COORDINATION)
    asked = {"kind": "status", "audience": "public", "period": "eigener", "start": Q2.start, "end": Q2.end}
    first = client.post(reverse("report_request"), {**asked, "outlook": "Erster Ausblick"})

    second = client.post(reverse("report_request"), {**asked, "outlook": "Zweiter Ausblick"})
    same = client.post(reverse("report_request"), {**asked, "outlook": "Erster Ausblick"})

    assert (first.status_code, same.status_code, same.url) == (302, 302, first.url)
    page = second.content.decode()
    assert [f'<a href="{first.url}">' in page, "Zweiter Ausblick" in page] == [True, True]
    assert [report.outlook for report in Report.objects.all()] == ["Erster Ausblick"]


def test_an_empty_list_says_so_and_shows_the_way_to_those_who_may() -> None:
    visitor = client_of(None).get(reverse("reports")).content.decode()
    coordinator = client_of(Role.COORDINATION).get(reverse("reports")).content.decode()

    assert ("Noch kein Bericht" in visitor, reverse("report_request") in visitor) == (True, False)
    assert ("Noch kein Bericht" in coordinator, reverse("report_request") in coordinator) == (True, True)


def test_the_list_costs_the_same_queries_for_one_report_and_for_ten(count_queries) -> None:
    client = client_of(Role.COORDINATION)
    numbers = []
    for year in range(2015, 2025):
        request_report(kind="evaluation", audience="public", period=Period.year(date(year, 1, 1)))
        if year in (2015, 2024):
            with count_queries() as queries:
                client.get(reverse("reports"))
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]
