"""A municipality's editor reaches no cell of another one, on no way; the table stays as it was."""

import pytest
import rules

from measures.models import RolloutCell
from network.models import Municipality, Role
from tests.factories import make_measure, make_municipality, make_user, set_cell

pytestmark = pytest.mark.django_db
CHANGE = {
    "stage": "interested",
    "since": "",
    "evidence": "",
    "reason": "",
    "contact": "",
    "note": "",
    "version": "2",
}


@pytest.fixture
def foreign():
    """A cell of Bedorf with one change behind it, so that there is something to undo."""
    make_municipality("Aadorf")
    other = make_municipality("Bedorf")
    return set_cell(make_measure(), other, stage="not_started", version=2)


@pytest.fixture
def editor():
    """Signs a client in for Aadorf; Aadorf exists by then."""
    return lambda: make_user(Role.MUNICIPALITY, Municipality.objects.get(name="Aadorf"))


ROUTES = {
    "page": lambda client, cell, **how: client.get(cell.get_absolute_url(), **how),
    "save": lambda client, cell, **how: client.post(cell.get_absolute_url(), CHANGE, **how),
    "undo": lambda client, cell, **how: client.post(
        f"{cell.get_absolute_url()}rueckgaengig/?version=2", **how
    ),
    "confirm one": lambda client, cell, **how: client.post(
        f"{cell.municipality.get_absolute_url()}bestaetigen/", {"cell": f"{cell.pk}:2"}, **how
    ),
    "confirm nothing": lambda client, cell, **how: client.post(
        f"{cell.municipality.get_absolute_url()}bestaetigen/", **how
    ),
    "foreign key among own ones": lambda client, cell, **how: client.post(
        "/kommunen/aadorf/bestaetigen/",
        {"cell": [f"{RolloutCell.objects.get(municipality__name='Aadorf').pk}:1", f"{cell.pk}:2"]},
        **how,
    ),
}
FORGED = {
    "own cell with a foreign municipality in the body": lambda client, cell: client.post(
        f"/kommunen/aadorf/{cell.measure.slug}/",
        {**CHANGE, "version": "1", "municipality": cell.municipality_id, "id": cell.pk, "pk": cell.pk},
    )
}


def fingerprint(**only):
    return list(RolloutCell.objects.filter(**only).order_by("pk").values())


def sign_in(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("route", ROUTES)
def test_every_way_to_a_foreign_cell_is_missing_and_changes_nothing(client, foreign, editor, route, htmx):
    sign_in(client, editor())
    before = fingerprint()

    answer = ROUTES[route](client, foreign, headers={"hx-request": "true"} if htmx else {})

    assert answer.status_code == 404
    assert fingerprint() == before


@pytest.mark.parametrize("route", FORGED)
def test_a_forged_body_reaches_no_foreign_cell(client, foreign, editor, route):
    sign_in(client, editor())
    before = fingerprint(municipality=foreign.municipality)

    FORGED[route](client, foreign)

    assert fingerprint(municipality=foreign.municipality) == before


@pytest.mark.parametrize("route", ["page", "save", "undo", "confirm one"])
def test_a_visitor_is_sent_to_the_sign_in_page(client, foreign, route):
    before = fingerprint()

    answer = ROUTES[route](client, foreign)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/anmelden/")
    assert fingerprint() == before


@pytest.mark.parametrize("role", [Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
@pytest.mark.parametrize("route", ["page", "save", "undo", "confirm one"])
def test_other_roles_do_not_touch_cells(client, foreign, role, route):
    sign_in(client, make_user(role))
    before = fingerprint()

    assert ROUTES[route](client, foreign).status_code == 404
    assert fingerprint() == before


@pytest.mark.usefixtures("without_row_security")
@pytest.mark.parametrize("route", ["save", "undo", "confirm one"])
def test_without_the_guard_the_fingerprint_notices_the_change(client, foreign, editor, monkeypatch, route):
    sign_in(client, editor())
    before = fingerprint()
    for name in ("measures.change_cell", "measures.confirm_cells", "measures.change_every_cell"):
        monkeypatch.setitem(rules.permissions.permissions, name, rules.always_allow)

    ROUTES[route](client, foreign)

    assert fingerprint() != before
