"""No resolution whose figures cannot be, no number twice, no gap; not by service and not by raw SQL."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate, now

from governance.models import Attendance, Committee, FollowUp, Meeting, Resolution, Seat
from governance.models.resolution import WITHOUT_VOTE
from governance.quorum import needed
from governance.services.resolutions import (
    record_resolution,
)
from tests.factories import make_committee
from tests.governance.rows import draft_of, make_item, make_meeting, make_paper, make_present, make_resolution
from tests.scale import scaled

MEETINGS = scaled(5_000)
SIMULTANEOUS, CONNECTIONS = 50, 20
COLUMNS = ("votes_for", "votes_against", "abstentions", "entitled", "present", "excluded", "quorum_needed")


def can_be(outcome: str, figures: dict[str, int]) -> bool:
    """The rules of a vote, told once more, apart from the code that holds them."""
    given = figures["votes_for"] + figures["votes_against"] + figures["abstentions"]
    voting = figures["present"] - figures["excluded"]
    has_majority = outcome not in ("adopted", "adopted_amended") or (
        figures["votes_for"] > figures["votes_against"]
    )
    has_none = outcome != "rejected" or figures["votes_for"] <= figures["votes_against"]
    return (
        figures["excluded"] <= figures["present"] <= figures["entitled"]
        and given <= voting
        and voting >= figures["quorum_needed"]
        and has_majority
        and has_none
    )


@pytest.fixture
def seats() -> Iterator[tuple[Meeting, list[Seat]]]:
    meeting = make_meeting(make_committee())
    yield meeting, make_present(meeting, 0, absent=12)


@pytest.mark.django_db
def test_no_service_stores_what_cannot_have_been_voted(seats: tuple[Meeting, list[Seat]]) -> None:
    meeting, all_seats = seats
    chance = random.Random(20231207)
    item = make_item(meeting)
    stored = refused = 0
    for number in range(MEETINGS):
        there = chance.sample(all_seats, chance.randint(1, 12))
        biased = chance.sample(there, chance.choice([0, 0, 1, min(2, len(there))]))
        rule, outcome = chance.choice(Committee.Quorum.values), chance.choice(Resolution.Outcome.values)
        votes = {name: chance.randint(0, 6) for name in COLUMNS[:3]}
        figures = {**votes, "entitled": 12, "present": len(there), "excluded": len(biased)}
        figures["quorum_needed"] = needed(rule, 12)
        with transaction.atomic():
            Attendance.objects.bulk_create(
                Attendance(meeting=meeting, seat=seat, state="present") for seat in there
            )
            Committee.objects.update(quorum=rule)
            draft = draft_of(item, title=f"Beschluss {number}", outcome=outcome, **votes)
            try:
                record_resolution(resolution=draft, measures=[], biased=biased, by=None)
            except ValidationError:
                assert not can_be(outcome, figures), (outcome, figures)
                refused += 1
            else:
                assert can_be(outcome, figures), (outcome, figures)
                assert {name: getattr(draft, name) for name in COLUMNS} == figures
                stored += 1
            transaction.set_rollback(True)

    assert min(stored, refused) > MEETINGS // 20


@pytest.mark.django_db
def test_no_sql_stores_what_cannot_have_been_voted() -> None:
    committee = make_committee()
    chance = random.Random(71516910)
    stored = refused = 0
    for number in range(MEETINGS):
        figures = {name: chance.randint(0, 4) for name in COLUMNS}
        figures["present"] += 6
        figures["entitled"] += 8
        figures["quorum_needed"] += 3
        outcome = chance.choice(Resolution.Outcome.values)
        with transaction.atomic():
            try:
                with transaction.atomic():
                    insert(committee, number, outcome=outcome, **figures)
            except DatabaseError:
                assert not can_be(outcome, figures), (outcome, figures)
                refused += 1
            else:
                assert can_be(outcome, figures), (outcome, figures)
                stored += 1
            transaction.set_rollback(True)

    assert min(stored, refused) > MEETINGS // 20


def insert(committee: Committee, number: int, **values: Any) -> None:
    """By SQL alone, as somebody with a console would."""
    year = localdate().year
    row = {
        "version": 1,
        "committee_id": committee.pk,
        "number": f"X {number}",
        "title": "T",
        "wording": "W",
        "resolved_on": localdate(),
        "outcome": "adopted",
        "vote_note": "",
        "visibility": "public",
        "is_example": False,
        "procedure": "meeting",
        "year": year,
        "is_recommendation": False,
        "sequence": 1,
        **values,
    }
    names = ", ".join(row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO governance_resolution ({names}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"sequence": None},
        {"sequence": 1},
        {"sequence": 3},
        {"sequence": 2, "year": 1999},
        {"sequence": 2, "votes_for": 3, "votes_against": 0, "abstentions": 0},
        {"sequence": 2, "votes_for": 3},
        {"sequence": 2, "present": 3},
    ],
)
def test_no_sql_stores_a_gap_a_double_or_votes_of_nobody(values: dict[str, Any]) -> None:
    committee = make_committee()
    insert(committee, 1)

    with pytest.raises(DatabaseError), transaction.atomic():
        insert(committee, 2, **values)
    insert(committee, 2, sequence=2)


def at_once(work: Callable[[int], Any]) -> None:
    """Many in as many threads as the test's PostgreSQL has connections to spare."""

    def alone(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(alone, range(SIMULTANEOUS)))


def sequences() -> list[int]:
    return sorted(Resolution.objects.values_list("sequence", flat=True))  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_fifty_resolutions_at_once_leave_no_gap_and_no_double() -> None:
    item = make_item(make_meeting(make_committee(number_prefix="LK")))

    at_once(
        lambda number: record_resolution(
            resolution=draft_of(item, title=f"Beschluss {number}"), measures=[], by=None
        )
    )

    assert sequences() == list(range(1, SIMULTANEOUS + 1))
    assert Resolution.objects.order_by("sequence").last().number.endswith("/50")  # type: ignore[union-attr]


def without_lock(committee: Committee) -> Callable[[int], Any]:
    """What a writer does that reads the last number and waits for nobody."""

    def write(number: int) -> None:
        last = Resolution.objects.filter(committee=committee).aggregate(last=Max("sequence"))["last"] or 0
        with suppress(IntegrityError):
            insert(committee, number, sequence=last + 1)

    return write


@pytest.mark.django_db(transaction=True)
def test_writers_without_the_service_are_refused_by_the_database_rather_than_doubled() -> None:
    at_once(without_lock(make_committee()))

    assert sequences() == list(range(1, len(sequences()) + 1))


@pytest.mark.django_db(transaction=True)
def test_without_its_guards_the_same_writers_give_numbers_twice() -> None:
    guards = [
        "ALTER TABLE governance_resolution DISABLE TRIGGER USER",
        "ALTER TABLE governance_resolution DROP CONSTRAINT resolution_sequence_unique",
    ]
    back = [
        "TRUNCATE governance_resolution CASCADE",
        "ALTER TABLE governance_resolution ENABLE TRIGGER USER",
        "ALTER TABLE governance_resolution ADD CONSTRAINT resolution_sequence_unique "
        "UNIQUE (committee_id, year, sequence)",
    ]
    committee = make_committee()
    try:
        run(guards)
        at_once(without_lock(committee))
        found = sequences()
    finally:
        run(back)

    assert len(found) == SIMULTANEOUS
    assert len(set(found)) < SIMULTANEOUS


def run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db
def test_an_open_follow_up_is_on_every_next_agenda_until_it_is_noted() -> None:
    chance = random.Random(5)
    committee = make_committee()
    days = range(400, 0, -20)
    meetings = [make_meeting(committee, starts_at=now() - timedelta(days=days_ago)) for days_ago in days]
    for number in range(scaled(300)):
        resolved = chance.randrange(len(meetings) - 1)
        noted = chance.choice([None, chance.randrange(resolved + 1, len(meetings))])
        resolution = make_resolution(
            committee,
            f"LK {number}",
            resolved_on=meetings[resolved].day,
            noted_in=None if noted is None else meetings[noted],
        )
        last = len(meetings) - 1 if noted is None else noted
        on_agenda = [
            index
            for index, meeting in enumerate(meetings)
            if FollowUp.objects.to_be_checked_in(meeting).filter(resolution=resolution).exists()
        ]
        assert on_agenda == list(range(resolved + 1, last + 1))


@pytest.mark.django_db
def test_a_deputy_has_the_vote_of_the_seat_and_who_has_none_does_not_count() -> None:
    meeting = make_meeting(make_committee())
    make_present(meeting, 2, absent=1)
    absent = Seat.objects.get(function="Stimme 2")
    deputy = Seat.objects.create(
        committee=meeting.committee, group="county", function="Vertretung", votes=False, deputy_for=absent
    )
    Attendance.objects.create(meeting=meeting, seat=absent, state="present", deputy=deputy)
    Attendance.objects.create(meeting=meeting, seat=deputy, state="present")
    draft = draft_of(make_item(meeting), votes_for=3, votes_against=0, abstentions=0)

    record_resolution(resolution=draft, measures=[], by=None)

    assert [getattr(draft, name) for name in COLUMNS[3:]] == [3, 3, 0, 2]


@pytest.mark.django_db
def test_without_attendance_a_register_takes_no_votes_but_what_needs_none() -> None:
    item = make_item(make_meeting(make_committee()))
    votes = {"votes_for": 3, "votes_against": 0, "abstentions": 0}

    with pytest.raises(ValidationError, match="Stimmen zählen erst"):
        record_resolution(resolution=draft_of(item, **votes), measures=[], by=None)
    for outcome in WITHOUT_VOTE:
        record_resolution(resolution=draft_of(item, title=outcome, outcome=outcome), measures=[], by=None)
    assert Resolution.objects.count() == 4


@pytest.mark.django_db
def test_only_who_is_there_can_be_biased() -> None:
    meeting = make_meeting(make_committee())
    make_present(meeting, 3, absent=1)
    absent = Seat.objects.get(function="Stimme 3")

    with pytest.raises(ValidationError, match="Befangen ist nur, wer anwesend ist"):
        record_resolution(resolution=draft_of(make_item(meeting)), measures=[], biased=[absent], by=None)


@pytest.mark.django_db
def test_a_station_that_does_not_decide_recommends_and_leaves_nothing_to_do() -> None:
    committee = make_committee()
    paper = make_paper(committee)
    item = make_item(make_meeting(committee), paper=paper)
    paper.consultations.create(committee=item.meeting.committee, position=1, role="prepare", item=item)

    draft = record_resolution(resolution=draft_of(item), measures=[], by=None)

    assert (draft.is_recommendation, draft.follow_ups.count(), draft.is_open) == (True, 0, False)


@pytest.mark.django_db
def test_an_urgent_decision_is_open_until_the_committee_approves_it() -> None:
    item = make_item(make_meeting(make_committee()))
    urgent = draft_of(item, procedure="urgent")
    urgent.item = None
    record_resolution(resolution=urgent, measures=[], follow_ups=[FollowUp(what="Kaufen")], by=None)
    assert list(Resolution.objects.to_be_approved()) == [urgent]

    with pytest.raises(ValidationError, match="zustimmenden Beschluss"):
        refused = draft_of(item, title="Nein", outcome="rejected", approves=urgent)
        record_resolution(resolution=refused, measures=[], by=None)
    approval = draft_of(item, title="Genehmigung", approves=urgent)
    record_resolution(resolution=approval, measures=[], by=None)

    assert list(Resolution.objects.to_be_approved()) == []
    assert list(urgent.follow_ups.values_list("what", "noted_in")) == [
        ("Kaufen", None),
        ("Nachträgliche Genehmigung durch das Gremium", item.meeting.pk),
    ]


@pytest.mark.django_db
def test_what_has_a_majority_is_not_rejected() -> None:
    meeting = make_meeting(make_committee())
    make_present(meeting, 5)
    votes = {"outcome": "rejected", "votes_for": 5, "votes_against": 0, "abstentions": 0}

    with pytest.raises(ValidationError, match="Abgelehnt heißt"):
        record_resolution(resolution=draft_of(make_item(meeting), **votes), measures=[], by=None)


@pytest.mark.django_db
def test_where_nobody_was_there_nothing_is_adopted() -> None:
    meeting = make_meeting(make_committee())
    for seat in make_present(meeting, 0, absent=5):
        Attendance.objects.create(meeting=meeting, seat=seat, state="excused")
    item = make_item(meeting)

    with pytest.raises(ValidationError, match="nicht beschlussfähig"):
        record_resolution(resolution=draft_of(item), measures=[], by=None)
    record_resolution(resolution=draft_of(item, outcome="noted"), measures=[], by=None)


@pytest.mark.django_db
def test_a_typed_number_does_not_block_the_register() -> None:
    committee = make_committee(number_prefix="LK", keeps_register=False)
    item = make_item(make_meeting(committee))
    year = item.meeting.day.year
    typed = draft_of(item, title="Getippt", number=f"LK {year}/01")
    record_resolution(resolution=typed, measures=[], by=None)
    Committee.objects.update(keeps_register=True)

    for title in ("Eins", "Zwei"):
        record_resolution(resolution=draft_of(item, title=title), measures=[], by=None)

    assert list(Resolution.objects.order_by("pk").values_list("sequence", "number")) == [
        (None, f"LK {year}/01"),
        (1, f"LK {year}/02"),
        (2, f"LK {year}/03"),
    ]


@pytest.mark.django_db
def test_only_the_way_of_the_paper_that_the_item_is_about_makes_a_recommendation() -> None:
    committee = make_committee()
    before, paper = make_paper(committee, "Alt"), make_paper(committee, "Neu")
    item = make_item(make_meeting(committee), paper=before)
    before.consultations.create(committee=committee, position=1, role="prepare", item=item)
    item.paper = paper
    item.save()

    assert not record_resolution(resolution=draft_of(item), measures=[], by=None).is_recommendation
