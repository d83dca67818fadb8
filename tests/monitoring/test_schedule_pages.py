"""Schedules in the browser: kept by the coordinator, approved ahead by two people, and reminding in time."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from governance.models import Seat
from monitoring.models import Report, ReportSchedule, ReportTemplate
from monitoring.services.reports import approve_report, keep_compiled, request_due_reports
from monitoring.worklist.schedules import reports_to_prepare, schedules_to_approve
from network.models import Role
from tests.factories import make_region, make_user
from tests.monitoring.flow import CHAIR, CONTENTS, client_of, make_chair, released
from tests.monitoring.schedule_rows import make_approved, make_schedule

pytestmark = pytest.mark.django_db
PLANS = "/berichte/plaene/"
VALUES = {
    "kind": "implementation",
    "template": "",
    "audience": "internal",
    "rhythm": "year",
    "first_period_start": "2024-10-01",
    "days_after": "20",
    "remind_before": "30",
    "is_active": "on",
}


@pytest.fixture
def coordinator() -> Client:
    make_region()
    return client_of(make_user(Role.COORDINATION))


def is_approved_ahead(schedule: ReportSchedule) -> bool:
    return ReportSchedule.objects.approved_ahead().filter(pk=schedule.pk).exists()


def step(client: Client, schedule: ReportSchedule, word: str) -> str:
    schedule.refresh_from_db()
    page = client.post(f"{PLANS}{schedule.pk}/{word}/", {"version": schedule.version}, follow=True)
    return page.content.decode()


def test_a_schedule_says_its_next_stichtag_and_when_it_is_compiled(coordinator: Client) -> None:
    coordinator.post(f"{PLANS}neu/", VALUES)
    schedule = ReportSchedule.objects.get()
    period = schedule.next_period(date(2026, 1, 1))

    assert (period.start, period.end) == (date(2025, 10, 1), date(2026, 9, 30))
    assert schedule.due_on(period) == date(2026, 10, 20)
    shown = schedule.next_period(localdate())
    assert f"Stichtag {shown.end:%d.%m.%Y}" in coordinator.get(PLANS).content.decode()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"first_period_start": "2024-10-02"}, "Bitte wählen Sie den Ersten eines Monats."),
        ({"kind": "custom"}, "Ein eigener Bericht braucht eine Vorlage."),
        ({"days_after": "0"}, "größer oder gleich 1"),
        ({"days_after": "viele"}, "ganze Zahl"),
    ],
)
def test_what_a_schedule_cannot_be_is_said_at_its_field(
    coordinator: Client, changed: dict[str, str], message: str
) -> None:
    page = coordinator.post(f"{PLANS}neu/", VALUES | changed)
    assert message in page.content.decode()
    assert ReportSchedule.objects.count() == 0


@pytest.mark.parametrize("role", [None, Role.TEAM, Role.STEERING, Role.ADMINISTRATION])
def test_others_neither_read_nor_keep_schedules(role: Role | None) -> None:
    schedule = make_schedule()
    client = client_of(make_user(role) if role else None)
    for address in (PLANS, f"{PLANS}{schedule.pk}/"):
        assert client.get(address).status_code == (403 if role else 302)
    for word in ("freigeben", "genehmigen", "zuruecknehmen", "entfernen"):
        assert client.post(f"{PLANS}{schedule.pk}/{word}/", {"version": 1}).status_code in {302, 403}
    schedule.refresh_from_db()
    assert (schedule.version, schedule.released_as, schedule.approved_as) == (1, "", "")


def test_only_what_two_people_approved_ahead_is_sealed_by_itself(coordinator: Client) -> None:
    schedule, chair = make_schedule(), client_of(make_chair())
    assert "wartet nicht auf eine Genehmigung" in step(chair, schedule, "genehmigen")
    approve(compile_next(), "to_release")
    step(coordinator, schedule, "freigeben")
    approve(compile_next(), "to_approve")
    step(chair, schedule, "genehmigen")
    report = compile_next()
    assert report.is_sealed
    assert (report.released_as, report.approved_as) == (
        schedule_of(schedule).released_as,
        "Vorsitz, Kreisverwaltung",
    )


def test_an_approval_ahead_ends_with_the_seat_of_who_gave_it(coordinator: Client) -> None:
    schedule, first = make_schedule(), make_chair()
    step(coordinator, schedule, "freigeben")
    step(client_of(first), schedule, "genehmigen")
    assert is_approved_ahead(schedule)
    Seat.objects.filter(user=first).update(ends_on=localdate() - timedelta(days=1))

    assert "gilt nicht mehr" in coordinator.get(PLANS).content.decode()
    approve(compile_next(), "to_approve")
    step(client_of(make_chair()), schedule, "genehmigen")
    assert compile_next().is_sealed


def test_a_schedule_that_was_released_ahead_waits_at_the_chair_s_workplace(coordinator: Client) -> None:
    schedule, chair = make_schedule(), make_chair()
    waiting = [len(list(schedules_to_approve(chair, localdate())))]
    for client, word in [(coordinator, "freigeben"), (client_of(chair), "genehmigen")]:
        step(client, schedule, word)
        waiting.append(len(list(schedules_to_approve(chair, localdate()))))

    assert waiting == [0, 1, 0]
    assert list(schedules_to_approve(make_user(Role.COORDINATION), localdate())) == []


def test_a_schedule_that_was_removed_and_restored_is_approved_by_nobody(coordinator: Client) -> None:
    schedule = make_approved()
    coordinator.post(f"{PLANS}{schedule.pk}/entfernen/", {"version": 1, "reason": "Irrtum"})
    coordinator.post(reverse("report_schedule_restore", args=[schedule.pk]))

    assert (schedule_of(schedule).released_as, schedule.approved_as) == ("", "")


def schedule_of(schedule: ReportSchedule) -> ReportSchedule:
    schedule.refresh_from_db()
    return schedule


def approve(report: Report, state: str) -> None:
    """By hand, from the state in which it has to be."""
    assert report.state == state
    report = released(report) if state == "to_release" else report
    approve_report(report=report, by=make_user(Role.STEERING), office=CHAIR, sha256=report.sha256)


def compile_next() -> Report:
    [report] = request_due_reports(on=localdate())
    report.job.status = "done"
    report.job.save()
    keep_compiled(report, CONTENTS)
    return Report.objects.get(pk=report.pk)


def test_one_person_with_both_offices_does_not_approve_alone() -> None:
    make_region()
    both = make_chair()
    both.role = Role.COORDINATION
    both.save()
    both.refresh_from_db()  # a new role has ended what was begun with the old one
    client, schedule = client_of(both), make_schedule()
    step(client, schedule, "freigeben")
    assert "zwei Personen" in step(client, schedule, "genehmigen")
    assert schedule_of(schedule).approved_as == ""


def test_an_edit_of_what_a_schedule_asks_for_ends_its_approval_and_undoing_does_not_give_it_back(
    coordinator: Client,
) -> None:
    schedule = make_approved()
    values = VALUES | {"kind": "status", "audience": "public", "rhythm": "quarter", "version": 1}
    same = values | {"first_period_start": "2025-01-01"}

    coordinator.post(f"{PLANS}{schedule.pk}/", same | {"days_after": "9"})
    assert is_approved_ahead(schedule)
    coordinator.post(f"{PLANS}{schedule.pk}/", same | {"audience": "internal", "version": 2})
    assert (schedule_of(schedule).audience, schedule.released_as, schedule.approved_as) == (
        "internal",
        "",
        "",
    )

    coordinator.post(f"{PLANS}{schedule.pk}/rueckgaengig/?version=3")
    assert (schedule_of(schedule).audience, is_approved_ahead(schedule)) == ("internal", False)


def test_an_edit_of_its_template_ends_the_approval_of_a_schedule_and_undoing_does_not_give_it_back(
    coordinator: Client,
) -> None:
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"])
    schedule = make_approved(kind="custom", template=template)
    address = reverse("report_template", args=[template.pk])

    coordinator.post(address, {"name": "Kurz", "sections": ["overview", "profiles"], "version": 1})
    assert (schedule_of(schedule).version, schedule.released_as, schedule.approved_as) == (2, "", "")

    coordinator.post(f"{reverse('report_template_undo', args=[template.pk])}?version=2")
    assert ReportTemplate.objects.get().sections == ["overview"]
    assert (schedule_of(schedule).released_as, schedule.approved_as) == ("", "")


def test_a_step_over_another_version_changes_nothing(coordinator: Client) -> None:
    schedule = make_schedule(version=4)
    page = coordinator.post(f"{PLANS}{schedule.pk}/freigeben/", {"version": 3}, follow=True)
    assert "inzwischen geändert" in page.content.decode()
    assert schedule_of(schedule).released_as == ""


def test_a_removed_schedule_asks_for_nothing_and_comes_back(coordinator: Client) -> None:
    schedule = make_schedule()
    address = f"{PLANS}{schedule.pk}/"
    coordinator.post(f"{address}entfernen/", {"version": 1, "reason": "Doppelt"})
    assert request_due_reports(on=localdate()) == []
    coordinator.post(f"{address}wiederherstellen/")
    assert len(request_due_reports(on=localdate())) == 1


def test_the_coordinator_is_reminded_as_many_days_before_as_the_schedule_says() -> None:
    make_schedule(remind_before=14, days_after=5)
    make_schedule(audience="internal", remind_before=0)
    user = make_user(Role.COORDINATION)
    days = [date(2026, 3, 21), date(2026, 3, 22), date(2026, 4, 4), date(2026, 4, 5)]
    told = [[entry.title for entry in reports_to_prepare(user, day)] for day in days]
    title = "Sachstandsbericht vierteljährlich: 1. Quartal 2026"
    assert told == [[], [title], [title], []]


def test_a_report_that_was_given_back_is_not_compiled_by_the_clock(coordinator: Any) -> None:
    make_schedule()
    [report] = request_due_reports(on=date(2025, 4, 2))
    Report.objects.filter(pk=report.pk).update(job=None, return_reason="Bitte den Ausblick ergänzen.")
    assert request_due_reports(on=date(2025, 4, 2)) == []
