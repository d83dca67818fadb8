"""The administration site: who gets in, what it shows; accounts are only looked at and added there."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from network.models import Role, User
from smartregion.base.changes import changes_of
from tests.factories import make_municipality, make_user
from tests.network.people import PASSWORD, give_app, later, make_person, signed_in

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


def errors(answer: Any) -> list[str]:
    return [text for texts in answer.context["adminform"].form.errors.values() for text in texts]


def test_one_door_for_all(client: Client) -> None:
    found = [client.get("/verwaltung/login/"), client.post("/verwaltung/login/", {"username": "a"})]

    assert [(answer.status_code, answer["Location"]) for answer in found] == [
        (302, "/anmelden/?next=/verwaltung/login/")
    ] * 2


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
    addresses = ["/verwaltung/", ACCOUNTS, f"{ACCOUNTS}add/"]
    addresses += [f"{ACCOUNTS}{administrator.pk}/{page}/" for page in ("change", "history")]

    pages = [client.get(address).content.decode() for address in addresses]

    assert [('<html lang="de"' in page) for page in pages] == [True] * len(pages)
    assert [
        word for page in pages for word in ("pbkdf2", "argon2", administrator.password) if word in page
    ] == []
    for english in ("Log out", "Save and", "View site", "Change password", "Add user", "Recent actions"):
        assert [page for page in pages if english in page] == [], english
    for address, german in zip(
        addresses, ["Abmelden", "Konto", "Sichern", "Auf der Website anzeigen", "Verlauf"], strict=True
    ):
        assert german in pages[addresses.index(address)]


def test_the_shortcut_to_a_public_page_does_not_exist(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/r/1/1/").status_code == 404


def test_the_password_is_changed_in_the_portal(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/password_change/")["Location"] == "/konto/passwort/"


def test_the_history_says_who_made_an_account(client: Client, administrator: User) -> None:
    client.post(f"{ACCOUNTS}add/", values_of(NEW))

    made = User.objects.get(email="neu@example.org")
    assert [(change.by, change.kind) for change in changes_of(made)] == [("Verwalterin", "insert")]
    assert not made.has_usable_password()


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


def test_only_who_has_just_proved_who_they_are_adds_an_account() -> None:
    client = signed_in(make_person(Role.ADMINISTRATION, factor=True))
    address = f"{ACCOUNTS}add/"
    fresh = client.get(address).status_code
    later(client)

    answers = [client.get(address), client.post(address, values_of(NEW))]

    assert (fresh, User.objects.filter(email=NEW.email).exists()) == (200, False)
    assert [unquote(answer["Location"]) for answer in answers] == [f"/konto/bestaetigen/?next={address}"] * 2


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


def test_an_address_is_kept_in_small_letters(client: Client, administrator: User) -> None:
    client.post(f"{ACCOUNTS}add/", values_of(User(email="Neu@Example.org", name="Neu", role=Role.TEAM)))

    assert list(User.objects.filter(name="Neu").values_list("email", flat=True)) == ["neu@example.org"]


def test_a_second_account_in_other_letters_is_refused(client: Client, administrator: User) -> None:
    user = make_user(Role.TEAM)

    answer = client.post(f"{ACCOUNTS}add/", values_of(user, email=user.email.upper()))

    assert (answer.status_code, errors(answer)) == (200, ["Ein Konto mit dieser E-Mail gibt es schon."])
    with pytest.raises(IntegrityError, match="user_email_unique_in_any_case"), transaction.atomic():
        User(email=user.email.upper(), name="Zwilling", role=Role.TEAM).save()
