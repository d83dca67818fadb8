"""The wave planner: planning as a whole with version check and undo, warnings, answers, who sees it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, PlannedStart, Prerequisite, WavePlan
from measures.models.waves import next_quarter, quarter_label, quarter_of, quarters_from
from measures.services.waves import answer_start, plan_starts
from measures.waves import bearable, planned_starts
from measures.worklist.waves import starts
from network.models import Municipality, Role
from tests.factories import make_measure, make_municipality, make_user, set_cell

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = quarters_from(number=3)
PLAN = "/roll-out/wellen/netz/"


@pytest.fixture
def places() -> list[Municipality]:
    return [make_municipality("Aadorf", 9_000), make_municipality("Bedorf", 20_000)]


def signed_in(role: Role = Role.COORDINATION, place: Municipality | None = None, **values: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, place, **values))
    return client


def plan(measure: Measure, **quarters: date | None) -> None:
    """`plan(measure, Aadorf=FIRST)`"""
    known = WavePlan.objects.filter(measure=measure).first()
    keys = {Municipality.objects.get(name=name).pk: quarter for name, quarter in quarters.items()}
    plan_starts(measure=measure, version=known.version if known else 1, quarters=keys, by=None)


def too_early(start: PlannedStart) -> None:
    start.answer, start.answer_reason = "too_early", "Kein Geld"
    answer_start(start=start, version=start.version, by=None)


def stored() -> dict[str, date]:
    return dict(PlannedStart.objects.order_by("pk").values_list("municipality__name", "quarter"))


def opened(client: Client) -> dict[str, Any]:
    """What the browser would send of the form as it stands, hidden initial values included."""
    form = client.get(PLAN).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    hidden = {form.add_initial_prefix(name): form[name].value() or "" for name in form.fields}
    return {**hidden, **sent}


def field_of(place: Municipality) -> str:
    return f"kommune-{place.pk}"


def test_the_coordinator_plans_by_select_fields_and_all_at_once(places: list[Municipality]) -> None:
    measure, client = make_measure("Netz"), signed_in()
    client.post(PLAN, {**opened(client), field_of(places[0]): FIRST.isoformat()})
    assert stored() == {"Aadorf": FIRST}

    set_cell(measure, places[0], stage="preparing")
    client.post(PLAN, {**opened(client), "everyone": SECOND.isoformat()})
    assert stored() == {"Aadorf": FIRST, "Bedorf": SECOND}

    client.post(PLAN, {**opened(client), field_of(places[0]): ""})
    assert stored() == {"Bedorf": SECOND}


def test_undo_takes_back_a_whole_saving_and_only_the_last(places: list[Municipality]) -> None:
    measure, client = make_measure("Netz"), signed_in()
    plan(measure, Aadorf=FIRST, Bedorf=FIRST)
    start = PlannedStart.objects.get(municipality=places[0])
    too_early(start)
    plan(measure, Aadorf=THIRD, Bedorf=None)
    assert (stored(), PlannedStart.objects.get().answer) == ({"Aadorf": THIRD}, "")

    client.post(f"{PLAN}rueckgaengig/?version=2")
    assert stored() == {"Aadorf": THIRD}
    client.post(f"{PLAN}rueckgaengig/?version=3")

    assert stored() == {"Aadorf": FIRST, "Bedorf": FIRST}
    assert PlannedStart.objects.get(municipality=places[0]).answer_reason == "Kein Geld"


def test_undo_keeps_what_a_municipality_has_answered_since(places: list[Municipality]) -> None:
    measure, client = make_measure("Netz"), signed_in()

    def answer_and_undo(version: int) -> str:
        too_early(PlannedStart.objects.get(municipality=places[0]))
        before = list(PlannedStart.objects.order_by("pk").values())
        page = client.post(f"{PLAN}rueckgaengig/?version={version}", follow=True)
        assert list(PlannedStart.objects.order_by("pk").values()) == before
        [message] = page.context["messages"]
        return str(message)

    plan(measure, Aadorf=FIRST, Bedorf=FIRST)
    planned_anew = answer_and_undo(2)
    plan(measure, Aadorf=THIRD, Bedorf=None)
    replanned = answer_and_undo(3)

    refusal = "Inzwischen wurde weiter bearbeitet; diese Änderung lässt sich nicht zurücknehmen."
    assert [planned_anew, replanned] == [refusal] * 2


def test_who_saves_second_sees_both_plans_and_loses_nothing(places: list[Municipality]) -> None:
    make_measure("Netz")
    (ada, first), (ben, second) = (
        (client, opened(client)) for client in (signed_in(), signed_in(name="Ben"))
    )
    names = [field_of(place) for place in places]
    ada.post(PLAN, {**first, names[0]: FIRST.isoformat(), names[1]: FIRST.isoformat()})

    conflict = ben.post(PLAN, {**second, names[0]: SECOND.isoformat()})

    assert (conflict.status_code, stored()) == (409, {"Aadorf": FIRST, "Bedorf": FIRST})
    [difference] = conflict.context["differences"]
    shown = (difference.label, difference.before, difference.after)
    assert shown == ("Aadorf", quarter_label(FIRST), quarter_label(SECOND))
    form = conflict.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    hidden = {
        form.add_initial_prefix(name): form.data.get(form.add_initial_prefix(name), "") for name in names
    }
    assert ben.post(PLAN, {**hidden, **again}).status_code == 302
    assert stored() == {"Aadorf": SECOND, "Bedorf": FIRST}


def warnings(user: Any = None) -> dict[str, list[str]]:
    every = planned_starts(user or make_user(Role.COORDINATION), localdate())
    return {f"{each.start.measure.title} {each.start.municipality.name}": each.warnings for each in every}


def test_too_much_at_once_is_counted_by_size(places: list[Municipality]) -> None:
    for title, quarter in (("Eins", FIRST), ("Zwei", SECOND), ("Drei", next_quarter(THIRD))):
        plan(make_measure(title, phase="rollout"), Aadorf=quarter, Bedorf=quarter)

    assert warnings() == {
        "Eins Aadorf": [],
        "Eins Bedorf": [],
        "Zwei Aadorf": ["2 Starts zugleich; tragbar ist einer."],
        "Zwei Bedorf": [],
        "Drei Aadorf": [],
        "Drei Bedorf": [],
    }
    assert [bearable(residents) for residents in (9_999, 10_000, 24_999, 25_000)] == [1, 2, 2, 3]


def test_a_missing_prerequisite_warns_unless_it_is_planned_before(places: list[Municipality]) -> None:
    lamps, net = make_measure("Leuchten", phase="rollout"), make_measure("Netz", phase="rollout")
    Prerequisite.objects.create(measure=lamps, required=net, stage="live")
    plan(lamps, Aadorf=THIRD, Bedorf=THIRD)
    plan(net, Bedorf=FIRST)

    assert warnings() == {
        "Netz Bedorf": [],
        "Leuchten Aadorf": ["Voraussetzung fehlt bis dahin: „Netz“ mindestens „im Regelbetrieb“."],
        "Leuchten Bedorf": [],
    }


def test_a_running_pilot_and_a_day_in_the_past_warn_until_the_municipality_has_begun(
    places: list[Municipality],
) -> None:
    measure, past = make_measure("Netz", phase="pilot"), quarter_of(localdate() - timedelta(days=200))
    plan(measure, Aadorf=past, Bedorf=past)
    set_cell(measure, places[1], stage="introducing")

    assert warnings() == {
        "Netz Aadorf": [
            "Das Quartal ist vorbei, und die Kommune hat nicht begonnen.",
            "Der Pilot der Maßnahme ist nicht beendet (Phase „Pilot“).",
        ],
        "Netz Bedorf": [],
    }


@pytest.mark.parametrize("order", ["massnahmen", "kommunen", "quartale", "unsinn"])
def test_plans_are_for_accounts_and_drafts_for_the_coordinator(
    places: list[Municipality], order: str
) -> None:
    plan(make_measure("Netz"), Aadorf=FIRST)
    plan(make_measure("Geheim", visibility="draft"), Aadorf=FIRST, Bedorf=FIRST)
    page = f"/roll-out/wellen/?ansicht={order}"

    assert Client().get(page).status_code == 302
    assert "Geplant" not in Client().get("/kommunen/aadorf/").content.decode()
    found = {}
    for role in (Role.COORDINATION, Role.MUNICIPALITY, Role.STEERING):
        client = signed_in(role, places[0] if role == Role.MUNICIPALITY else None)
        context = client.get(page).context
        titles = {each.start.measure.title for group in context["groups"] for each in group.items}
        shown = [start.measure.title for start in client.get("/kommunen/aadorf/").context["planned"]]
        found[role] = (titles, sorted(shown), [total.starts for total in context["totals"]])
    others = ({"Netz"}, ["Netz"], [1])
    both = ({"Geheim", "Netz"}, ["Geheim", "Netz"], [3])
    assert found == {Role.COORDINATION: both, Role.MUNICIPALITY: others, Role.STEERING: others}


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.STEERING, Role.TEAM])
def test_only_the_coordinator_plans(places: list[Municipality], role: Role) -> None:
    plan(make_measure("Netz"), Aadorf=FIRST)
    client = signed_in(role, places[0] if role == Role.MUNICIPALITY else None)

    codes = {client.get(PLAN).status_code, client.post(PLAN, {}).status_code}
    codes.add(client.post(f"{PLAN}rueckgaengig/?version=2").status_code)
    assert (codes, stored()) == ({403}, {"Aadorf": FIRST})


def test_a_municipality_answers_its_own_start_and_no_other(places: list[Municipality]) -> None:
    plan(make_measure("Netz"), Aadorf=FIRST, Bedorf=FIRST)
    client = signed_in(Role.MUNICIPALITY, places[0])

    def answer(place: str, **values: Any) -> int:
        return client.post(f"/kommunen/{place}/netz/start/", values).status_code

    def answers() -> list[tuple[str, str]]:
        return list(PlannedStart.objects.order_by("pk").values_list("answer", "answer_reason"))

    assert answer("bedorf", version=1, answer="fits") == 404
    assert answer("aadorf", version=1, answer="too_early") == 302
    assert answer("aadorf", version=1, answer="unsinn") == 302
    assert answer("aadorf", version=7, answer="fits") == 302
    assert answer("aadorf", version=1, answer="too_early", answer_reason="\0") == 302
    assert answer("aadorf", version=1, answer="too_early", answer_reason="x" * 301) == 302
    assert answers() == [("", ""), ("", "")]
    answer("aadorf", version=1, answer="fits", answer_reason="egal")
    assert answers() == [("fits", ""), ("", "")]
    answer("aadorf", version=2, answer="too_early", answer_reason=" Kein Geld ")
    assert answers() == [("too_early", "Kein Geld"), ("", "")]
    assert "Kein Geld" in signed_in().get("/roll-out/wellen/").content.decode()


def test_the_workplace_tells_of_starts_that_are_near_or_passed(places: list[Municipality]) -> None:
    today = FIRST + timedelta(days=40)
    near, far = next_quarter(FIRST), next_quarter(next_quarter(FIRST))
    assert near <= today + timedelta(days=60) < far
    past = quarter_of(FIRST - timedelta(days=5))
    for title, quarter in (("Nah", near), ("Fern", far), ("Vorbei", past), ("Begonnen", past)):
        plan(make_measure(title), Aadorf=quarter, Bedorf=quarter)
    for place in places:
        set_cell(Measure.objects.get(title="Begonnen"), place, stage="live", since=past, evidence="Netz")
    start = PlannedStart.objects.get(measure__title="Fern", municipality=places[1])
    too_early(start)

    own, coordinator = make_user(Role.MUNICIPALITY, places[0]), make_user(Role.COORDINATION)

    assert sorted((entry.title, entry.severity) for entry in starts(own, today)) == [
        ("Nah", 2),
        ("Vorbei", 1),
    ]
    assert sorted(entry.title for entry in starts(coordinator, today)) == [
        "Fern – Bedorf",
        "Vorbei – Aadorf",
        "Vorbei – Bedorf",
    ]
    assert list(starts(make_user(Role.STEERING), today)) == []


def test_the_database_knows_quarters_only(places: list[Municipality]) -> None:
    measure = make_measure("Netz")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedStart.objects.create(measure=measure, municipality=places[0], quarter=date(2027, 2, 1))
    with pytest.raises(ValidationError):
        PlannedStart(measure=measure, municipality=places[0], quarter=date(2027, 1, 2)).full_clean()
