"""The second line: with all rules taken away the database alone guards a municipality's rows from others."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import rules
from django.apps import apps
from django.conf import settings
from django.db import Error, connection, models, transaction
from django.test import Client
from django.urls import get_resolver, resolve

from measures.models import (
    Experience,
    PlannedStart,
    RolloutCell,
    RoundContact,
    RoundInvitation,
    TeamMember,
    Wish,
)
from monitoring.models import ApiToken, Indicator, IndicatorValue
from network.models import Municipality, Role
from smartregion.base import row_security
from smartregion.base.acting import NOBODY, SYSTEM, Actor, acting, actor_of, municipality_by_link
from smartregion.base.row_security import OWNED
from tests.addresses import address_of, routes
from tests.databases import as_app_role
from tests.factories import make_municipality
from tests.permission_matrix import Matrix
from tests.test_forged_input import _value, form_of

pytestmark = pytest.mark.django_db
OF_CELL = {"cell__municipality": "own"}
ROWS: dict[type[models.Model], dict[str, str]] = {
    RolloutCell: {"municipality": "own"},
    Experience: OF_CELL,
    Wish: OF_CELL,
    PlannedStart: {"municipality": "own"},
    RoundContact: {"municipality": "own"},
    RoundInvitation: {"municipality": "own"},
    IndicatorValue: {"municipality": "own"},
    ApiToken: {"municipality": "own"},
}


@pytest.fixture(scope="module")
def matrix(rows_of_module: None) -> Iterator[Matrix]:
    """Its rows belong to the account "own"; "foreign" is the one that shall not reach them."""
    logging.disable(logging.ERROR)
    made = Matrix()
    place = made.accounts["own"].municipality
    cell = RolloutCell.objects.filter(municipality=place).first()
    Experience.objects.get_or_create(cell=cell, defaults={"lessons": "Früh reden"})
    RoundContact.objects.get_or_create(municipality=place)
    team_of = TeamMember.objects.get(user=made.accounts["team"]).measure
    Indicator.objects.filter(key=made.keys["indikatoren"]).update(measure=team_of)
    yield made
    logging.disable(logging.NOTSET)


def place_of(matrix: Matrix) -> Municipality:
    place = matrix.accounts["own"].municipality
    assert place is not None
    return place


def row_of(model: type[models.Model], matrix: Matrix) -> Any:
    (path,) = ROWS[model]
    return model._base_manager.filter(**{path: place_of(matrix)}).first()


def state(matrix: Matrix) -> dict[str, list[Any]]:
    """All guarded rows of the municipality, as they stand."""
    return {
        model._meta.label: list(
            model._base_manager.filter(**{path: place_of(matrix)}).order_by("pk").values_list()
        )
        for model, (path,) in ((model, list(paths)) for model, paths in ROWS.items())
    }


def test_what_is_guarded_is_what_is_tried_here_and_has_a_row(matrix: Matrix) -> None:
    assert set(OWNED) == set(ROWS)
    assert [model._meta.label for model in ROWS if row_of(model, matrix) is None] == []
    assert settings.DATABASE_APP_ROLE


NOT_GUARDED = {
    "governance.Committee": "written by the coordinator alone",
    "measures.BudgetLine": "written by the coordinator alone",
    "monitoring.Report": "written by the coordinator alone, and sealed by a trigger",
    "network.Invitation": "written by administration and coordinator, which invite for all",
    "network.Neighbour": "written by set-up alone",
    "network.User": "rights are written by the administration; a person's own settings carry no municipality",
    "participation.Idea": "sent by visitors, kept by the coordinator",
}


def test_each_table_that_carries_a_municipality_is_guarded_or_says_why_not() -> None:
    carrying = {
        model._meta.label
        for model in apps.get_models()
        if not model.__name__.endswith("Event")
        and any(field.related_model is Municipality for field in model._meta.concrete_fields)
    }

    assert carrying - {model._meta.label for model in OWNED} == set(NOT_GUARDED)


def writes_of(row: Any) -> list[Any]:
    """Change it and delete it, past the ORM's own care."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    key = next(field for field in row._meta.concrete_fields if not field.primary_key)
    return [
        lambda: rows.update(**{key.attname: getattr(row, key.attname)}),
        lambda: rows._raw_delete("default"),
    ]


def outcomes(row: Any, actor: Actor) -> list[bool]:
    """Whether that actor may change the row, and may delete it."""
    done = []
    for write in writes_of(row):
        with transaction.atomic():
            try:
                with transaction.atomic(), as_app_role(), acting(actor):
                    done.append(bool(write()))
            except Error:
                done.append(True)  # the row was reached; a foreign key keeps it
            transaction.set_rollback(True)
    return done


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_row_is_written_by_its_municipality_the_coordinator_and_the_system_alone(
    model: type[models.Model], matrix: Matrix
) -> None:
    row, accounts = row_of(model, matrix), matrix.accounts

    may = {
        name: any(outcomes(row, actor))
        for name, actor in {
            "own": actor_of(accounts["own"]),
            "link": municipality_by_link(place_of(matrix).pk),
            "coordination": actor_of(accounts["coordination"]),
            "system": SYSTEM,
            "foreign": actor_of(accounts["foreign"]),
            "steering": actor_of(accounts["steering"]),
            "administration": actor_of(accounts["administration"]),
            "closed": actor_of(type(accounts["own"])(role=Role.COORDINATION, is_active=False)),
            "nobody": NOBODY,
        }.items()
    }

    allowed = {"own", "link", "coordination", "system"} - ({"link"} if model is ApiToken else set())
    assert may == {name: name in allowed for name in may}


def test_a_row_cannot_be_given_to_or_taken_for_another_municipality(matrix: Matrix) -> None:
    other = make_municipality("Ceedorf")
    value = row_of(IndicatorValue, matrix)
    row = IndicatorValue(indicator=value.indicator, municipality=other, on=date(2020, 1, 1), value=1)

    for write in (
        lambda: IndicatorValue.objects.filter(pk=value.pk).update(municipality=other),
        lambda: row.save(force_insert=True),
    ):
        own = actor_of(matrix.accounts["own"])
        with (
            pytest.raises(Error, match="row-level security"),
            transaction.atomic(),
            as_app_role(),
            acting(own),
        ):
            write()


def test_a_team_enters_values_for_all_municipalities(matrix: Matrix) -> None:
    assert outcomes(row_of(IndicatorValue, matrix), actor_of(matrix.accounts["team"])) == [True, True]
    assert outcomes(row_of(RolloutCell, matrix), actor_of(matrix.accounts["team"])) == [False, False]


def test_reading_needs_no_actor(matrix: Matrix) -> None:
    with as_app_role():
        assert all(model._base_manager.exists() for model in ROWS)


def test_who_acted_is_forgotten_after_a_request_and_after_a_failed_one(matrix: Matrix) -> None:
    def told() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('smartregion.role', true)")
            return cursor.fetchone()[0] or ""

    client = Client(raise_request_exception=False)
    client.force_login(matrix.accounts["own"])
    client.post(f"/roll-out/{place_of(matrix).slug}/gibt-es-nicht/")
    after_request = told()
    with pytest.raises(Error), transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert (after_request, told()) == ("", "")


WRITING = [
    route
    for route in routes(get_resolver())
    if not route.startswith(("abmelden", "verwaltung", "konto/passwort", "abfrage"))
]
"""Whoever holds a link of a status round ("abfrage/…") acts for its municipality, whatever the account."""


@pytest.fixture
def without_rules() -> Iterator[None]:
    kept = dict(rules.permissions.permissions)
    for name in kept:
        rules.set_perm(name, rules.always_true)
    yield
    for name, predicate in kept.items():
        rules.set_perm(name, predicate)


OF_MUNICIPALITIES = ("kommunen/", "roll-out/", "indikatoren/", "konto/token/")


def post_everywhere(matrix: Matrix, below: tuple[str, ...] = ("",)) -> dict[str, dict[str, list[Any]]]:
    """By address, what a foreign account's filled-in form has changed of the municipality's rows.

    What another municipality's rows become is not asked: those the account may write.
    """
    client = Client(raise_request_exception=False)
    client.force_login(matrix.accounts["foreign"])
    before, changed = state(matrix), {}
    for route in WRITING:
        address = address_of(route, matrix.keys)
        view = getattr(resolve(address).func, "view_class", None)
        if not route.startswith(below) or view is None or "post" not in getattr(view, "writes", ()):
            continue
        for data in bodies(client, address, matrix):
            with transaction.atomic():
                client.post(address, data)
                if (after := state(matrix)) != before:
                    changed[route] = after
                transaction.set_rollback(True)
    return changed


def bodies(client: Client, address: str, matrix: Matrix) -> list[dict[str, Any]]:
    """Nothing, the page's form as it comes with what is missing filled in, and the cells as read."""
    with transaction.atomic():
        form = form_of(client, address)
        transaction.set_rollback(True)
    typed = {name: _value(form[name]) for name in form.fields} if form else {}
    cells = RolloutCell.objects.filter(municipality=place_of(matrix)).values_list("pk", "version")
    versions = {"cell": [f"{pk}:{version}" for pk, version in cells]}
    more = {"version": "1", "reason_for_change": "Grund", "answer": "fits", "confirm": "1"}
    return [{}, {**more, **versions}, {**more, **typed, "version": typed.get("version") or "1"}]


def test_with_the_rules_taken_away_the_database_alone_blocks_foreign_writes(
    matrix: Matrix, without_rules: None
) -> None:
    assert post_everywhere(matrix) == {}


def test_without_the_policies_the_same_walk_sees_foreign_writes(
    matrix: Matrix, without_rules: None, without_row_security: None
) -> None:
    changed = post_everywhere(matrix, below=OF_MUNICIPALITIES)

    touched = {
        label for after in changed.values() for label, rows in after.items() if rows != state(matrix)[label]
    }
    print(sorted(changed), sorted(touched))
    assert len(changed) >= 8
    assert {"measures.RolloutCell", "monitoring.IndicatorValue"} <= touched


def test_policies_are_made_anew_after_each_migration(matrix: Matrix) -> None:
    def policies() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename = 'measures_rolloutcell'")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP POLICY changing ON measures_rolloutcell")
    dropped = policies()

    row_security.create_policies()

    assert (dropped, policies()) == (3, 4)
