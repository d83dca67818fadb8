"""The administration site: who gets in, what it shows; accounts are only looked at there."""

from typing import Any

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from network.models import Role, User
from smartregion.base.history import recorded
from tests.factories import make_municipality, make_user
from tests.network.people import PASSWORD, give_app, signed_in

pytestmark = pytest.mark.django_db
ACCOUNTS = "/verwaltung/network/user/"
NEW = User(email="neu@example.org", name="Neu", role=Role.TEAM)


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_user(Role.ADMINISTRATION, name="Verwalterin")
    client.force_login(user)
    return user


def values_of(user: User, **changed: Any) -> dict[str, Any]:
    values = {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "municipality": user.municipality_id or "",
        "reason_for_change": "",
        **changed,
    }
    return {name: value for name, value in values.items() if value != ""}


def test_one_door_for_all(client: Client) -> None:
    found = [client.get("/verwaltung/login/"), client.post("/verwaltung/login/", {"username": "a"})]

    assert [(answer.status_code, answer["Location"]) for answer in found] == [
        (302, "/anmelden/?next=/verwaltung/login/"),
        (302, "/anmelden/?abgesendet=ja&next=/verwaltung/login/"),
    ]


def test_the_door_leads_to_the_accounts(client: Client, administrator: User) -> None:
    answer = client.get("/verwaltung/login/", follow=True)

    assert answer.redirect_chain == [("/anmelden/?next=/verwaltung/", 302), ("/verwaltung/", 302)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATION])
def test_no_other_role_gets_in(client: Client, role: Role) -> None:
    place = make_municipality() if role == Role.MUNICIPALITY else None
    user = make_user(role, place)
    client.force_login(user)
    pages = ["", "login/", "network/", "network/user/", f"network/user/{user.pk}/change/", "jsi18n/", "x/"]

    assert {client.get(f"/verwaltung/{page}").status_code for page in pages} == {403}


def test_a_locked_administrator_does_not_get_in(client: Client, administrator: User) -> None:
    User.objects.filter(pk=administrator.pk).update(is_active=False)

    assert client.get(ACCOUNTS).status_code == 302


def test_only_accounts_are_managed_there() -> None:
    assert list(admin.site._registry) == [User]


def test_the_site_speaks_german_and_shows_no_password(client: Client, administrator: User) -> None:
    administrator.set_password(PASSWORD)
    administrator.save()
    give_app(administrator)
    client = signed_in(administrator)
    addresses = ["/verwaltung/", ACCOUNTS]
    addresses += [f"{ACCOUNTS}{administrator.pk}/{page}/" for page in ("change", "history")]

    pages = [client.get(address).content.decode() for address in addresses]

    assert [('<html lang="de"' in page) for page in pages] == [True] * len(pages)
    assert [
        word for page in pages for word in ("pbkdf2", "argon2", administrator.password) if word in page
    ] == []
    for english in ("Log out", "Save and", "View site", "Change password", "Add user", "Recent actions"):
        assert [page for page in pages if english in page] == [], english
    for address, german in zip(
        addresses, ["Abmelden", "Konto", "Auf der Website anzeigen", "Verlauf"], strict=True
    ):
        assert german in pages[addresses.index(address)]


def test_the_shortcut_to_a_public_page_does_not_exist(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/r/1/1/").status_code == 404


def test_the_password_is_changed_in_the_portal(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/password_change/")["Location"] == "/konto/passwort/"


def test_the_history_says_who_changed_an_account(client: Client, administrator: User) -> None:
    user = make_user(Role.TEAM)
    with recorded(by=administrator, reason="Umbenannt"):
        User.objects.filter(pk=user.pk).update(name="Neu")

    assert "Umbenannt" in client.get(f"{ACCOUNTS}{user.pk}/history/").content.decode()


def test_the_history_of_no_account_is_missing(client: Client, administrator: User) -> None:
    assert client.get(f"{ACCOUNTS}4711/history/").status_code == 404


def test_the_first_account_needs_a_good_password_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(password: str) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        call_command("createsuperuser", interactive=False, email="erste@example.org", name="Erste")

    with pytest.raises(CommandError, match="15 Zeichen"):
        make("kurz")
    assert not User.objects.exists()

    make(PASSWORD)
    assert User.objects.get().role == Role.ADMINISTRATION


@pytest.mark.parametrize("way", ["add/", "4711/change/", "{pk}/change/"])
@pytest.mark.parametrize("verb", ["_save", "_continue", "_addanother", "_saveasnew"])
def test_no_account_is_added_there(client: Client, administrator: User, way: str, verb: str) -> None:
    """Django turns a change with `_saveasnew` into an addition."""
    client.post(f"{ACCOUNTS}{way.format(pk=administrator.pk)}", values_of(NEW, **{verb: "1"}))

    assert list(User.objects.all()) == [administrator]


def test_the_list_tells_nothing_of_a_password(client: Client, administrator: User) -> None:
    lookups = ["password__startswith", "sessions_ended", "municipality__editors__password__startswith"]
    answers = [client.get(ACCOUNTS, {lookup: administrator.password[:3]}) for lookup in lookups]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert client.get(ACCOUNTS, {"role__exact": Role.TEAM, "is_active__exact": "1"}).status_code == 200


def test_an_account_is_only_looked_at_there_and_changed_on_its_own_page(
    client: Client, administrator: User
) -> None:
    user = make_user(Role.TEAM)
    address = f"{ACCOUNTS}{user.pk}/change/"

    answer = client.post(address, values_of(user, role=Role.ADMINISTRATION, email="boese@example.org"))

    kept = User.objects.get(pk=user.pk)
    assert (answer.status_code, kept.role, kept.email) == (403, Role.TEAM, user.email)
    page = client.get(address).content.decode()
    assert f'href="/konten/{user.pk}/"' in page
    assert "<select" not in page


def test_a_second_account_in_other_letters_is_refused() -> None:
    user = make_user(Role.TEAM)

    with pytest.raises(IntegrityError, match="user_email_unique_in_any_case"), transaction.atomic():
        User(email=user.email.upper(), name="Zwilling", role=Role.TEAM).save()
