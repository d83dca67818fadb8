"""Circular decisions: who is asked, what counts, how they end, and what the database itself refuses."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from hypothesis import given
from hypothesis import strategies as st

from governance.circulars import Count
from governance.models import Ballot, Circular, Committee, Entitlement, Resolution, Topic
from governance.services.circulars import (
    TooLate,
    cast_ballot,
    close_circular,
    close_due_circulars,
    open_circular,
    withdraw_circular,
)
from network.models import Role
from smartregion.base.changes import changes_of
from tests.factories import make_committee, make_user
from tests.governance.circular_rows import (
    closed,
    make_circular,
    make_seat,
    make_seats,
    opened,
    raw,
    refused,
    vote,
)
from tests.governance.rows import make_paper

Result, State = Circular.Result, Circular.State
CHOICES = st.lists(st.sampled_from(Ballot.Choice.values), max_size=40)


@given(choices=CHOICES, silent=st.integers(0, 40))
def test_what_counts(choices: list[str], silent: int) -> None:
    count = Count.of(len(choices) + silent, choices)

    assert count.took_part == len(choices)
    if "object" in choices:
        assert count.result == Result.OBJECTED
    elif 2 * len(choices) <= count.entitled:
        assert count.result == Result.NO_QUORUM
    else:
        adopted = choices.count("yes") > choices.count("no")
        assert count.result == (Result.ADOPTED if adopted else Result.REJECTED)


@given(choices=CHOICES, silent=st.integers(0, 40))
def test_neither_the_order_nor_an_abstention_turns_a_decision(choices: list[str], silent: int) -> None:
    count = Count.of(len(choices) + silent, choices)
    with_one_more = Count.of(len(choices) + silent, [*reversed(choices), "abstain"])

    if count.result in Circular.DECIDED:
        assert with_one_more.result == count.result


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["mayors", "council", "working_group"])
def test_only_the_steering_committee_decides_in_writing(kind: str) -> None:
    committee = make_committee("Rat", kind=kind)

    with pytest.raises(ValidationError, match="nur der Lenkungskreis"):
        Circular(committee=committee).clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_circular(committee)
    own = make_circular(make_committee())
    assert refused(f"UPDATE governance_circular SET committee_id = {committee.pk} WHERE id = {own.pk}") == [
        True
    ]


def test_asked_are_the_seats_that_have_a_vote_at_the_opening() -> None:
    committee = make_committee()
    member = make_seat(committee, "Kämmerei")
    make_seat(committee, "Beratung", votes=False)
    make_seat(committee, "Vertretung", votes=False, deputy_for=member)
    make_seat(committee, "Früher", ends_on=localdate() - timedelta(days=1))
    make_seat(committee, "Später", starts_on=localdate() + timedelta(days=1))
    circular = make_circular(committee)

    open_circular(circular=circular, version=1, by=None)
    make_seat(committee, "Neu")

    assert list(Entitlement.objects.values_list("function", "user")) == [("Kämmerei", member.user_id)]


def test_a_seat_that_changes_hands_or_ends_keeps_its_vote_with_whom_was_asked() -> None:
    committee = make_committee()
    seat = make_seat(committee, "Kämmerei")
    user, other = seat.user, make_seat(committee, "Vorsitz").user
    circular = opened(committee)
    seat.user, seat.function = None, "Umbenannt"
    seat.save()
    seat.delete()

    vote(circular, user, "yes")
    vote(circular, other, "yes")
    close_circular(circular=circular, by=None)

    assert list(Entitlement.objects.values_list("function", flat=True)) == ["Kämmerei", "Vorsitz"]
    assert Circular.objects.get().votes_for == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda circular: {"closes_at": now() + timedelta(days=2)}, "mindestens 3 Tage"),
        (lambda circular: {"closes_at": now() - timedelta(days=2)}, "mindestens 3 Tage"),
        (lambda circular: {"paper": make_paper(circular.committee, visibility="draft")}, "noch ein Entwurf"),
    ],
)
def test_what_is_not_ready_is_not_opened(spoil, said: str) -> None:
    committee = make_committee()
    make_seats(committee, 2)
    circular = make_circular(committee)
    Circular.objects.update(**spoil(circular))

    with pytest.raises(ValidationError, match=said):
        open_circular(circular=circular, version=1, by=None)

    assert (Circular.objects.get().state, Entitlement.objects.count()) == (State.DRAFT, 0)


def test_nobody_has_two_votes_and_somebody_must_have_one() -> None:
    committee = make_committee()
    circular = make_circular(committee)
    with pytest.raises(ValidationError, match="Kein Sitz"):
        open_circular(circular=circular, version=1, by=None)
    user = make_seat(committee).user
    make_seat(committee, "Zweitsitz", user=user)

    with pytest.raises(ValidationError, match="mehrere stimmberechtigte Sitze"):
        open_circular(circular=circular, version=1, by=None)


def test_a_vote_is_changed_until_the_deadline_and_not_after() -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    circular = opened(committee)
    right = Entitlement.objects.get()
    vote(circular, user, "no")
    last, deadline = circular.closes_at - timedelta(microseconds=1), circular.closes_at
    cast_ballot(right=right, choice="yes", at=last)

    with pytest.raises(TooLate, match="zu spät"):
        cast_ballot(right=right, choice="abstain", at=deadline)

    assert list(Ballot.objects.values_list("choice", flat=True)) == ["yes"]


def test_a_vote_is_found_by_its_voter_alone_until_the_end() -> None:
    committee = make_committee()
    voter, member = make_seats(committee, 2)
    circular = opened(committee, closes_in=-1)
    vote(circular, voter, "yes")

    def found() -> list[int]:
        readers = (voter, member, make_user(Role.COORDINATION), AnonymousUser())
        return [Ballot.objects.visible_to(reader).count() for reader in readers]

    before = found()
    close_circular(circular=circular, by=None)

    assert (before, found()) == ([1, 0, 0, 0], [1, 1, 1, 0])


def test_an_objection_needs_a_reason() -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    circular = opened(committee)

    with pytest.raises(ValidationError, match="Bitte begründen Sie"):
        vote(circular, user, "object")


@pytest.mark.parametrize(
    ("choices", "result", "outcome"),
    [
        (["yes", "yes", "no"], "adopted", "adopted"),
        (["yes", "no", "abstain"], "rejected", "rejected"),
        (["yes", "yes"], "no_quorum", None),
        (["yes", "yes", "yes", "object"], "objected", None),
    ],
)
def test_the_end_counts_and_records_what_was_decided(
    choices: list[str], result: str, outcome: str | None
) -> None:
    committee = make_committee()
    users = make_seats(committee, 4)
    circular = opened(committee, closes_in=-1, visibility="public")
    for user, choice in zip(users, choices, strict=False):
        vote(circular, user, choice, "Grund")

    close_due_circulars()

    circular.refresh_from_db()
    counted = (circular.votes_for, circular.votes_against, circular.abstentions, circular.objections)
    assert counted == tuple(choices.count(choice) for choice in ("yes", "no", "abstain", "object"))
    assert (circular.state, circular.result) == (State.CLOSED, result)
    found = list(Resolution.objects.values_list("outcome", "wording", "resolved_on", "visibility"))
    expected = (outcome, circular.wording, localdate(circular.closes_at), "public")
    assert found == ([expected] if outcome else [])


def test_an_objection_brings_the_matter_to_the_next_meeting() -> None:
    committee = make_committee()
    users = make_seats(committee, 3)
    paper = make_paper(committee)
    circular = opened(committee, closes_in=-1, paper=paper)
    for user, choice in zip(users, ["yes", "yes", "object"], strict=True):
        vote(circular, user, choice, "Das gehört in eine Sitzung.")

    close_due_circulars()

    topic = Topic.objects.waiting().get()
    circular.refresh_from_db()
    assert (circular.topic, topic.title, topic.paper) == (topic, circular.title, paper)
    assert "dem Verfahren widersprochen" in topic.text
    assert "Das gehört in eine Sitzung." not in topic.text
    topic.delete()
    circular.refresh_from_db()
    assert circular.topic is None


def test_closing_early_waits_for_the_last_vote_and_closing_again_does_nothing() -> None:
    committee = make_committee()
    users = make_seats(committee, 2)
    circular = opened(committee)
    vote(circular, users[0], "yes")
    with pytest.raises(ValidationError, match="wenn alle abgestimmt haben"):
        close_circular(circular=circular, by=None)
    vote(circular, users[1], "yes")

    first, again = (close_circular(circular=circular, by=None) for _ in range(2))

    assert (first.sha256, first.version) == (again.sha256, again.version)
    assert Resolution.objects.count() == 1


def test_nothing_closes_before_its_time() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    opened(committee)
    make_circular(committee)

    close_due_circulars()

    assert set(Circular.objects.values_list("state", flat=True)) == {"open", "draft"}


def test_one_that_cannot_be_closed_keeps_none_of_the_others_open() -> None:
    committee = make_committee()
    users = make_seats(committee, 1)
    for number in range(2):
        circular = opened(committee, closes_in=-1 - number, title=f"Umlauf {number}")
        vote(circular, users[0], "yes")
    raw(
        "ALTER TABLE governance_resolution ADD CONSTRAINT broken CHECK (title <> 'Umlauf 0'); "
        "SET CONSTRAINTS ALL IMMEDIATE"
    )

    close_due_circulars()

    assert dict(Circular.objects.values_list("title", "state")) == {"Umlauf 0": "open", "Umlauf 1": "closed"}


def test_what_is_withdrawn_has_no_result() -> None:
    committee = make_committee()
    users = make_seats(committee, 1)
    circular = opened(committee)
    vote(circular, users[0], "yes")

    withdraw_circular(circular=circular, version=circular.version, reason="Überholt", by=None)

    circular.refresh_from_db()
    assert (circular.state, circular.result, circular.votes_for) == (State.WITHDRAWN, "", None)
    assert close_circular(circular=circular, by=None).state == State.WITHDRAWN
    with pytest.raises(TooLate):
        vote(circular, users[0], "no")


def test_the_sealed_record_says_all_in_the_same_characters() -> None:
    circular = closed()
    record = json.loads(circular.sealed)

    assert json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == circular.sealed
    assert hashlib.sha256(circular.sealed.encode()).hexdigest() == circular.sha256
    assert circular.is_intact
    assert record["votes"] == {"yes": 2, "no": 0, "abstain": 0, "object": 0}
    assert [(seat["function"], seat["choice"], seat["comment"]) for seat in record["seats"]] == [
        ("Sitz 0", "yes", "Gern"),
        ("Sitz 1", "yes", "Gern"),
    ]


def test_an_account_that_ends_leaves_its_vote() -> None:
    circular = closed()
    user = Entitlement.objects.order_by("pk")[0].user
    assert user is not None

    user.delete()

    assert list(Entitlement.objects.values_list("user", flat=True)).count(None) == 1
    assert Circular.objects.get(pk=circular.pk).is_intact


def test_the_history_tells_the_opening_and_the_end_and_no_vote() -> None:
    committee = make_committee()
    users = make_seats(committee, 1)
    circular = opened(committee, closes_in=-1)
    vote(circular, users[0], "yes", "Kanari")
    before = len(changes_of(circular))
    close_due_circulars()

    told = changes_of(circular)

    assert (before, [change.reason for change in told]) == (
        2,
        ["Umlauf abgeschlossen", "Umlauf eröffnet", ""],
    )
    assert "Kanari" not in str(told)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "mayors"}, "muss ein Lenkungskreis bleiben"),
        ({"keeps_register": False}, "müssen die Beschlüsse hier geführt werden"),
        ({"visibility": "internal"}, "Sichtbarkeit nicht verringern"),
        ({"visibility": "draft"}, "Sichtbarkeit nicht verringern"),
    ],
)
def test_while_a_circular_runs_nothing_is_taken_from_under_it(change: dict[str, Any], said: str) -> None:
    committee = make_committee()
    make_seats(committee, 1)
    opened(committee)
    committee = Committee.objects.get(pk=committee.pk)
    for name, value in change.items():
        setattr(committee, name, value)

    with pytest.raises(ValidationError, match=said), transaction.atomic():
        committee.save_over(committee.version)


def test_who_had_circulars_stays_a_steering_committee_and_may_change_else_once_they_ended() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    close_circular(circular=opened(committee, closes_in=-1), by=None)
    committee = Committee.objects.get(pk=committee.pk)

    committee.keeps_register, committee.visibility = False, "internal"
    committee.save_over(committee.version)
    committee.kind = "mayors"
    with pytest.raises(ValidationError, match="muss ein Lenkungskreis bleiben"), transaction.atomic():
        committee.save_over(committee.version)
