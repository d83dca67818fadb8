"""The plan of a measure: phase gates, dependencies of milestones, tasks and risks."""

from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from measures.models import (
    GateCheck,
    GateCriterion,
    Measure,
    Milestone,
    MilestoneLink,
    Risk,
    Task,
    TeamMember,
)
from network.models import Role, User
from smartregion.base.changes import changes_of
from smartregion.base.worklist import worklist_for
from tests.beside import threads, waiting_for_locks
from tests.factories import make_measure, make_organisation, make_user

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)
PLAN = "/massnahmen/netz/plan/"


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz", phase="concept")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seat_of(measure: Measure, user: User | None = None, function: str = "Leitung") -> TeamMember:
    return TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function=function, user=user
    )


def milestone(measure: Measure, title: str, day: date = date(2024, 5, 1)) -> Milestone:
    return Milestone.objects.create(measure=measure, title=title, planned_date=day)


def criterion(phase: str = "concept", text: str = "Kosten stehen fest.") -> GateCriterion:
    return GateCriterion.objects.create(phase=phase, text=text)


def task_of(measure: Measure, **values: Any) -> Task:
    return Task.objects.create(
        measure=measure, **{"title": "Vertrag", "function": "Recht", "due_on": date(2024, 5, 1), **values}
    )


def risk_of(measure: Measure, **values: Any) -> Risk:
    defaults = {"title": "Lieferverzug", "likelihood": 4, "impact": 3, "owner": "Leitung"}
    risk = Risk.objects.create(measure=measure, **{**defaults, **values})
    risk.refresh_from_db()
    return risk


def text(answer: Any) -> str:
    return str(answer.content.decode())


# Phase gates


def test_a_criterion_is_noted_as_met_with_who_and_when_and_the_note_comes_back(
    coordinator: Client, measure: Measure
) -> None:
    wanted = criterion()
    typed = {"met_on": "2024-05-01", "note": "Beschlossen"}

    coordinator.post(f"{PLAN}kriterien/{wanted.pk}/erfuellt/", typed)

    check = GateCheck.objects.get()
    assert (check.measure, check.criterion, str(check.noted_by), check.note) == (
        measure,
        wanted,
        "Ada",
        "Beschlossen",
    )
    assert "Beschlossen" not in text(Client().get(PLAN))
    assert "Beschlossen" in text(coordinator.get(PLAN))
    before = GateCheck.objects.values().get()
    coordinator.post(f"{PLAN}erfuellt/{check.pk}/loeschen/", {"version": 1})
    assert GateCheck.objects.count() == 0
    coordinator.post(f"{PLAN}erfuellt/{check.pk}/wiederherstellen/")
    assert GateCheck.objects.values().get() == before


def test_moving_on_with_open_criteria_needs_to_say_why(coordinator: Client, measure: Measure) -> None:
    criterion()
    typed = {"phase": "pilot", "version": 1, "reason_for_change": "Beschluss"}

    refused = coordinator.post("/massnahmen/netz/phase/", typed)
    assert list(refused.context["form"].errors) == ["despite_open"]
    assert "Kosten stehen fest." in text(refused)
    coordinator.post("/massnahmen/netz/phase/", {**typed, "despite_open": "Frist der Förderung"})

    measure.refresh_from_db()
    assert measure.phase == "pilot"
    assert changes_of(measure)[0].reason == "Beschluss (trotz offener Kriterien: Frist der Förderung)"


@pytest.mark.parametrize("address", ["feld/phase", "bearbeiten"])
def test_no_other_form_moves_on_with_open_criteria_without_a_reason(
    coordinator: Client, measure: Measure, address: str
) -> None:
    criterion()
    page = f"/massnahmen/netz/{address}/"
    form = coordinator.get(page).context["form"]
    stored = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}

    refused = coordinator.post(page, {**stored, "phase": "pilot"})
    assert list(refused.context["form"].errors) == ["reason_for_change"]
    coordinator.post(page, {**stored, "phase": "pilot", "reason_for_change": "Frist der Förderung"})

    measure.refresh_from_db()
    assert (measure.phase, changes_of(measure)[0].reason) == ("pilot", "Frist der Förderung")
    assert coordinator.post(page, {**stored, "phase": "idea", "version": 2}).status_code == 302


@pytest.mark.parametrize("why", ["met", "retired", "other phase", "back"])
def test_moving_needs_no_more_than_a_reason_where_nothing_open_is_left(
    coordinator: Client, measure: Measure, why: str
) -> None:
    wanted = criterion("pilot" if why == "other phase" else "concept")
    if why == "met":
        GateCheck.objects.create(measure=measure, criterion=wanted)
    if why == "retired":
        GateCriterion.objects.update(is_active=False)
    phase = "idea" if why == "back" else "pilot"

    coordinator.post("/massnahmen/netz/phase/", {"phase": phase, "version": 1, "reason_for_change": "Ja"})

    measure.refresh_from_db()
    assert (measure.phase, changes_of(measure)[0].reason) == (phase, "Ja")


def test_the_board_shows_the_open_criteria_to_the_coordinator_alone(
    coordinator: Client, measure: Measure
) -> None:
    criterion()

    assert "Kosten stehen fest." in text(coordinator.get("/massnahmen/phasen/"))
    assert "Kosten stehen fest." not in text(Client().get("/massnahmen/phasen/"))


def test_a_criterion_that_a_measure_has_met_cannot_be_deleted_but_an_unused_one_comes_back(
    coordinator: Client, measure: Measure
) -> None:
    wanted = criterion()
    check = GateCheck.objects.create(measure=measure, criterion=wanted)
    address = f"/massnahmen/kriterien/{wanted.pk}/"

    page = coordinator.post(f"{address}loeschen/", {"version": 1}, follow=True)
    assert "ist bei Maßnahmen als erfüllt vermerkt" in text(page)
    check.delete()
    coordinator.post(f"{address}loeschen/", {"version": 1})
    assert GateCriterion.objects.count() == 0
    coordinator.post(f"{address}wiederherstellen/")

    assert GateCriterion.objects.get() == wanted


def test_only_the_coordinator_keeps_the_catalogue() -> None:
    wanted = criterion()
    for role in (Role.TEAM, Role.STEERING, Role.ADMINISTRATION):
        client = signed_in(make_user(role))
        for address in ("", "neu/", f"{wanted.pk}/", f"{wanted.pk}/loeschen/"):
            assert client.get(f"/massnahmen/kriterien/{address}").status_code == 403


# Dependencies


def test_a_milestone_waits_for_one_of_another_measure_and_is_warned_when_that_comes_later(
    coordinator: Client, measure: Measure
) -> None:
    later = milestone(measure, "Montage", date(2024, 5, 1))
    other = make_measure("Andere")
    earlier = milestone(other, "Auswertung", date(2024, 6, 1))

    coordinator.post(f"{PLAN}meilensteine/{later.pk}/setzt-voraus/", {"predecessor": earlier.pk})

    page = text(Client().get(PLAN))
    assert "Auswertung" in page
    assert "wird später fertig als dieser Meilenstein" in page
    assert "Montage" in text(Client().get("/massnahmen/andere/plan/"))
    Milestone.objects.filter(pk=earlier.pk).update(forecast_date=date(2024, 4, 1))
    assert "wird später fertig" not in text(Client().get(PLAN))


def test_a_dependency_on_a_hidden_measure_leaks_nowhere(coordinator: Client, measure: Measure) -> None:
    hidden = make_measure("Andere", visibility="draft")
    earlier = milestone(hidden, "Geheimtermin", date(2030, 6, 1))
    later = milestone(measure, "Montage")
    coordinator.post(f"{PLAN}meilensteine/{later.pk}/setzt-voraus/", {"predecessor": earlier.pk})
    reader = signed_in(make_user(Role.STEERING))

    for client in (Client(), reader):
        for address in (PLAN, "/massnahmen/netz/"):
            page = text(client.get(address))
            assert "Geheimtermin" not in page
            assert "wird später fertig" not in page
    assert "Geheimtermin" in text(coordinator.get(PLAN))
    assert "Geheimtermin" in text(coordinator.get("/massnahmen/netz/"))


def test_milestones_never_wait_in_a_circle(coordinator: Client, measure: Measure) -> None:
    first, second, third = (milestone(measure, title) for title in ("A", "B", "C"))
    MilestoneLink.objects.create(milestone=second, predecessor=first)
    MilestoneLink.objects.create(milestone=third, predecessor=second)

    answer = coordinator.post(f"{PLAN}meilensteine/{first.pk}/setzt-voraus/", {"predecessor": third.pk})
    assert answer.context["form"].errors["predecessor"] == [
        "Dieser Meilenstein wartet selbst auf den hier gewählten. Im Kreis geht es nicht."
    ]
    for one, other in ((first, third), (first, second), (first, first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            MilestoneLink.objects.create(milestone=one, predecessor=other)

    assert MilestoneLink.objects.count() == 2


def test_without_the_guard_the_database_would_take_the_circle(measure: Measure) -> None:
    """Negative control."""
    first, second = milestone(measure, "A"), milestone(measure, "B")
    MilestoneLink.objects.create(milestone=second, predecessor=first)
    with pgtrigger.ignore("measures.MilestoneLink:milestones_never_wait_in_a_circle"):
        MilestoneLink.objects.create(milestone=first, predecessor=second)

    assert MilestoneLink.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_not_close_a_circle() -> None:
    measure = make_measure("Netz")
    first, second = milestone(measure, "A"), milestone(measure, "B")

    def link_back() -> str:
        try:
            MilestoneLink.objects.create(milestone=first, predecessor=second)
        except IntegrityError:
            return "refused"
        return "stored"

    with threads() as start:
        with transaction.atomic():
            MilestoneLink.objects.create(milestone=second, predecessor=first)
            other = start(link_back)
            while not waiting_for_locks() and not other.done():
                pass
        assert other.result(timeout=20) == "refused"

    assert MilestoneLink.objects.count() == 1


def test_a_deleted_milestone_comes_back_with_what_it_waits_for(coordinator: Client, measure: Measure) -> None:
    first, second = milestone(measure, "A"), milestone(measure, "B")
    MilestoneLink.objects.create(milestone=second, predecessor=first)
    address = f"/massnahmen/netz/meilensteine/{second.pk}/"

    coordinator.post(f"{address}loeschen/", {"version": 1})
    assert MilestoneLink.objects.count() == 0
    coordinator.post(f"{address}wiederherstellen/")

    assert list(MilestoneLink.objects.values_list("milestone", "predecessor")) == [(second.pk, first.pk)]


def test_a_dependency_is_removed_and_comes_back(coordinator: Client, measure: Measure) -> None:
    link = MilestoneLink.objects.create(
        milestone=milestone(measure, "B"), predecessor=milestone(measure, "A")
    )
    address = f"{PLAN}abhaengigkeiten/{link.pk}/"

    assert "Setzt „B“ nicht mehr „A“ voraus?" in text(coordinator.get(f"{address}loeschen/"))
    coordinator.post(f"{address}loeschen/")
    assert MilestoneLink.objects.count() == 0
    coordinator.post(f"{address}wiederherstellen/")

    assert MilestoneLink.objects.get() == link


# Tasks


def test_a_member_adds_and_completes_tasks_of_the_own_team_only(measure: Measure) -> None:
    member = make_user(Role.TEAM)
    seat = seat_of(measure, member)
    other = make_measure("Andere")
    foreign = task_of(other)
    client = signed_in(member)
    typed = {"title": "Vertrag", "seat": seat.pk, "due_on": "2024-05-01"}

    client.post(f"{PLAN}aufgaben/neu/", typed)
    task = Task.objects.get(measure=measure)
    page = client.post(f"{PLAN}aufgaben/{task.pk}/erledigt/", {"version": 1}, follow=True)

    task.refresh_from_db()
    assert task.done_on == localdate()
    assert f'action="{PLAN}aufgaben/{task.pk}/rueckgaengig/?version=2"' in text(page)
    client.post(f"{PLAN}aufgaben/{task.pk}/rueckgaengig/?version=2")
    task.refresh_from_db()
    assert task.done_on is None
    for address in ("aufgaben/neu/", f"aufgaben/{foreign.pk}/", f"aufgaben/{foreign.pk}/erledigt/"):
        assert client.post(f"/massnahmen/andere/plan/{address}", typed).status_code == 404
    assert client.get(f"{PLAN}aufgaben/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(
    "values", [{}, {"function": "Recht", "seat": "own"}, {"seat": "foreign"}, {"seat": "x"}]
)
def test_a_task_has_either_a_seat_of_its_measure_or_a_function(
    coordinator: Client, measure: Measure, values: dict[str, str]
) -> None:
    seats = {"own": seat_of(measure).pk, "foreign": seat_of(make_measure("Andere")).pk}
    typed = {"title": "Vertrag", "due_on": "2024-05-01", **values}
    typed |= {"seat": seats.get(values["seat"], "x")} if "seat" in values else {}

    answer = coordinator.post(f"{PLAN}aufgaben/neu/", typed)

    assert list(answer.context["form"].errors) == ["seat"]
    assert Task.objects.count() == 0


def test_tasks_are_for_accounts_only(measure: Measure) -> None:
    task_of(measure, title="Geheimaufgabe")

    assert "Geheimaufgabe" not in text(Client().get(PLAN))
    assert "Geheimaufgabe" in text(signed_in(make_user(Role.STEERING)).get(PLAN))


def test_overdue_tasks_reach_the_coordinator_and_the_account_behind_the_seat(measure: Measure) -> None:
    member, stranger = make_user(Role.TEAM), make_user(Role.TEAM)
    today = localdate()
    task_of(measure, title="Eigene", function="", seat=seat_of(measure, member), due_on=today - YESTERDAY)
    task_of(measure, title="Andere", due_on=today - YESTERDAY)
    task_of(measure, title="Heute", due_on=today)
    task_of(measure, title="Fertig", due_on=today - YESTERDAY, done_on=today)

    def told(user: User) -> list[str]:
        groups = [group for group in worklist_for(user, today) if group.key == "aufgaben"]
        return [entry.title for group in groups for entry in group.entries]

    assert told(make_user(Role.COORDINATION)) == ["Andere – Netz", "Eigene – Netz"]
    assert told(member) == ["Eigene – Netz"]
    assert told(stranger) == []


# Risks


@pytest.mark.parametrize(
    ("likelihood", "impact", "level", "words"),
    [(1, 1, 1, "gering"), (4, 1, 4, "gering"), (1, 5, 5, "mittel"), (3, 3, 9, "mittel"), (5, 2, 10, "hoch")],
)
def test_the_level_is_likelihood_times_impact(
    measure: Measure, likelihood: int, impact: int, level: int, words: str
) -> None:
    risk = risk_of(measure, likelihood=likelihood, impact=impact)

    assert (risk.level, risk.level_in_words) == (level, words)


def test_a_risk_is_internal_unless_it_is_made_public(measure: Measure) -> None:
    risk_of(measure, title="Geheimrisiko")
    risk_of(measure, title="Bekannt", is_public=True)

    visitor, reader = text(Client().get(PLAN)), text(signed_in(make_user(Role.STEERING)).get(PLAN))

    assert ("Geheimrisiko" in visitor, "Bekannt" in visitor) == (False, True)
    assert visitor.count('class="risk-number') == 1
    assert ("Geheimrisiko" in reader, "Bekannt" in reader) == (True, True)


@pytest.mark.parametrize("value", ["0", "6", "-1", "x", ""])
def test_a_grade_is_from_one_to_five(coordinator: Client, measure: Measure, value: str) -> None:
    typed = {"title": "Verzug", "likelihood": value, "impact": 3, "owner": "Leitung", "state": "open"}

    answer = coordinator.post(f"{PLAN}risiken/neu/", typed)

    assert list(answer.context["form"].errors) == ["likelihood"]
    assert Risk.objects.count() == 0


def test_a_risk_saved_by_two_shows_both_versions_and_comes_back_when_deleted(
    coordinator: Client, measure: Measure
) -> None:
    risk = risk_of(measure)
    address = f"{PLAN}risiken/{risk.pk}/"
    typed = {"title": "Erste", "likelihood": 1, "impact": 1, "owner": "L", "state": "open", "version": 1}

    coordinator.post(address, typed)
    assert coordinator.post(address, {**typed, "title": "Zweite"}).status_code == 409
    before = Risk.objects.values().get()
    coordinator.post(f"{address}loeschen/", {"version": 2})
    assert Risk.objects.count() == 0
    coordinator.post(f"{address}wiederherstellen/")

    assert Risk.objects.values().get() == before


def test_a_risk_whose_review_day_has_come_is_on_the_coordinators_workplace(measure: Measure) -> None:
    today = localdate()
    risk_of(measure, title="Fällig", review_on=today)
    risk_of(measure, title="Später", review_on=today + timedelta(days=1))
    risk_of(measure, title="Zu", review_on=today, state="closed")

    def told(role: Role) -> list[str]:
        groups = [group for group in worklist_for(make_user(role), today) if group.key == "risiken"]
        return [entry.title for group in groups for entry in group.entries]

    assert told(Role.COORDINATION) == ["Fällig – Netz"]
    assert told(Role.TEAM) == []


def test_only_the_coordinator_changes_gates_dependencies_and_risks(measure: Measure) -> None:
    member = make_user(Role.TEAM)
    seat_of(measure, member)
    own, wanted, risk = milestone(measure, "A"), criterion(), risk_of(measure)
    addresses = [
        f"kriterien/{wanted.pk}/erfuellt/",
        f"meilensteine/{own.pk}/setzt-voraus/",
        "risiken/neu/",
        f"risiken/{risk.pk}/",
        f"risiken/{risk.pk}/loeschen/",
    ]

    answers = {
        signed_in(member).post(f"{PLAN}{address}", {"version": 1}).status_code for address in addresses
    }

    assert answers == {404}
    assert Risk.objects.get().version == 1
