"""What reports ask of the coordinator, and what they tell the Lenkungskreis."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from monitoring.models import Report, ReportSchedule, ReportTemplate
from monitoring.periods import Period
from monitoring.services.errata import declare_erratum
from monitoring.services.reports import (
    compile_report,
    give_back,
    missing_reports,
    request_due_reports,
    request_report,
)
from monitoring.worklist.reports import broken_reports
from network.models import Municipality, Role, User
from smartregion.base.models import Job
from smartregion.base.worklist import Entry, worklist_for
from tests.factories import make_user
from tests.monitoring.conftest import AsOf
from tests.monitoring.flow import COORDINATION, kept, make_chair, released, sealed
from tests.monitoring.schedule_rows import make_schedule

pytestmark = pytest.mark.django_db
LAST_QUARTER = Period.quarter(Period.quarter(localdate()).start - timedelta(days=1))


def entries(user: User, kind: str) -> list[Entry]:
    return next((group.entries for group in worklist_for(user, localdate()) if group.key == kind), [])


def make_report(audience: str = "internal", period: Period = LAST_QUARTER) -> Report:
    return request_report(kind="status", audience=audience, period=period)


def fail(report: Report) -> None:
    Job.objects.filter(pk=report.job_id).update(status="failed", error="Schrift fehlt.")


def finish(report: Report) -> None:
    sealed(kept(report))


def test_a_failed_report_is_tried_again_with_one_button(client: Client) -> None:
    report = make_report()
    coordinator = make_user(Role.COORDINATION)
    assert entries(coordinator, "berichte") == []
    fail(report)

    (entry,) = entries(coordinator, "berichte")

    assert entry.title == f"Sachstandsbericht {LAST_QUARTER.label}, für: Lenkungskreis"
    assert entry.why == "Schrift fehlt."
    client.force_login(coordinator)
    assert client.post(entry.post.url, {"next": "/arbeitsplatz/"})["Location"] == "/arbeitsplatz/"
    assert entries(coordinator, "berichte") == []


def test_a_report_that_is_due_and_missing_is_requested_by_a_form_that_knows_it(
    municipalities: list[Municipality], date_events: AsOf, client: Client
) -> None:
    date_events(2024, 1, 1)
    ReportSchedule.objects.create(
        kind="status", audience="public", rhythm="quarter", first_period_start=LAST_QUARTER.start
    )
    coordinator = make_user(Role.COORDINATION)

    (entry,) = entries(coordinator, "berichte")

    client.force_login(coordinator)
    form = client.get(entry.url).context["form"]
    asked = {name: form[name].value() for name in ("kind", "audience", "period", "start", "end")}
    assert client.post("/berichte/neu/", asked).status_code == 302
    report = Report.objects.get()
    assert (report.kind, report.audience, report.period) == ("status", "public", LAST_QUARTER)
    (in_hand,) = entries(coordinator, "berichte")
    assert (in_hand.title, in_hand.action, in_hand.url) == (
        entry.title,
        "Entwurf bearbeiten",
        report.get_absolute_url(),
    )
    compile_report(report)
    assert entries(coordinator, "berichte") == []


def test_an_interim_report_does_not_stand_for_the_one_that_is_due() -> None:
    start = date(2024, 1, 1)
    schedule = ReportSchedule.objects.create(
        kind="status", audience="public", rhythm="quarter", first_period_start=start
    )
    first, second = Period.quarter(start), Period.quarter(date(2024, 4, 1))
    request_report(kind="status", audience="public", period=first, on=date(2024, 2, 1))
    request_report(kind="status", audience="public", period=second)

    missing = missing_reports(on=date(2024, 7, 1))
    assert [(due.schedule, due.period) for due in missing] == [(schedule, first)]


def test_what_waits_for_the_report_before_it_says_so() -> None:
    make_schedule(first_period_start=date(2024, 1, 1))
    kept(request_due_reports(on=date(2024, 7, 1))[0])

    coordinator, on = make_user(), date(2024, 7, 1)
    (entry,) = broken_reports(coordinator, on)
    assert (entry.title, entry.action) == (
        "Sachstandsbericht 2. Quartal 2024, für: Öffentlichkeit",
        "Berichte ansehen",
    )
    assert entry.why.endswith("Er entsteht, sobald der vorige Bericht dieses Plans versiegelt ist.")
    assert len(entries(coordinator, "berichte-freigeben")) == 1


def test_a_link_with_nonsense_still_gives_the_form(client: Client) -> None:
    client.force_login(make_user(Role.COORDINATION))

    assert client.get("/berichte/neu/?kind=x&period=%00&start=gestern").status_code == 200


def test_the_lenkungskreis_gets_the_newest_sealed_report_and_no_failed_one() -> None:
    member = make_user(Role.STEERING)
    finish(make_report(period=Period.quarter(date(2024, 1, 1))))
    newest = make_report()
    finish(newest)
    fail(make_report("public"))

    assert [entry.url for entry in entries(member, "neuester-bericht")] == [newest.get_absolute_url()]
    assert entries(member, "berichte") == []
    assert entries(make_user(Role.TEAM), "neuester-bericht") == []


KINDS = ("berichte-freigeben", "berichte-zurueckgegeben", "berichte-genehmigen")


def waiting(user: User) -> dict[str, list[str]]:
    """What an account has to release, to mend and to approve: why."""
    return {kind: [entry.why for entry in entries(user, kind)] for kind in KINDS}


def test_a_report_goes_from_the_coordinators_list_to_the_chairs_and_back() -> None:
    coordinator, chair, member = make_user(), make_chair(), make_user(Role.STEERING)
    today = f"{localdate():%d.%m.%Y}"
    report = kept(make_report())
    nothing: dict[str, list[str]] = {kind: [] for kind in KINDS}
    at_release = nothing | {"berichte-freigeben": [f"Seit dem {today} zusammengestellt."]}
    assert [waiting(user) for user in (coordinator, chair, member)] == [at_release, nothing, nothing]

    released(report)
    at_approval = nothing | {"berichte-genehmigen": [f"Seit dem {today} freigegeben."]}
    assert [waiting(user) for user in (coordinator, chair, member)] == [nothing, at_approval, nothing]

    give_back(report=report, reason="Ausblick fehlt", by=chair)
    given_back = nothing | {"berichte-zurueckgegeben": ["Ausblick fehlt"]}
    assert [waiting(user) for user in (coordinator, chair, member)] == [given_back, nothing, nothing]

    compile_report(report)
    assert waiting(coordinator) == nothing


def test_an_erratum_waits_for_the_chair() -> None:
    chair = make_chair()
    report = sealed(kept(make_report()))

    erratum = declare_erratum(report=report, text="Falsch", by=make_user(), office=COORDINATION)

    (entry,) = entries(chair, "berichte-genehmigen")
    assert (entry.title, entry.url) == (f"Berichtigung 1 zu {report}", erratum.get_absolute_url())


def test_missing_reports_cost_the_same_queries_for_one_template_and_for_five(count_queries) -> None:
    coordinator, numbers = make_user(Role.COORDINATION), []
    for number in range(1, 6):
        template = ReportTemplate.objects.create(name=f"Vorlage {number}", sections=["overview"])
        make_schedule(kind="custom", template=template, first_period_start=LAST_QUARTER.start)
        if number in {1, 5}:
            with count_queries() as queries:
                assert len({entry.title for entry in broken_reports(coordinator, localdate())}) == number
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]
