"""The administration site: who gets in, what it shows, and that nobody locks everybody out."""

import json
import threading
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from network.models import Role, User
from smartregion.base.changes import changes_of
from smartregion.base.models import AuditEntry
from tests.factories import make_municipality, make_user
from tests.network.people import PASSWORD, give_app, is_in, later, make_person, signed_in

pytestmark = pytest.mark.django_db
ACCOUNTS = "/verwaltung/network/user/"


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


def save(client: Client, user: User, **changed: Any) -> Any:
    return client.post(f"{ACCOUNTS}{user.pk}/change/", values_of(user, **changed))


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
        addresses, ["Abmelden", "Konto", "Sichern", "Sichern", "Verlauf"], strict=True
    ):
        assert german in pages[addresses.index(address)]


def test_the_shortcut_to_a_public_page_does_not_exist(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/r/1/1/").status_code == 404


def test_the_password_is_changed_in_the_portal(client: Client, administrator: User) -> None:
    assert client.get("/verwaltung/password_change/")["Location"] == "/konto/passwort/"


def test_the_history_says_who_changed_an_account_and_why(client: Client, administrator: User) -> None:
    user = make_user(name="Frau Alt")

    save(client, user, name="Frau Neu", reason_for_change="Namenswechsel")

    change = changes_of(user)[0]
    assert (change.by, change.reason) == ("Verwalterin", "Namenswechsel")
    page = client.get(f"{ACCOUNTS}{user.pk}/history/").content.decode()
    assert [
        word for word in ("Verwalterin", "Namenswechsel", "Frau Alt", "Frau Neu") if word not in page
    ] == []


def test_the_history_says_who_made_an_account(client: Client, administrator: User) -> None:
    client.post(f"{ACCOUNTS}add/", values_of(User(email="neu@example.org", name="Neu", role=Role.TEAM)))

    made = User.objects.get(email="neu@example.org")
    assert [(change.by, change.kind) for change in changes_of(made)] == [("Verwalterin", "insert")]
    assert not made.has_usable_password()


def test_the_history_of_no_account_is_missing(client: Client, administrator: User) -> None:
    assert client.get(f"{ACCOUNTS}4711/history/").status_code == 404


@pytest.mark.parametrize("others", [0, 1])
def test_nobody_takes_the_administration_from_themselves(
    client: Client, administrator: User, others: int
) -> None:
    for _ in range(others):
        make_user(Role.ADMINISTRATION)

    answer = save(client, administrator, role=Role.COORDINATION)

    assert errors(answer) == [
        "Das ist Ihr eigenes Konto: Rolle und Zugang kann Ihnen nur eine andere Administration nehmen."
    ]
    assert administrator in User.objects.administrators()


def test_an_administrator_may_take_the_role_from_another(client: Client, administrator: User) -> None:
    other = make_user(Role.ADMINISTRATION)

    assert save(client, other, role=Role.COORDINATION).status_code == 302
    assert list(User.objects.administrators()) == [administrator]


def test_another_role_and_municipality_end_the_sessions_and_are_noted(
    client: Client, administrator: User
) -> None:
    first, second = make_municipality(), make_municipality("Bedorf")
    user = make_person(Role.TEAM, factor=True)
    start = AuditEntry.objects.count()
    ended = []

    for changed in (
        {"role": Role.MUNICIPALITY, "municipality": first.pk},
        {"municipality": second.pk},
        {"role": Role.TEAM, "municipality": ""},
    ):
        device = signed_in(user)
        save(client, user, **changed)
        user.refresh_from_db()
        ended.append(not is_in(device))

    noted = AuditEntry.objects.filter(number__gt=start, kind="account_changed").order_by("number")
    facts = [json.loads(entry.facts) for entry in noted]
    assert ended == [True] * 3
    assert {(entry.account, entry.about) for entry in noted} == {(administrator.pk, user.pk)}
    assert [(each["role"], each["municipality"]) for each in facts] == [
        ("municipality", str(first.pk)),
        ("municipality", str(second.pk)),
        ("team", None),
    ]


def test_an_administrator_may_change_their_own_name(client: Client, administrator: User) -> None:
    assert save(client, administrator, name="Neuer Name").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_take_each_other_out() -> None:
    pair = [make_user(Role.ADMINISTRATION) for _ in range(2)]
    clients = [Client(), Client()]
    for client, user in zip(clients, pair, strict=True):
        client.force_login(user)
    barrier = threading.Barrier(2)

    def take_out(client: Client, other: User) -> None:
        barrier.wait()
        save(client, other, role=Role.COORDINATION)
        connection.close()

    threads = [
        threading.Thread(target=take_out, args=pair_of) for pair_of in zip(clients, pair[::-1], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.administrators().count() == 1


def test_the_first_account_needs_a_good_password_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(password: str) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        call_command("createsuperuser", interactive=False, email="erste@example.org", name="Erste")

    with pytest.raises(CommandError, match="15 Zeichen"):
        make("kurz")
    assert not User.objects.exists()

    make(PASSWORD)
    assert User.objects.get().role == Role.ADMINISTRATION


@pytest.mark.parametrize("page", ["{pk}/change/", "add/"])
def test_only_who_has_just_proved_who_they_are_changes_an_account(page: str) -> None:
    user, client = make_user(), signed_in(make_person(Role.ADMINISTRATION, factor=True))
    address = ACCOUNTS + page.format(pk=user.pk)
    fresh = client.get(address).status_code
    later(client)

    answers = [client.get(address), client.post(address, values_of(user, role=Role.TEAM))]

    user.refresh_from_db()
    assert (fresh, user.role) == (200, Role.COORDINATION)
    assert [unquote(answer["Location"]) for answer in answers] == [f"/konto/bestaetigen/?next={address}"] * 2


def test_an_address_and_the_access_are_not_changed_there(client: Client, administrator: User) -> None:
    user = make_user()

    answer = save(client, user, email="boese@example.org", name="Neu")

    changed = User.objects.get(pk=user.pk)
    assert (answer.status_code, changed.email, changed.name) == (302, user.email, "Neu")
    assert changed.is_active


def test_an_address_is_kept_in_small_letters(client: Client, administrator: User) -> None:
    client.post(f"{ACCOUNTS}add/", values_of(User(email="Neu@Example.org", name="Neu", role=Role.TEAM)))

    assert list(User.objects.filter(name="Neu").values_list("email", flat=True)) == ["neu@example.org"]


def test_a_second_account_in_other_letters_is_refused(client: Client, administrator: User) -> None:
    user = make_user(Role.TEAM)

    answer = client.post(f"{ACCOUNTS}add/", values_of(user, email=user.email.upper()))

    assert (answer.status_code, errors(answer)) == (200, ["Ein Konto mit dieser E-Mail gibt es schon."])
    with pytest.raises(IntegrityError, match="user_email_unique_in_any_case"), transaction.atomic():
        User(email=user.email.upper(), name="Zwilling", role=Role.TEAM).save()
