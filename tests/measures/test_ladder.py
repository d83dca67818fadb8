"""The ladder: only allowed steps are taken, on every way in; an undo brings back what there was."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from measures.forms.rollout import CellForm
from measures.models import RolloutCell, ladder
from measures.models.ladder import Stage
from measures.services.rollout import undo_cell_change
from measures.steps import steps_of
from network.models import Role
from smartregion.base.history import recorded
from tests.factories import make_measure, make_municipality, make_user, set_cell
from tests.scale import IS_FULL

pytestmark = pytest.mark.django_db
SEQUENCES, LONGEST, WIDTH = 10_000 if IS_FULL else 500, 3, 50
ORDER = [
    *["unknown", "not_started", "interested", "committed", "preparing"],
    *["introducing", "live", "rejected", "withdrawn", "not_affected"],
]
BY_HAND = """
    unknown       . + + + + + + + + +
    not_started   . . + + + + + + . +
    interested    . + . + + + + + . +
    committed     . . . . + + + . + +
    preparing     . . . + . + + . + +
    introducing   . . . + + . + . + +
    live          . . . + + + . . + .
    rejected      . + + + + + + . . +
    withdrawn     . + + + + + + . . +
    not_affected  . + + + + + + + . .
"""
"""The table once more, written out: rows lead to columns in the same order."""
ALLOWED = {
    (before, after)
    for before, *marks in map(str.split, BY_HAND.strip().splitlines())
    for after, mark in zip(ORDER, marks, strict=True)
    if mark == "+"
}
FULL = {"since": date(2025, 3, 1), "evidence": "Beschluss"}


@pytest.fixture
def cell() -> RolloutCell:
    make_municipality()
    return make_measure().cells.get()


def put(cell: RolloutCell, stage: str) -> RolloutCell:
    """The cell as if it had always been there."""
    with transaction.atomic(), ladder.undoing():
        RolloutCell.objects.filter(pk=cell.pk).update(stage=stage, reason="Früher", **FULL)
    cell.refresh_from_db()
    return cell


def step(cell: RolloutCell, stage: str, reason: str = "") -> bool:
    """Try it through the model; whether it was taken."""
    tried = RolloutCell.objects.get(pk=cell.pk)
    tried.stage, tried.reason = stage, reason or cell.reason
    tried.since, tried.evidence = FULL["since"], FULL["evidence"]
    try:
        with transaction.atomic():
            tried.save_over(cell.version)
    except (ValidationError, IntegrityError):
        return False
    return True


def walk() -> Iterator[tuple[str, str, bool]]:
    """Random sequences, each of another cell from a random stage: from where, to where, whether it went."""
    chance = random.Random(20251)
    measures = [make_measure(f"Netz {number}") for number in range(SEQUENCES // WIDTH)]
    places = [make_municipality(f"Ort {number}") for number in range(WIDTH)]
    cells = RolloutCell.objects.bulk_create(
        RolloutCell(measure=measure, municipality=place, stage=chance.choice(ORDER), reason="Früher", **FULL)
        for measure in measures
        for place in places
    )
    for cell in cells:
        yield from sequence(cell, chance)


def sequence(cell: RolloutCell, chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    for turn in range(chance.randint(1, LONGEST)):
        tried, before, after = copy(cell), cell.stage, chance.choice(ORDER)
        if before != after:
            tried.stage, tried.reason = after, f"Grund {turn}"
            try:
                cell = tried.save_over(cell.version)
            except ValidationError:
                yield before, after, False
            else:
                yield before, after, True


def check(steps: list[tuple[str, str, bool]]) -> None:
    """Each pair was tried, the allowed ones were taken each time and the others never."""
    taken, refused = (
        {(before, after) for before, after, went in steps if went is whether} for whether in (True, False)
    )
    everything = {(before, after) for before in ORDER for after in ORDER if before != after}
    assert (taken, refused) == (ALLOWED, everything - ALLOWED)


@contextmanager
def without_guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ladder, "check_step", lambda before, after: None)
    with pgtrigger.ignore("measures.RolloutCell:step_of_the_ladder"):
        yield


def test_in_random_sequences_exactly_the_allowed_steps_are_taken() -> None:
    steps = list(walk())

    check(steps)
    assert RolloutCell.objects.count() == SEQUENCES


def test_without_the_guard_forbidden_steps_happen_and_the_check_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control, on fewer sequences."""
    monkeypatch.setattr("tests.measures.test_ladder.SEQUENCES", 500)

    with without_guard(monkeypatch):
        steps = list(walk())

    assert Counter(went for _before, _after, went in steps)[False] == 0
    with pytest.raises(AssertionError):
        check(steps)


def test_the_database_alone_refuses_exactly_the_forbidden_steps(cell: RolloutCell) -> None:
    """Whatever goes past the model meets the same table."""
    taken = set()
    for before in ORDER:
        for after in ORDER:
            put(cell, before)
            try:
                with transaction.atomic():
                    RolloutCell.objects.filter(pk=cell.pk).update(stage=after)
            except IntegrityError:
                continue
            taken.add((before, after))

    assert {pair for pair in taken if pair[0] != pair[1]} == ALLOWED
    assert {(stage, stage) for stage in ORDER} <= taken


def test_the_form_offers_the_present_stage_first_and_then_what_is_allowed(cell: RolloutCell) -> None:
    offered = {
        before: [value for value, _label in CellForm(instance=put(cell, before)).fields["stage"].choices]
        for before in ORDER
    }

    assert {before: choices[0] for before, choices in offered.items()} == {stage: stage for stage in ORDER}
    assert {(before, after) for before in ORDER for after in offered[before][1:]} == ALLOWED


def sent(cell: RolloutCell, **values: Any) -> CellForm:
    data = {"stage": cell.stage, "since": "2025-03-01", "evidence": "Beschluss", "reason": cell.reason}
    return CellForm(data={**data, "version": cell.version, **values}, instance=cell)


def test_a_forged_stage_that_was_not_offered_is_told_so(cell: RolloutCell) -> None:
    form = sent(put(cell, "live"), stage="unknown", since="2025-05-05")

    assert form.errors == {"stage": ["Von „im Regelbetrieb“ aus gibt es diesen Schritt nicht."]}


@pytest.mark.parametrize(
    ("before", "values", "wrong"),
    [
        ("live", {"stage": "preparing"}, ["reason"]),
        ("live", {"stage": "preparing", "reason": "Neue Technik"}, []),
        ("interested", {"stage": "not_started"}, ["reason"]),
        ("preparing", {"stage": "not_affected"}, ["reason"]),
        ("interested", {"stage": "not_affected"}, []),
        ("committed", {"stage": "withdrawn"}, ["reason"]),
        ("committed", {"stage": "withdrawn", "reason": "Kein Geld"}, []),
        ("committed", {"stage": "preparing"}, []),
        ("committed", {"stage": "preparing", "since": ""}, []),
        ("committed", {"stage": "preparing", "since": "2025-03-01"}, []),
        ("introducing", {"stage": "live", "since": "2025-03-01"}, ["since"]),
        ("introducing", {"stage": "live", "since": ""}, ["since"]),
        ("introducing", {"stage": "live", "evidence": ""}, ["evidence"]),
        ("introducing", {"stage": "introducing", "since": "2025-03-01"}, []),
    ],
)
def test_a_step_asks_for_what_it_needs(
    cell: RolloutCell, before: str, values: dict[str, str], wrong: list[str]
) -> None:
    form = sent(put(cell, before), **{"since": "2025-05-05", **values})

    assert sorted(form.errors) == wrong


@pytest.mark.parametrize("missing", ["since", "evidence", "reason"])
def test_the_model_asks_too_when_no_form_does(cell: RolloutCell, missing: str) -> None:
    """What an import or a service writes."""
    cell = put(cell, "introducing" if missing == "evidence" else "live")
    stage = Stage.LIVE if missing == "evidence" else Stage.PREPARING
    values = {**FULL, "stage": stage, "reason": "Neu", missing: None if missing == "since" else ""}
    for name, value in values.items():
        setattr(cell, name, value)

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        cell.save_over(cell.version)

    assert list(refusal.value.message_dict) == [missing]


def test_a_cell_without_a_new_step_may_be_edited_whatever_its_stage(cell: RolloutCell) -> None:
    taken = []
    for stage in ORDER:
        put(cell, stage).note = f"Neu: {stage}"
        taken.append(cell.save_over(cell.version).note)

    assert taken == [f"Neu: {stage}" for stage in ORDER]


def test_undoing_brings_back_a_stage_to_which_no_step_leads(client: Client, cell: RolloutCell) -> None:
    client.force_login(make_user(Role.COORDINATION))
    set_cell(cell.measure, cell.municipality, note="Anfang")
    values = {"stage": "live", "since": "2025-03-01", "evidence": "Beschluss", "version": cell.version}
    client.post(cell.get_absolute_url(), values)
    cell.refresh_from_db()
    assert cell.stage == "live"

    client.post(f"{cell.get_absolute_url()}rueckgaengig/?version={cell.version}")

    cell.refresh_from_db()
    assert (cell.stage, cell.note) == ("unknown", "Anfang")


def test_after_an_undo_the_guard_stands_again_in_the_same_transaction(cell: RolloutCell) -> None:
    with recorded(by=None):
        cell.stage, cell.since = Stage.INTERESTED, date(2025, 3, 1)
        cell.save_over(1)
        undo_cell_change(cell=cell, version=2, by=None)
        cell.refresh_from_db()
        assert (cell.stage, step(put(cell, "live"), "unknown", "Irrtum")) == ("unknown", False)
        with pytest.raises(IntegrityError), transaction.atomic():
            RolloutCell.objects.filter(pk=cell.pk).update(stage="unknown")


def test_the_page_of_a_cell_shows_its_way(client: Client, cell: RolloutCell) -> None:
    user = make_user(Role.COORDINATION, name="Ada")
    client.force_login(user)
    for number, (stage, reason) in enumerate([("committed", ""), ("withdrawn", "Kein Geld")], start=1):
        data = {"stage": stage, "since": f"2025-03-0{number}", "reason": reason, "version": number}
        client.post(cell.get_absolute_url(), {**data, "reason_for_change": "Anruf"})

    found = [
        (step.before.value, step.after.value, step.since, step.reason, step.remark, step.by)
        for step in steps_of(cell)
    ]

    assert found == [
        ("committed", "withdrawn", date(2025, 3, 2), "Kein Geld", "Anruf", "Ada"),
        ("unknown", "committed", date(2025, 3, 1), "", "Anruf", "Ada"),
    ]
    assert client.get(cell.get_absolute_url()).context["steps"] == steps_of(cell)


def test_the_way_of_a_cell_is_not_public(client: Client, cell: RolloutCell) -> None:
    assert client.get(cell.get_absolute_url()).status_code == 302
    client.force_login(make_user(Role.STEERING))
    assert client.get(cell.get_absolute_url()).status_code == 404
