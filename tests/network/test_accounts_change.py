"""Name, role and municipality of an account are changed at `/konten/`, by the administration alone."""

import json
import threading
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client

from network.account_services import take_role
from network.models import GONE, Role, User
from smartregion.base.changes import changes_of
from smartregion.base.models import AuditEntry
from tests.factories import make_municipality, make_user
from tests.network.people import is_in, later, make_person, signed_in, worker_at_once

pytestmark = pytest.mark.django_db
UNCHANGED = "Name, Rolle und Kommune sind noch so, wie sie waren."


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_user(Role.ADMINISTRATION, name="Verwalterin")
    client.force_login(user)
    return user


def page_of(user: User) -> str:
    return f"/konten/{user.pk}/aendern/"


def save(client: Client, user: User, **changed: Any) -> Any:
    values = {
        "name": str(user.name),
        "role": user.role,
        "municipality": user.municipality_id or "",
        "reason": "Wechsel",
        **changed,
    }
    return client.post(page_of(user), values)


def errors(answer: Any) -> list[str]:
    return [text for texts in answer.context["form"].errors.values() for text in texts]


def values_of(user: User) -> tuple[str, str, Any]:
    user.refresh_from_db()
    return user.name, user.role, user.municipality


def test_the_history_says_in_one_entry_who_changed_an_account_and_why(
    client: Client, administrator: User
) -> None:
    user, place = make_user(Role.TEAM, name="Frau Alt"), make_municipality()

    answer = save(
        client, user, name="Frau Neu", role=Role.MUNICIPALITY, municipality=place.pk, reason="Neue Stelle"
    )

    told = [(change.by, change.reason) for change in changes_of(user) if change.kind == "update"]
    assert (answer.status_code, answer["Location"]) == (302, f"/konten/{user.pk}/")
    assert values_of(user) == ("Frau Neu", Role.MUNICIPALITY, place)
    assert told == [("Verwalterin", "Neue Stelle")]


def test_the_page_says_before_what_follows(client: Client, administrator: User) -> None:
    page = client.get(page_of(make_user())).content.decode()

    told = ("überall abgemeldet", "Zugänge für Programme", "Kalenderadresse", "bekommt eine E-Mail")
    assert [words for words in told if words not in page] == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATION])
def test_no_other_role_changes_an_account(client: Client, role: Role) -> None:
    user, place = make_user(Role.TEAM), make_municipality() if role == Role.MUNICIPALITY else None
    client.force_login(make_user(role, place))

    answers = [client.get(page_of(user)), save(client, user, role=Role.ADMINISTRATION)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert values_of(user)[1] == Role.TEAM


def test_only_who_has_just_proved_who_they_are_changes_an_account() -> None:
    user, client = make_user(), signed_in(make_person(Role.ADMINISTRATION, factor=True))
    fresh = client.get(page_of(user)).status_code
    later(client)

    answers = [client.get(page_of(user)), save(client, user, role=Role.TEAM)]

    assert (fresh, values_of(user)[1]) == (200, Role.COORDINATION)
    again = f"/konto/bestaetigen/?next={page_of(user)}"
    assert [unquote(answer["Location"]) for answer in answers] == [again, again]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"role": Role.TEAM, "reason": ""}, "Dieses Feld ist zwingend erforderlich."),
        ({"role": Role.MUNICIPALITY}, "Bitte wählen Sie die Kommune, für die das Konto ist."),
        ({}, UNCHANGED),
    ],
    ids=["no reason", "no municipality", "nothing new"],
)
def test_what_is_missing_is_said(
    client: Client, administrator: User, changed: dict[str, str], complaint: str
) -> None:
    user = make_user()

    answer = save(client, user, **changed)

    assert (answer.status_code, errors(answer)) == (200, [complaint])
    assert values_of(user)[1] == Role.COORDINATION


def test_another_role_than_kommune_has_no_municipality(client: Client, administrator: User) -> None:
    place = make_municipality()

    answer = save(client, make_user(Role.TEAM), municipality=place.pk)

    assert errors(answer) == ["Nur die Rolle Kommune hat eine. Bitte wählen Sie „keine“."]


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


def test_an_administrator_may_change_their_own_name(client: Client, administrator: User) -> None:
    assert save(client, administrator, name="Neuer Name").status_code == 302
    assert client.get("/konten/").status_code == 200


def test_an_administrator_may_take_the_role_from_another(client: Client, administrator: User) -> None:
    other = make_user(Role.ADMINISTRATION)

    assert save(client, other, role=Role.COORDINATION).status_code == 302
    assert list(User.objects.administrators()) == [administrator]


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


def test_the_person_is_told_by_mail_of_another_role_and_not_of_another_name(
    client: Client, administrator: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user(Role.TEAM)

    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        save(client, user, name="Anders")
        save(client, user, name="Anders", role=Role.STEERING)

    assert [(mail.to, "Lenkungskreis" in mail.body) for mail in mailoutbox] == [([user.email], True)]


def test_another_name_ends_nothing(client: Client, administrator: User) -> None:
    user = make_person(factor=True)
    device = signed_in(user)

    save(client, user, name="Anders")

    assert is_in(device)


def test_a_form_that_was_opened_before_another_changed_the_account_gives_nothing_back(
    client: Client, administrator: User
) -> None:
    user = make_user(Role.ADMINISTRATION)
    shown = client.get(page_of(user)).context["form"]["shown"].value()
    User.objects.filter(pk=user.pk).update(role=Role.TEAM)

    answer = save(client, user, name="Anders", role=Role.ADMINISTRATION, shown=shown)

    user.refresh_from_db()
    assert (answer.status_code, user.role) == (200, Role.TEAM)
    assert "inzwischen jemand geändert" in " ".join(errors(answer))
    again = answer.context["form"]["shown"].value()
    assert save(client, user, name="Anders", role=Role.TEAM, shown=again).status_code == 302


def test_a_sign_in_service_leaves_the_name_as_it_is() -> None:
    user = make_user(Role.TEAM)
    User.objects.filter(pk=user.pk).update(name="Neu")

    take_role(user=user, role=Role.STEERING, municipality=None, provider="Kreis")

    assert User.objects.filter(pk=user.pk, name="Neu", role=Role.STEERING).exists()


@pytest.mark.parametrize("verb", ["aendern", "anschalten", "abschalten", "abmelden", "zweiter-faktor"])
def test_nothing_is_done_to_an_account_whose_person_was_erased(
    client: Client, administrator: User, verb: str
) -> None:
    user = make_user(Role.TEAM)
    User.objects.filter(pk=user.pk).update(email=f"konto-{user.pk}{GONE}", is_active=False)

    page = client.get(f"/konten/{user.pk}/")

    assert page.status_code == 200 and f"/konten/{user.pk}/" not in page.content.decode().split("<main")[1]
    assert client.post(f"/konten/{user.pk}/{verb}/", {"reason": "Rückkehr"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"), [("A\r\n\r\nhttp://x.example/\u202e", "A http://x.example/"), ("\u202e\n", None)]
)
def test_a_name_is_one_line_of_signs_that_are_seen(
    client: Client, administrator: User, typed: str, kept: str | None
) -> None:
    user = make_user(Role.TEAM)

    save(client, user, name=typed)

    assert User.objects.get(pk=user.pk).name == (kept or user.name)
