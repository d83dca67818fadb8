"""docs/permissions.md is what the portal really answers, and a request that is denied changes nothing."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import rules
from django.conf import settings
from django.db import transaction
from django.urls import get_resolver

from network.rules import is_coordinator
from smartregion.base.models import AuditEntry, LegalText
from tests.addresses import routes
from tests.mutate_rules import BY_LIBRARY, TESTS, Addresses, Tables, parts_of_rules
from tests.permission_matrix import (
    CELLS,
    DENIED,
    MISSING,
    NEEDS_OBJECT,
    OPEN,
    READING,
    Cell,
    Matrix,
    fingerprint,
    read_table,
    stated_at,
)
from tests.rights import ELSEWHERE, RowsAsked, RulesAsked, all_guards, told
from tests.scale import IS_FULL, by_turns

pytestmark = pytest.mark.django_db
FILE = Path(settings.BASE_DIR) / "docs/permissions.md"
TOLD = {route: (stated, answers) for route, stated, answers in read_table(FILE.read_text(encoding="utf-8"))}
ROUTES = list(routes(get_resolver()))
SHARES = 10


@pytest.fixture(scope="module")
def matrix(rows_of_module: None) -> Iterator[Matrix]:
    logging.disable(logging.WARNING)
    yield Matrix()
    logging.disable(logging.NOTSET)


def cells_of(number: int) -> list[Cell]:
    """In the small size an address is asked by each reader with one method or none; all addresses together
    are asked by each reader with each method."""
    if IS_FULL:
        return CELLS
    return [cell for place, cell in enumerate(CELLS) if (place * 7 + number) % SHARES == 0]


def told_at(route: str, cells: list[Cell]) -> dict[Cell, str]:
    """As the file says, where a 404 is a 404 whatever it is for."""
    answers = TOLD[route][1]
    return {cell: MISSING if answers[cell] == NEEDS_OBJECT else answers[cell] for cell in cells}


def test_the_file_has_each_address_once_as_the_code_states_it(matrix: Matrix) -> None:
    """Run `manage.py permission_matrix` after a change of addresses, rules or `writes`."""
    listed = [route for route, _stated, _answers in read_table(FILE.read_text(encoding="utf-8"))]

    assert sorted(listed) == sorted(ROUTES)
    assert {route: stated_at(address) for route, address in matrix.addresses.items()} == {
        route: stated for route, (stated, _answers) in TOLD.items()
    }


def test_the_shares_ask_everybody_with_every_method() -> None:
    asked = {cell for number in range(len(ROUTES)) for cell in cells_of(number)}

    assert asked == set(CELLS)
    assert all(cells_of(number) for number in range(len(ROUTES)))


@pytest.mark.parametrize(("number", "route"), list(enumerate(ROUTES)), ids=ROUTES)
def test_the_answers_are_those_of_the_file_and_a_denied_write_changes_nothing(
    number: int, route: str, matrix: Matrix
) -> None:
    cells = cells_of(number)

    answers = matrix.answers(route, cells)

    assert answers == told_at(route, cells)
    if any(method not in READING for _actor, method in cells):
        assert fingerprint() == matrix.untouched


def test_nobody_without_an_account_or_with_a_closed_one_writes_behind_the_sign_in() -> None:
    """By the file alone, which the test above compares with the answers."""
    open_to_them = {
        (route, actor, method)
        for route, (stated, answers) in TOLD.items()
        if stated.policy != "public"
        for (actor, method), letter in answers.items()
        if actor in {"visitor", "disabled"} and letter == OPEN
    }

    assert open_to_them == set()


@pytest.mark.parametrize("kind", [RulesAsked, RowsAsked])
def test_each_rule_and_each_row_answers_as_the_file_says(
    kind: type[RulesAsked | RowsAsked], matrix: Matrix
) -> None:
    with transaction.atomic():
        asked = kind(matrix)
        answers = {line: list(asked.ask(line).values()) for line in asked.lines()}
        transaction.set_rollback(True)

    assert answers == told(FILE.read_text(encoding="utf-8"), kind)


def test_each_method_that_is_told_who_asks_is_in_the_table_or_has_tests_of_its_own() -> None:
    in_table = {name for name, _state in told(FILE.read_text(encoding="utf-8"), RowsAsked)}

    assert {guard.name for guard in all_guards()} == in_table | set(ELSEWHERE)
    assert set(TESTS) == set(ELSEWHERE)


def test_whatever_guard_is_gone_is_noticed(matrix: Matrix) -> None:
    """In full size what `python -m tests.mutate_rules` does, but for the tests that it starts."""
    guarded = [route for route, (stated, _answers) in TOLD.items() if stated.policy != "public"]
    with transaction.atomic():
        tables, addresses = Tables(matrix), Addresses(matrix)
        found = {
            **dict(tables.without_rules(by_turns(sorted(rules.permissions.permissions), SHARES))),
            **dict(tables.without_parts(by_turns(sorted(parts_of_rules()), SHARES))),
            **dict(tables.without_querysets(by_turns(sorted(tables.rows.guards), SHARES))),
            **dict(addresses.without_guards(by_turns(guarded, 5 * SHARES))),
        }
        transaction.set_rollback(True)

    assert len(found) > SHARES
    assert {name for name, noticed in found.items() if not noticed} <= BY_LIBRARY


def test_a_rule_that_lets_everybody_in_is_noticed(matrix: Matrix) -> None:
    route = "roll-out/abfragen/"
    rules.set_perm("measures.manage_rounds", rules.always_true)
    try:
        answers = matrix.answers(route, [("team", "get")])
    finally:
        rules.set_perm("measures.manage_rounds", is_coordinator)

    assert answers != told_at(route, [("team", "get")])
    assert matrix.answers(route, [("team", "get")]) == told_at(route, [("team", "get")])


def test_the_fingerprint_sees_one_changed_letter(matrix: Matrix) -> None:
    LegalText.objects.filter(slug="imprint").update(title="Impressun")

    assert fingerprint() != matrix.untouched


def test_a_denied_write_of_an_account_is_in_the_audit_log(matrix: Matrix) -> None:
    route = next(route for route in ROUTES if route == "netzwerk/kontakte/neu/")
    before = AuditEntry.objects.filter(kind="denied").count()

    assert matrix.ask(route, ("team", "post")) in DENIED
    assert AuditEntry.objects.filter(kind="denied").count() == before + 1
    assert AuditEntry.objects.last().account == matrix.accounts["team"].pk  # type: ignore[union-attr]
