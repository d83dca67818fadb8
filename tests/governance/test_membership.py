"""Committees of every kind, their terms and seats: what people held stays readable."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import localdate

from governance.membership import membership_of
from governance.models import Attendance, Committee, Seat, Term
from governance.services.committees import create_committee, end_seat, remove_seat, remove_term
from network.models import Role
from smartregion.base.versioned import EditConflict
from tests.factories import (
    make_committee,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
)
from tests.governance.rows import make_meeting, make_member, make_series

pytestmark = pytest.mark.django_db
COMMITTEE = {"quorum": "majority", "notice_days": 14, "wish_threshold": 3, "visibility": "public"}


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def make_seat(committee: Committee, function: str = "Sprecherin", **values: Any) -> Seat:
    return Seat.objects.create(committee=committee, function=function, **{"group": "county", **values})


def add(client: Client, **values: Any) -> str:
    answer = client.post("/gremien/neu/", {**COMMITTEE, **values}, follow=True)
    return str(answer.content.decode())


@pytest.mark.parametrize("kind", [kind for kind in Committee.Kind if kind != "municipal_council"])
def test_the_coordinator_creates_a_committee_of_every_kind(coordinator: Client, kind: str) -> None:
    add(coordinator, name="Neue Runde", kind=kind)

    committee = Committee.objects.get()
    assert (committee.name, committee.kind, committee.slug) == ("Neue Runde", kind, "neue-runde")


def test_the_council_of_a_municipality_names_it_and_no_other_committee_does(coordinator: Client) -> None:
    place = make_municipality()

    missing = add(coordinator, name="Rat", kind="municipal_council")
    superfluous = add(coordinator, name="Rat", kind="steering", municipality=place.pk)

    assert "Bitte wählen Sie die Kommune, deren Rat das ist." in missing
    assert "Eine Kommune gehört nur zum „Rat einer Kommune“." in superfluous
    assert Committee.objects.count() == 0
    add(coordinator, name="Rat", kind="municipal_council", municipality=place.pk)
    assert Committee.objects.get().municipality == place


@pytest.mark.parametrize(
    ("name", "slug"), [("Neu", "neu-gremium"), ("Kalender", "kalender-gremium"), ("!", "gremium")]
)
def test_the_address_of_a_committee_takes_none_of_a_page(name: str, slug: str) -> None:
    committee = Committee(name=name, kind="exchange")

    assert create_committee(committee=committee, by=None).slug == slug


def test_two_committees_of_like_names_get_addresses_of_their_own() -> None:
    first = create_committee(committee=Committee(name="Öl & Gas", kind="exchange"), by=None)
    second = create_committee(committee=Committee(name="Öl und Gas", kind="exchange"), by=None)

    assert (first.slug, second.slug) == ("oel-und-gas", "oel-und-gas-2")


def test_a_committee_does_not_belong_to_itself() -> None:
    above = make_committee("Oben")
    below = make_committee("Unten", parent=above)
    above.parent = below

    with pytest.raises(ValidationError, match="Ein Gremium kann nicht zu sich selbst gehören"):
        above.full_clean()


def test_deputies_stand_under_the_seat_they_stand_in_for(coordinator: Client) -> None:
    committee = make_committee()
    north = make_seat(committee, "Norden")
    make_seat(committee, "Süden")
    deputy = make_seat(committee, "Ersatz", votes=False, deputy_for=north)
    make_seat(committee, "Beratung", votes=False)

    found = membership_of(committee)

    ((_label, places),) = found.groups
    assert [(place.seat.function, place.deputies) for place in places] == [
        ("Beratung", []),
        ("Norden", [deputy]),
        ("Süden", []),
    ]
    assert (found.entitled, found.needed) == (2, 2)
    assert "beschlussfähig ab 2 von 2" in coordinator.get(committee.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("examples", "marks"), [((True, True), 1), ((True, False), 1), ((False, False), 0)])
def test_examples_are_marked_once_where_every_seat_is_one(
    client: Client, examples: tuple[bool, bool], marks: int
) -> None:
    committee = make_committee()
    for name, is_example in zip(("Norden", "Süden"), examples, strict=True):
        make_seat(committee, name, is_example=is_example)

    page = client.get(committee.get_absolute_url()).content.decode()

    assert membership_of(committee).are_examples is all(examples)
    assert page[page.index('id="mitglieder"') :].count("Beispieldaten") == marks


def test_the_quorum_of_fifteen_is_eight() -> None:
    committee = make_committee()
    for number in range(15):
        make_seat(committee, f"Sitz {number}")
    make_seat(committee, "Früher", ends_on=localdate() - timedelta(days=1))
    make_seat(committee, "Künftig", starts_on=localdate() + timedelta(days=1))

    assert (membership_of(committee).entitled, membership_of(committee).needed) == (15, 8)


def test_only_a_regular_seat_of_the_same_committee_is_deputised(coordinator: Client) -> None:
    committee, other = make_committee(), make_committee("Beirat")
    seat, foreign = make_seat(committee, "Norden"), make_seat(other, "Fremd")
    deputy = make_seat(committee, "Ersatz", votes=False, deputy_for=seat)

    for wrong in (foreign, deputy):
        with pytest.raises(ValidationError):
            Seat(committee=committee, function="Neu", votes=False, deputy_for=wrong).clean()
    seat.deputy_for = make_seat(committee, "Süden")
    with pytest.raises(ValidationError, match="hat selbst Stellvertretungen"):
        seat.clean()
    values = {"group": "county", "function": "Neu", "deputy_for": foreign.pk}
    coordinator.post("/gremien/lenkungskreis/sitze/neu/", values)
    assert not Seat.objects.filter(function="Neu").exists()
    coordinator.post("/gremien/lenkungskreis/sitze/neu/", {**values, "deputy_for": seat.pk, "votes": "on"})
    assert Seat.objects.get(function="Neu").votes is False


def test_a_seat_has_a_term_of_its_own_committee() -> None:
    committee = make_committee()
    foreign = Term.objects.create(
        committee=make_committee("Beirat"), name="Erste", starts_on=date(2024, 1, 1)
    )

    with pytest.raises(ValidationError, match="gehört zu einem anderen Gremium"):
        Seat(committee=committee, function="Neu", term=foreign).clean()


def test_a_seat_that_ends_stays_readable_and_takes_its_deputies_along(coordinator: Client) -> None:
    committee = make_committee()
    seat = make_seat(committee, "Norden")
    make_seat(committee, "Ersatz", votes=False, deputy_for=seat)
    day = localdate() - timedelta(days=1)

    page = coordinator.post(
        f"/gremien/lenkungskreis/sitze/{seat.pk}/beenden/",
        {"on": day.isoformat(), "reason": "Wechsel", "version": 1},
        follow=True,
    ).content.decode()

    assert [former.function for former in membership_of(committee).former] == ["Ersatz", "Norden"]
    assert membership_of(committee).groups == []
    assert "Frühere Mitglieder" in page and f"bis {day:%d.%m.%Y}" in page
    (undo,) = re.findall(r"/gremien/lenkungskreis/sitze/gemeinsam/[^/]+/rueckgaengig/", page)
    coordinator.post(undo)
    assert set(committee.seats.values_list("ends_on", flat=True)) == {None}


def test_a_member_whose_seat_has_ended_reads_nothing_internal_any_more(client: Client) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, visibility="internal")
    member = make_member(committee)
    client.force_login(member)
    assert client.get(meeting.get_absolute_url()).status_code == 200

    day = localdate() - timedelta(days=1)
    end_seat(seat=committee.seats.get(), on=day, version=1, by=None, reason="Wechsel")

    assert client.get(meeting.get_absolute_url()).status_code == 404


def test_a_seat_is_not_ended_over_someone_elses_change() -> None:
    seat = make_seat(make_committee(), version=2)

    with pytest.raises(EditConflict):
        end_seat(seat=seat, on=localdate(), version=1, by=None, reason="Wechsel")
    assert Seat.objects.get().ends_on is None


def test_a_seat_that_took_part_is_ended_not_removed() -> None:
    meeting = make_meeting(make_committee())
    seat = make_seat(meeting.committee)
    Attendance.objects.create(meeting=meeting, seat=seat, state="present")

    with pytest.raises(ValidationError, match="Bitte beenden Sie ihn"):
        remove_seat(seat=seat, version=1, by=None)
    assert Seat.objects.count() == 1


def test_a_term_is_added_edited_and_removed_but_not_from_under_its_seats(coordinator: Client) -> None:
    committee = make_committee()
    values = {"name": "Wahlperiode 2025", "starts_on": "2025-11-01"}
    coordinator.post("/gremien/lenkungskreis/amtszeiten/neu/", values)
    term = Term.objects.get()
    edited = {**values, "ends_on": "2030-10-31", "version": 1}
    coordinator.post(f"/gremien/lenkungskreis/amtszeiten/{term.pk}/bearbeiten/", edited)
    term.refresh_from_db()
    assert term.ends_on == date(2030, 10, 31)

    seat = make_seat(committee, term=term)
    with pytest.raises(ValidationError, match="gehören Sitze"):
        remove_term(term=term, version=2, by=None)
    seat.delete()
    gone = {"reason": "Verschrieben", "version": 2}
    coordinator.post(f"/gremien/lenkungskreis/amtszeiten/{term.pk}/entfernen/", gone)
    assert Term.objects.count() == 0
    coordinator.post(f"/gremien/lenkungskreis/amtszeiten/{term.pk}/wiederherstellen/")
    assert Term.objects.get().name == "Wahlperiode 2025"


def test_the_pages_ask_as_often_with_many_seats_as_with_few(
    coordinator: Client, count_queries: Callable[[], Any]
) -> None:
    make_region()
    committee = make_committee()
    term = Term.objects.create(committee=committee, name="Erste", starts_on=date(2024, 1, 1))
    meeting = make_meeting(committee)

    def costs(number: int) -> list[int]:
        for each in range(number):
            values = {"term": term, "organisation": make_organisation()}
            seat = make_seat(committee, f"Sitz {number} {each}", **values)
            deputy = make_seat(committee, f"Ersatz {number} {each}", votes=False, deputy_for=seat)
            make_seat(committee, f"Früher {number} {each}", ends_on=date(2024, 1, 1), **values)
            Attendance.objects.create(meeting=meeting, seat=seat, state="present", deputy=deputy)
            make_series(committee, title=f"Reihe {number} {each}")
        found = []
        for page in (committee, meeting, Attendance(meeting=meeting)):
            with count_queries() as queries:
                assert coordinator.get(page.get_absolute_url()).status_code == 200
            found.append(len(queries))
        return found

    costs(1)
    assert costs(2) == costs(20)
