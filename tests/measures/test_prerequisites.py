"""Prerequisites: no circles, a warning that asks for a reason, and nothing of drafts for municipalities."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate

from measures.forms.rollout import CellForm
from measures.models import Measure, Prerequisite, RolloutCell
from measures.services import prerequisites as services
from measures.services.prerequisites import add_prerequisite
from measures.steps import steps_of
from measures.worklist.waves import lacking
from network.models import Municipality, Role
from tests.beside import threads, waiting_for_locks
from tests.factories import make_measure, make_municipality, make_user, set_cell
from tests.monitoring.worker import until

pytestmark = pytest.mark.django_db


def require(measure: Measure, required: Measure, stage: str = "live", **values: Any) -> Prerequisite:
    new = Prerequisite(measure=measure, required=required, stage=stage, **values)
    return add_prerequisite(prerequisite=new, by=None)


def signed_in(role: Role = Role.COORDINATION, place: Municipality | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role, place))
    return client


def test_the_coordinator_adds_removes_and_brings_back() -> None:
    lamps, net = make_measure("Leuchten"), make_measure("Netz")
    client, page = signed_in(), "/massnahmen/leuchten/voraussetzungen/"

    client.post(f"{page}neu/", {"required": net.pk, "stage": "preparing", "note": "Funk"})
    [added] = Prerequisite.objects.all()
    assert (added.measure, added.required, added.stage, added.note) == (lamps, net, "preparing", "Funk")
    assert list(client.get(page).context["prerequisites"]) == [added]
    assert list(client.get("/massnahmen/netz/voraussetzungen/").context["required_by"]) == [added]

    assert client.post(f"{page}{added.pk}/entfernen/").headers["Location"] == f"{page}#requires"
    assert list(Prerequisite.objects.all()) == []

    client.post(f"{page}{added.pk}/wiederherstellen/")
    assert list(Prerequisite.objects.all()) == [added]


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.TEAM, Role.STEERING])
def test_nobody_else_does(role: Role) -> None:
    added = require(make_measure("Leuchten"), make_measure("Netz"))
    client = signed_in(role, make_municipality() if role == Role.MUNICIPALITY else None)
    page = "/massnahmen/leuchten/voraussetzungen/"

    assert client.get(page).status_code == 200
    assert {
        client.post(f"{page}{rest}").status_code
        for rest in ("neu/", f"{added.pk}/entfernen/", f"{added.pk}/wiederherstellen/")
    } == {404}


def test_a_circle_is_refused_however_long_it_is() -> None:
    first, second, third = (make_measure(title) for title in ("Eins", "Zwei", "Drei"))
    require(first, second)
    removed = require(second, third)
    with pytest.raises(ValidationError):
        require(third, first)

    client = signed_in()
    answer = client.post("/massnahmen/drei/voraussetzungen/neu/", {"required": first.pk, "stage": "live"})
    assert answer.context["form"].errors == {
        "required": ["Das ergäbe einen Kreis: „Eins“ setzt „Drei“ selbst voraus."]
    }

    removed_pk = removed.pk
    removed.delete()
    require(third, first)
    client.post(f"/massnahmen/zwei/voraussetzungen/{removed_pk}/wiederherstellen/")
    assert [(p.measure, p.required) for p in Prerequisite.objects.order_by("measure__title")] == [
        (third, first),
        (first, second),
    ]


def both_ways_at_once() -> int:
    """Two coordinators close a circle together; how many prerequisites there are in the end."""
    one, two = make_measure("Eins"), make_measure("Zwei")

    def add(measure: Measure, required: Measure) -> str:
        try:
            require(measure, required)
        except ValidationError:
            return "refused"
        return "added"

    with threads() as start:
        for each in [start(partial(add, *pair)) for pair in ((one, two), (two, one))]:
            each.result(60)
    return Prerequisite.objects.count()


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_a_circle_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds its place until the other one waits for it."""
    waiting(monkeypatch, services._one_at_a_time)

    assert both_ways_at_once() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_circle_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both look before either has written."""
    waiting(monkeypatch, lambda: None)

    assert both_ways_at_once() == 2


def waiting(monkeypatch: pytest.MonkeyPatch, lock: Any) -> None:
    """Lets nobody write before the other one has checked too, or waits for the lock."""
    checked: list[Any] = []
    check = services._check_no_circle

    def check_and_wait(new: Prerequisite) -> None:
        check(new)
        checked.append(new)
        until(lambda: len(checked) == 2 or waiting_for_locks() == 1, "both have come so far")

    monkeypatch.setattr(services, "_one_at_a_time", lock)
    monkeypatch.setattr(services, "_check_no_circle", check_and_wait)


def sent(cell: RolloutCell, **values: str) -> CellForm:
    today = localdate().isoformat()
    data = {"stage": "preparing", "since": today, "evidence": "Beschluss", "version": cell.version}
    return CellForm(data={**data, **values}, instance=cell)


@pytest.mark.parametrize(
    ("there", "values", "wrong"),
    [
        ("preparing", {}, ["despite"]),
        ("preparing", {"stage": "live"}, ["despite"]),
        ("preparing", {"stage": "committed"}, []),
        ("preparing", {"despite": "Eilt"}, []),
        ("live", {}, []),
        ("rejected", {}, ["despite"]),
    ],
)
def test_going_on_without_a_prerequisite_asks_for_a_reason(
    there: str, values: dict[str, str], wrong: list[str]
) -> None:
    place = make_municipality()
    lamps, net = make_measure("Leuchten"), make_measure("Netz")
    require(lamps, net)
    set_cell(net, place, stage=there, since=localdate(), evidence="Netz", reason="Grund")

    assert sorted(sent(lamps.cells.get(), **values).errors) == wrong


def test_the_reason_stands_in_the_way_and_the_coordinator_is_told() -> None:
    place = make_municipality("Aadorf")
    lamps, net = make_measure("Leuchten"), make_measure("Netz")
    require(lamps, net, note="Funk")
    cell = lamps.cells.get()
    client = signed_in(Role.MUNICIPALITY, place)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "„Netz“ muss hier mindestens „im Regelbetrieb“ sein. Funk" in page

    values = {"stage": "preparing", "since": localdate().isoformat(), "version": 1, "despite": "Eilt"}
    assert client.post(cell.get_absolute_url(), values).status_code == 302

    [step] = steps_of(cell)
    assert step.remark == "Trotz fehlender Voraussetzung: Eilt"
    coordinator, team = make_user(Role.COORDINATION), make_user(Role.TEAM)
    assert [(entry.title, entry.why) for entry in lacking(coordinator, localdate())] == [
        ("Leuchten – Aadorf", "In Vorbereitung, aber es fehlt: Netz: im Regelbetrieb.")
    ]
    assert list(lacking(team, localdate())) == []
    [shown] = signed_in().get("/massnahmen/leuchten/voraussetzungen/").context["lacking"]
    assert shown == cell


@pytest.mark.parametrize("hidden", ["measure", "required"])
def test_a_draft_leaks_nowhere_through_a_prerequisite(hidden: str) -> None:
    place = make_municipality("Aadorf")
    seen, secret = make_measure("Offen"), make_measure("Geheim", visibility="draft")
    if hidden == "required":
        require(seen, secret, note="Geheimer Grund")
    else:
        require(secret, seen, note="Geheimer Grund")
    pages = [
        "/massnahmen/offen/voraussetzungen/",
        "/massnahmen/offen/",
        f"{seen.cells.get().get_absolute_url()}",
        "/roll-out/wellen/",
        "/arbeitsplatz/",
    ]

    for client in (Client(), signed_in(Role.MUNICIPALITY, place), signed_in(Role.STEERING)):
        told = "".join(client.get(page).content.decode() for page in pages)
        assert ("Geheim" in told, "Voraussetzung fehlt" in told) == (False, False)
    assert sent(seen.cells.get()).is_valid()
    assert "Geheim" in signed_in().get(pages[0]).content.decode()
