"""What the database itself refuses of a circular decision, whoever writes."""

import pytest

from governance.models import Circular, Entitlement
from tests.factories import make_committee
from tests.governance.circular_rows import closed, make_circular, make_seat, make_seats, opened, refused, vote

pytestmark = pytest.mark.django_db


def test_once_open_neither_text_nor_deadline_nor_rights_change() -> None:
    committee = make_committee()
    make_seats(committee, 2)
    circular, late = opened(committee), make_seat(committee, "Spät")
    fixed = ["title = 'x'", "wording = 'x'", "reasoning = 'x'", "visibility = 'public'", "paper_id = 1"]
    fixed += ["closes_at = closes_at + interval '1 day'", "opened_at = now()", "state = 'draft'"]

    assert refused(*(f"UPDATE governance_circular SET {change}" for change in fixed)) == [True] * len(fixed)
    assert (
        refused(
            "DELETE FROM governance_circular",
            "DELETE FROM governance_entitlement",
            "UPDATE governance_entitlement SET function = 'x'",
            f"UPDATE governance_entitlement SET seat_id = {late.pk}, user_id = {late.user_id}",
            'INSERT INTO governance_entitlement (circular_id, "group", function, organisation) '
            f"VALUES ({circular.pk}, 'county', 'x', '')",
        )
        == [True] * 5
    )


def test_a_draft_does_not_begin_open_and_can_be_changed() -> None:
    circular = make_circular(make_committee())
    columns = ", ".join(
        field.column for field in Circular._meta.concrete_fields if field.column not in ("id", "state")
    )
    values = columns.replace("opened_at", "now() - interval '1 day'")

    assert refused(
        f"INSERT INTO governance_circular (state, {columns}) SELECT 'open', {values} "
        "FROM governance_circular",
        "UPDATE governance_circular SET state = 'closed'",
        f"UPDATE governance_circular SET title = 'Neu' WHERE id = {circular.pk}",
    ) == [True, True, False]


def test_ballots_are_cast_in_time_and_never_deleted() -> None:
    committee = make_committee()
    users = make_seats(committee, 2)
    circular = opened(committee)
    vote(circular, users[0], "yes")
    other = Entitlement.objects.get(user=users[1]).pk
    late = (
        "INSERT INTO governance_ballot (entitlement_id, choice, comment, cast_at) VALUES ({}, 'yes', '', {})"
    )

    assert refused(
        "DELETE FROM governance_ballot",
        f"UPDATE governance_ballot SET entitlement_id = {other}",
        "UPDATE governance_ballot SET cast_at = now() + interval '1 year'",
        late.format(other, "now() + interval '1 year'"),
        "UPDATE governance_ballot SET choice = 'object'",
        late.format(other, "now()"),
    ) == [True, True, True, True, True, False]


def test_sealed_rows_refuse_every_change() -> None:
    circular = closed()
    row = {field.column for field in Circular._meta.concrete_fields} - {"id", "topic_id"}
    null = {"paper_id", "opened_at", "ended_at", "resolution_id"} | {
        *["votes_for", "votes_against", "abstentions", "objections"]
    }
    kinds = {"closes_at": "now()", "committee_id": "committee_id + 1", "is_example": "NOT is_example"}
    changes = {column: "NULL" if column in null else kinds.get(column, "'x'") for column in row}
    changes["version"], changes["paper_id"] = "version + 1", "1"

    statements = [f"UPDATE governance_circular SET {column} = {value}" for column, value in changes.items()]
    statements += [
        "DELETE FROM governance_circular",
        "UPDATE governance_ballot SET choice = 'no'",
        "UPDATE governance_ballot SET comment = 'x'",
        "DELETE FROM governance_ballot",
        "INSERT INTO governance_ballot (entitlement_id, choice, comment, cast_at) "
        "SELECT min(id), 'yes', '', now() - interval '9 days' FROM governance_entitlement",
    ]
    assert refused(*statements) == [True] * len(statements)
    circular.refresh_from_db()
    assert circular.is_intact


def test_no_count_stands_in_a_row_before_its_end() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    opened(committee)

    assert (
        refused(
            "UPDATE governance_circular SET votes_for = 1",
            "UPDATE governance_circular SET result = 'adopted'",
            "UPDATE governance_circular SET sealed = 'x', sha256 = 'x'",
            "UPDATE governance_circular SET state = 'closed', ended_at = now()",
        )
        == [True] * 4
    )
