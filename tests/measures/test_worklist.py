"""What measures and their roll-out ask of an account, and what they keep from it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now

from measures.assessment import is_worse
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, TeamMember
from network.models import Municipality, Role, User
from smartregion.base.worklist import Severity, worklist_for
from tests.factories import make_measure, make_municipality, make_organisation, make_user, set_cell

TODAY = localdate()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def worklist(user: User) -> dict[str, list[str]]:
    """The titles of each kind."""
    return {group.key: [entry.title for entry in group.entries] for group in worklist_for(user, TODAY)}


def entries(user: User, kind: str) -> list[Any]:
    return next((group.entries for group in worklist_for(user, TODAY) if group.key == kind), [])


def add_milestone(measure: Measure, due: int, title: str = "Aufbau", **values: Any) -> Milestone:
    return Milestone.objects.create(measure=measure, title=title, planned_date=days_ago(due), **values)


def tell(measure: Measure, days: int, visibility: str = "public") -> StatusUpdate:
    return StatusUpdate.objects.create(measure=measure, on=days_ago(days), text="Gut", visibility=visibility)


def join_team(measure: Measure, user: User) -> None:
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Leitung", user=user
    )


def date_history(days: int) -> None:
    """Whatever the history holds so far happened that many days ago."""
    with connection.cursor() as cursor:
        for table in ("measures_measureevent", "measures_rolloutcellevent"):
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = %s WHERE pgh_created_at > %s", [ago(days), ago(1)]
            )


@pytest.fixture
def coordinator(db: None) -> User:
    return make_user(Role.COORDINATION)


@pytest.fixture
def member(db: None) -> User:
    return make_user(Role.TEAM)


@pytest.fixture
def place(db: None) -> Municipality:
    return make_municipality("Aadorf")


@pytest.fixture
def editor(place: Municipality) -> User:
    return make_user(Role.MUNICIPALITY, place)


def test_the_coordinator_gets_each_overdue_milestone_with_its_days_and_both_ways_to_fix_it(
    coordinator: User,
) -> None:
    measure = make_measure("Netz", status="planned")
    milestone = add_milestone(measure, 24)
    add_milestone(measure, 24, "Erreicht", actual_date=TODAY)
    add_milestone(measure, 24, "Verschoben", forecast_date=TODAY)
    add_milestone(measure, 0, "Heute fällig")

    (entry,) = entries(coordinator, "meilensteine")

    assert entry.title == "Aufbau – Netz"
    assert entry.why == f"Fällig war der {days_ago(24):%d.%m.%Y}, seit 24 Tagen überfällig."
    assert (entry.url, entry.action) == (f"/massnahmen/netz/meilensteine/{milestone.pk}/", "Bearbeiten")
    assert entry.post.url == f"/massnahmen/netz/meilensteine/{milestone.pk}/erreicht/"


@pytest.mark.parametrize("status", ["on_hold", "completed", "discontinued"])
def test_no_milestone_is_awaited_of_a_measure_that_rests_or_has_ended(coordinator: User, status: str) -> None:
    add_milestone(make_measure("Netz", status=status, status_reason="Grund"), 24)

    assert worklist(coordinator) == {}


@pytest.mark.parametrize(
    ("days", "severity"), [(100, None), (101, Severity.SOON), (190, Severity.SOON), (191, Severity.NOW)]
)
def test_an_update_is_due_by_the_rhythm_of_the_computed_ampel(
    coordinator: User, days: int, severity: Severity | None
) -> None:
    measure = make_measure("Netz", light="red", light_reason="Geld fehlt")
    tell(measure, 400)
    tell(measure, days)

    found = entries(coordinator, "sachstand")

    assert [entry.severity for entry in found] == ([severity] if severity else [])
    assert [entry.url for entry in found] == (["/massnahmen/netz/sachstand/neu/"] if severity else [])


def test_a_measure_that_does_not_run_owes_no_update(coordinator: User) -> None:
    make_measure("Netz", status="planned")

    assert worklist(coordinator) == {}


@pytest.mark.parametrize(
    ("computed", "stated", "worse"),
    [
        ("red", "green", True),
        ("red", "yellow", True),
        ("red", "grey", True),
        ("yellow", "green", True),
        ("yellow", "grey", True),
        ("red", "red", False),
        ("yellow", "yellow", False),
        ("yellow", "red", False),
        ("green", "red", False),
        ("green", "grey", False),
        ("grey", "green", False),
    ],
)
def test_only_a_computed_light_that_is_worse_contradicts_the_stated_one(
    computed: str, stated: str, worse: bool
) -> None:
    assert is_worse(computed, stated) == worse


def test_a_contradiction_names_both_lights_and_the_reasons(coordinator: User) -> None:
    measure = make_measure("Netz", light="yellow", light_reason="Etwas spät")
    tell(measure, 1)
    add_milestone(measure, 91)

    (entry,) = entries(coordinator, "ampel")

    assert entry.why == (
        "Angegeben ist gelb, berechnet rot: Meilenstein „Aufbau“ ist seit 91 Tagen überfällig."
    )
    assert entry.url == "/massnahmen/netz/bearbeiten/"


def test_a_measure_returns_on_its_day_of_review(coordinator: User) -> None:
    for title, days in (("Gestern", 1), ("Heute", 0), ("Morgen", -1)):
        make_measure(title, status="planned", review_on=days_ago(days))

    assert worklist(coordinator) == {"wiedervorlage": ["Gestern", "Heute"]}


def test_drafts_of_measures_and_updates_wait_for_the_coordinator(coordinator: User) -> None:
    make_measure("Entwurf", status="planned", visibility="draft")
    tell(make_measure("Netz", status="planned"), 1, "draft")
    tell(make_measure("Anderes", status="planned"), 1, "internal")

    assert worklist(coordinator) == {"entwuerfe": ["Sachstand: Netz", "Entwurf"]}


def test_stale_cells_stand_by_municipality_in_alphabetical_order_however_many_they_are(
    coordinator: User, client: Client
) -> None:
    places = [make_municipality(name) for name in ("Übdorf", "Aadorf", "Zedorf")]
    for _ in range(3):
        measure = make_measure("Netz", status="planned")
        set_cell(measure, places[2], confirmed_at=ago(1))
    set_cell(measure, places[1], confirmed_at=ago(1))
    set_cell(measure, places[0], confirmed_at=ago(93))

    found = entries(coordinator, "roll-out")

    assert [(entry.title, entry.why, entry.url) for entry in found] == [
        ("Aadorf", "2 Stände sind zu bestätigen, davon 2 noch nie bestätigt.", "/kommunen/aadorf/"),
        ("Übdorf", "3 Stände sind zu bestätigen, davon 2 noch nie bestätigt.", "/kommunen/uebdorf/"),
    ]
    client.force_login(coordinator)
    page = client.get("/kommunen/uebdorf/").content.decode()
    assert 'Das ist zu bestätigen <span class="muted">(3)</span>' in page


def test_a_municipality_gets_its_own_stale_cells_and_confirms_one_with_a_button(
    editor: User, place: Municipality, client: Client
) -> None:
    other = make_municipality("Bedorf")
    measure = make_measure("Netz")
    cell = set_cell(measure, place, stage="introducing", confirmed_at=ago(97))
    set_cell(measure, other, stage="introducing", confirmed_at=None)
    set_cell(make_measure("Frisch"), place, confirmed_at=ago(91))
    date_history(99)

    (entry,) = entries(editor, "roll-out")

    assert entry.title == "Netz"
    confirmed_on = f"{localdate(cell.confirmed_at):%d.%m.%Y}"
    assert entry.why == (
        f"In Einführung. Zuletzt bestätigt am {confirmed_on}, die Bestätigung fehlt seit 5 Tagen."
    )
    assert entry.url == "/kommunen/aadorf/netz/"
    client.force_login(editor)
    sent = {entry.post.field: entry.post.value, "next": "/arbeitsplatz/"}
    assert client.post(entry.post.url, sent)["Location"] == "/arbeitsplatz/"
    cell.refresh_from_db()
    assert (cell.is_stale, worklist(editor)) == (False, {})


def test_a_municipality_is_asked_for_the_contact_of_what_it_has_in_operation(
    editor: User, place: Municipality
) -> None:
    live = {"stage": "live", "since": days_ago(9), "evidence": "Netz", "confirmed_at": now()}
    set_cell(make_measure("Ohne"), place, **live)
    set_cell(make_measure("Mit"), place, **live, contact="Fachbereich IT")
    set_cell(make_measure("Geplant"), place, stage="preparing", confirmed_at=now())
    date_history(5)

    assert worklist(editor) == {"ansprechstelle": ["Ohne"]}


def test_what_went_live_elsewhere_since_the_own_confirmation_is_new_until_confirmed_again(
    editor: User, place: Municipality
) -> None:
    early, late = make_municipality("Bedorf"), make_municipality("Ädorf")
    measure, other = make_measure("Netz"), make_measure("Anderes")
    live = {"stage": "live", "since": days_ago(99), "evidence": "Netz", "contact": "IT"}
    set_cell(measure, early, **live)
    own = set_cell(measure, place, stage="interested", confirmed_at=ago(20))
    set_cell(other, place, stage="not_affected", confirmed_at=ago(20))
    date_history(30)
    set_cell(measure, late, **live)
    set_cell(other, late, **live)
    date_history(10)

    (entry,) = entries(editor, "neues")

    assert (entry.title, entry.url) == ("Netz", "/kommunen/aadorf/netz/")
    assert entry.why == (
        f"Bestätigt haben Sie zuletzt am {days_ago(20):%d.%m.%Y}. Seitdem anderswo im Regelbetrieb: Ädorf."
    )
    set_cell(measure, place, confirmed_at=now())
    assert own.stage == "interested"
    assert worklist(editor) == {}


def test_a_measure_that_became_visible_since_the_last_confirmation_is_new(
    editor: User, place: Municipality
) -> None:
    set_cell(make_measure("Alt"), place, confirmed_at=ago(20))
    published = make_measure("Netz", visibility="draft")
    make_measure("Noch Entwurf", visibility="draft")
    date_history(30)
    Measure.objects.filter(pk=published.pk).update(visibility="internal")
    date_history(10)

    assert worklist(editor) == {"neues": ["Netz"], "roll-out": ["Netz"]}


def test_nothing_is_new_to_a_municipality_that_never_confirmed_anything(
    editor: User, place: Municipality
) -> None:
    measure = make_measure("Netz")
    elsewhere = {"stage": "live", "since": days_ago(9), "evidence": "Netz", "contact": "IT"}
    set_cell(measure, place, stage="interested")
    RolloutCell.objects.create(measure=measure, municipality=make_municipality("Bedorf"), **elsewhere)

    assert worklist(editor) == {"roll-out": ["Netz"]}


def test_a_team_member_gets_the_own_measures_and_can_report_on_them(member: User) -> None:
    own = make_measure("Netz")
    join_team(own, member)
    for measure in (own, make_measure("Fremd")):
        add_milestone(measure, 24)

    assert worklist(member) == {"meilensteine": ["Aufbau – Netz"], "sachstand": ["Netz"]}
    (entry,) = entries(member, "meilensteine")
    assert (entry.url, entry.post) == ("/massnahmen/netz/sachstand/neu/", None)


def test_a_team_seat_gives_every_role_the_work_of_its_measure(editor: User, place: Municipality) -> None:
    for user in (editor, make_user(Role.STEERING), make_user(Role.ADMINISTRATION)):
        measure = make_measure("Netz")
        set_cell(measure, place, confirmed_at=now())
        join_team(measure, user)
        add_milestone(measure, 24)

        assert worklist(user)["meilensteine"] == ["Aufbau – Netz"]


def test_a_draft_shows_in_no_list_and_no_count_but_the_coordinators(
    coordinator: User, member: User, editor: User, place: Municipality, client: Client
) -> None:
    """Everything that could make an entry, in a draft; made public, each role gets its part of it."""
    set_cell(make_measure("Bestätigt", status="planned"), place, confirmed_at=ago(20))
    date_history(30)
    measure = make_measure("Geheimnis", visibility="draft", review_on=days_ago(1))
    join_team(measure, member)
    add_milestone(measure, 24)
    tell(measure, 300, "draft")
    live = {"stage": "live", "since": days_ago(9), "evidence": "Netz"}
    set_cell(measure, place, **live)
    others = [member, editor, make_user(Role.STEERING)]

    def kinds_of(user: User) -> list[str]:
        client.force_login(user)
        assert ("Geheimnis" in client.get("/arbeitsplatz/?art=alle").content.decode()) == bool(worklist(user))
        return sorted(worklist(user))

    assert [kinds_of(user) for user in others] == [[], [], []]
    assert kinds_of(coordinator) == [
        "ampel",
        "entwuerfe",
        "meilensteine",
        "roll-out",
        "sachstand",
        "wiedervorlage",
    ]
    Measure.objects.filter(pk=measure.pk).update(visibility="public")
    assert [kinds_of(user) for user in others] == [
        ["meilensteine", "sachstand"],
        ["ansprechstelle", "neues", "roll-out"],
        [],
    ]


def test_the_age_of_an_update_that_the_reader_may_not_see_is_not_told(member: User) -> None:
    measure = make_measure("Netz")
    join_team(measure, member)
    tell(measure, 150)
    tell(measure, 1, "draft")

    (entry,) = entries(member, "sachstand")

    assert f"{days_ago(150):%d.%m.%Y}" in entry.why
