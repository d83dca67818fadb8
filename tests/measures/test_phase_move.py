"""The coordinator moves a measure into another phase: with a reason, over the version read, to be undone."""

import re
from typing import Any

import pytest
from django.test import Client

from measures.models import Measure
from network.models import Role
from smartregion.base.changes import changes_of
from smartregion.base.history import recorded
from tests.factories import make_measure, make_municipality, make_user

pytestmark = pytest.mark.django_db
REASON = "Beschluss vom 12.03."


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def move(client: Client, measure: Measure, query: str = "", **values: Any) -> Any:
    address = f"{measure.get_absolute_url()}phase/{query}"
    return client.post(
        address, {"phase": "pilot", "version": measure.version, "reason_for_change": REASON, **values}
    )


def stored(measure: Measure) -> tuple[str, int]:
    return Measure.objects.values_list("phase", "version").get(pk=measure.pk)


def test_a_measure_is_moved_with_its_reason_in_the_history_and_back_to_the_board_as_it_was(
    coordinator: Client,
) -> None:
    measure = make_measure("Netz", phase="concept")

    answer = move(coordinator, measure, "?q=Netz&zoom=alles&light=blau")

    assert answer["Location"] == "/massnahmen/phasen/?q=Netz#netz"
    assert stored(measure) == ("pilot", 2)
    last = changes_of(measure)[0]
    assert (last.by, last.reason, [(field.label, field.before, field.after) for field in last.fields]) == (
        "Koordination",
        REASON,
        [("Phase", "Konzept", "Pilot")],
    )


def test_the_message_offers_to_undo_the_move(coordinator: Client) -> None:
    measure = make_measure("Netz", phase="concept")

    move(coordinator, measure)
    board = coordinator.get("/massnahmen/phasen/").content.decode()

    assert "„Netz“ ist jetzt in der Phase „Pilot“." in board
    undo = re.search(r'action="([^"]+rueckgaengig[^"]+)"', board)
    assert undo
    assert undo[1] == "/massnahmen/netz/rueckgaengig/?version=2"
    coordinator.post(undo[1])
    assert stored(measure) == ("concept", 3)
    assert [change.reason for change in changes_of(measure)] == ["Rückgängig gemacht", REASON, ""]


def test_a_move_needs_a_reason_and_keeps_what_was_chosen(coordinator: Client) -> None:
    measure = make_measure("Netz", phase="concept")

    answer = move(coordinator, measure, reason_for_change="  ")

    assert answer.status_code == 200
    assert answer.context["form"].errors == {
        "reason_for_change": ["Bitte nennen Sie den Grund, er steht später im Verlauf."]
    }
    assert answer.context["form"]["phase"].value() == "pilot"
    assert stored(measure) == ("concept", 1)


@pytest.mark.parametrize(
    ("phase", "error"),
    [
        ("concept", "Die Maßnahme ist schon in der Phase „Konzept“."),
        ("", "Bitte geben Sie „Phase“ an."),
        ("mond", "Bitte eine gültige Auswahl treffen. mond ist keine gültige Auswahl."),
    ],
)
def test_only_another_phase_can_be_chosen(coordinator: Client, phase: str, error: str) -> None:
    measure = make_measure(phase="concept")

    assert move(coordinator, measure, phase=phase).context["form"].errors == {"phase": [error]}
    assert stored(measure) == ("concept", 1)


def test_a_move_over_someone_elses_save_shows_both_and_can_be_sent_again(coordinator: Client) -> None:
    measure = make_measure("Netz", phase="concept")
    read = measure.version
    with recorded(by=None, reason="anderswo"):
        measure.title, measure.phase = "Neues Netz", "operation"
        measure.save_over(read)

    answer = move(coordinator, measure, version=read)

    assert answer.status_code == 409
    assert stored(measure) == ("operation", 2)
    assert [(field.label, field.before, field.after) for field in answer.context["differences"]] == [
        ("Phase", "Verstetigung", "Pilot")
    ]
    form = answer.context["form"]
    sent = {name: form[name].value() for name in ("phase", "version", "reason_for_change")}
    assert sent == {"phase": "pilot", "version": "2", "reason_for_change": REASON}
    assert move(coordinator, measure, **sent).status_code == 302
    moved = Measure.objects.get(pk=measure.pk)
    assert (moved.title, moved.phase, moved.version) == ("Neues Netz", "pilot", 3)


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "2", "9" * 30, "\0"])
def test_nothing_is_moved_without_the_version_that_was_read(coordinator: Client, version: str) -> None:
    measure = make_measure(phase="concept")

    assert move(coordinator, measure, version=version).status_code in {200, 409}
    assert stored(measure) == ("concept", 1)


@pytest.mark.parametrize("role", [Role.STEERING, Role.TEAM, Role.ADMINISTRATION, Role.MUNICIPALITY])
def test_only_the_coordinator_may_move_a_measure_and_is_offered_to(client: Client, role: Role) -> None:
    measure = make_measure(phase="concept")
    offer = f'action="{measure.get_absolute_url()}phase/"'
    place = make_municipality()
    client.force_login(make_user(role, place if role == Role.MUNICIPALITY else None))

    assert move(client, measure).status_code == 404
    assert stored(measure) == ("concept", 1)
    assert offer not in client.get("/massnahmen/phasen/").content.decode()

    client.force_login(make_user(Role.COORDINATION))
    assert offer in client.get("/massnahmen/phasen/").content.decode()
    assert move(client, measure).status_code == 302


def test_a_visitor_is_asked_to_sign_in_before_moving_anything(client: Client) -> None:
    measure = make_measure(phase="concept")

    assert move(client, measure)["Location"].startswith("/anmelden/")
    assert stored(measure) == ("concept", 1)


def test_the_card_offers_every_other_phase_with_the_following_one_chosen(coordinator: Client) -> None:
    make_measure(phase="concept")

    card = (
        coordinator.get("/massnahmen/phasen/")
        .content.decode()
        .split('name="phase">')[2]
        .split("</select>")[0]
    )

    assert re.findall(r'<option value="(\w+)"( selected)?>', card) == [
        ("idea", ""),
        ("pilot", " selected"),
        ("operation", ""),
        ("rollout", ""),
    ]
