"""Invitations: who may invite whom, what the link opens, and for how long."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from network.account_services import invite
from network.models import Invitation, Role, User
from network.models.accounts import PURPOSES
from smartregion.base.changes import changes_of
from smartregion.base.hashed import hash_of
from smartregion.base.written import day_time
from tests.factories import make_municipality, make_region, make_user
from tests.network.people import PASSWORD, link_in, make_person, worker_at_once

pytestmark = pytest.mark.django_db
LIST, NEW = "/konten/einladungen/", "/konten/einladungen/neu/"
TYPED = {"name": "Frau Neu", "way": "password", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def sent(django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]) -> Any:
    """`sent(client, address, data)` → the answer, after a worker sent all mails."""

    def post(client: Client, address: str, data: dict[str, Any] | None = None) -> Any:
        with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
            return client.post(address, data or {})

    return post


def signed(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def invitation_to(email: str = "neu@example.org", role: Role = Role.TEAM, **values: Any) -> str:
    """The secret of a new invitation."""
    found = invite(
        invitation=Invitation(email=email, name="Frau Neu", role=role, **values),
        by=make_user(Role.ADMINISTRATION),
    )
    Invitation.objects.filter(pk=found.pk).update(secret_hash=hash_of(f"wort-{found.pk}"))
    return f"wort-{found.pk}"


def test_an_invited_person_gets_a_link_and_with_it_an_account(sent: Any, mailoutbox: list[Any]) -> None:
    place = make_municipality()
    values = {"email": "Neu@Example.org", "name": "Neu", "role": "municipality", "municipality": place.pk}

    sent(signed(Role.ADMINISTRATION), NEW, values)
    link = link_in(mailoutbox[0], "konto/einladung/")
    client = Client()
    answer = client.post(link, TYPED)

    user = User.objects.get(email="neu@example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/konto/zweiter-faktor/")
    assert (user.name, user.role, user.municipality) == ("Frau Neu", Role.MUNICIPALITY, place)
    assert user.check_password(PASSWORD)
    assert changes_of(user)[0].reason == "Einladung angenommen"
    assert mailoutbox[0].to == ["neu@example.org"]


def test_the_mail_says_who_invites_to_what_and_until_when(sent: Any, mailoutbox: list[Any]) -> None:
    make_region()
    place, client = make_municipality("Adorf"), Client()
    client.force_login(make_user(Role.ADMINISTRATION, name="Ada Amt"))
    values = {"email": "neu@example.org", "name": "Neu", "role": "municipality", "municipality": place.pk}

    sent(client, NEW, values)

    text = " ".join(mailoutbox[0].body.split())
    told = [
        "Ada Amt lädt Sie ins Portal ein, mit der Rolle Kommune Adorf.",
        "Das Portal zeigt, wie Kreis Musterland smarter wird",
        str(PURPOSES[Role.MUNICIPALITY]),
        f"er gilt bis {day_time(Invitation.objects.get().expires_at)} und nur einmal",
        "Dann öffnen Sie den Link nicht, ohne ihn entsteht kein Konto.",
        "/impressum/",
    ]
    assert [sentence for sentence in told if sentence not in text] == []


def test_the_database_knows_no_secret(sent: Any, mailoutbox: list[Any]) -> None:
    sent(signed(Role.ADMINISTRATION), NEW, {"email": "neu@example.org", "name": "Neu", "role": "team"})

    secret = link_in(mailoutbox[0], "konto/einladung/").split("/")[3]
    assert Invitation.objects.get().secret_hash == hash_of(secret) != secret


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://fremd.example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 302),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 302),
        ({}, 302),
    ],
)
def test_a_form_of_another_site_signs_nobody_in(headers: dict[str, str], status: int) -> None:
    secret, client = invitation_to(), Client(enforce_csrf_checks=True)

    answer = client.post(f"/konto/einladung/{secret}/", TYPED, headers=headers)

    assert (answer.status_code, "sessionid" in client.cookies) == (status, status == 302)
    assert User.objects.filter(email="neu@example.org").exists() == (status == 302)


def test_the_form_of_an_invitation_names_its_site_but_not_its_secret() -> None:
    answer = Client().get(f"/konto/einladung/{invitation_to()}/")

    assert answer["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize(
    ("role", "error"),
    [
        ("municipality", "Bitte wählen Sie die Kommune, für die das Konto ist."),
        ("team", "Nur die Rolle Kommune hat eine. Bitte wählen Sie „keine“."),
    ],
)
def test_what_is_wrong_with_the_municipality_stands_at_its_field(role: str, error: str) -> None:
    place = "" if role == "municipality" else make_municipality().pk
    values = {"email": "neu@example.org", "name": "Neu", "role": role, "municipality": place}

    page = signed(Role.COORDINATION).post(NEW, values)

    form, content = page.context["form"], page.content.decode()
    assert form.errors == {"municipality": [error]}
    assert f'<p class="field__error" id="id_municipality_error">{error}</p>' in content
    assert 'aria-describedby="id_municipality_helptext id_municipality_error"' in str(form["municipality"])


def test_a_link_opens_one_account_only() -> None:
    secret = invitation_to()
    address = f"/konto/einladung/{secret}/"
    Client().post(address, TYPED)

    again = Client().post(address, TYPED)

    assert (again.status_code, User.objects.filter(email="neu@example.org").count()) == (410, 1)
    assert "schon angenommen" in again.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": now() - timedelta(seconds=1)}, "Diese Einladung gilt nicht mehr"),
        ({"withdrawn_at": now()}, "Diese Einladung gilt nicht mehr"),
    ],
    ids=["expired", "withdrawn"],
)
def test_a_link_that_is_over_says_what_to_do(values: dict[str, Any], words: str) -> None:
    secret = invitation_to()
    Invitation.objects.update(**values)

    answers = [
        Client().get(f"/konto/einladung/{secret}/"),
        Client().post(f"/konto/einladung/{secret}/", TYPED),
    ]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all(f"<h1>{words}</h1>" in answer.content.decode() for answer in answers)
    assert not User.objects.filter(email="neu@example.org").exists()


def test_a_guessed_link_gets_the_page_of_one_that_is_over() -> None:
    secret = invitation_to()
    Invitation.objects.update(expires_at=now() - timedelta(days=1))

    known, guessed = (Client().get(f"/konto/einladung/{word}/") for word in (secret, "geraten"))

    assert (known.status_code, known.content) == (guessed.status_code, guessed.content)


def test_a_password_may_be_as_long_as_everywhere() -> None:
    words = "lange Woerter, " * 270

    answer = Client().post(
        f"/konto/einladung/{invitation_to()}/", TYPED | {"password1": words, "password2": words}
    )

    assert (len(words), answer.status_code) == (4050, 302)
    assert User.objects.get(email="neu@example.org").check_password(words)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"password1": "kurz", "password2": "kurz"}, ["password1"]),
        ({"password2": "etwas-ganz-anderes-hier"}, ["password2"]),
        ({"password1": "", "password2": ""}, ["password1", "password2"]),
        ({"name": ""}, ["name"]),
    ],
)
def test_a_password_that_is_not_good_opens_nothing(typed: dict[str, str], errors: list[str]) -> None:
    secret = invitation_to()

    answer = Client().post(f"/konto/einladung/{secret}/", TYPED | typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, errors)
    assert not User.objects.filter(email="neu@example.org").exists()


def test_who_wants_a_passkey_gets_an_account_without_a_password_and_is_led_to_it() -> None:
    secret = invitation_to()
    client = Client()

    answer = client.post(f"/konto/einladung/{secret}/", {"name": "Frau Neu", "way": "passkey"})

    assert answer["Location"] == "/konto/zweiter-faktor/passkey/"
    assert not User.objects.get(email="neu@example.org").has_usable_password()
    assert client.get("/arbeitsplatz/")["Location"] == "/konto/zweiter-faktor/"


def test_sending_again_makes_a_new_link_and_the_old_one_useless(sent: Any, mailoutbox: list[Any]) -> None:
    administrator = signed(Role.ADMINISTRATION)
    sent(administrator, NEW, {"email": "neu@example.org", "name": "Neu", "role": "team"})
    Invitation.objects.update(expires_at=now() - timedelta(days=1))
    pk = Invitation.objects.get().pk

    sent(administrator, f"{LIST}{pk}/erneut/")

    old, new = (link_in(mail, "konto/einladung/") for mail in mailoutbox)
    assert [Client().get(link).status_code for link in (old, new)] == [410, 200]


def test_what_was_accepted_is_neither_sent_again_nor_withdrawn(sent: Any, mailoutbox: list[Any]) -> None:
    Client().post(f"/konto/einladung/{invitation_to()}/", TYPED)
    administrator, pk = signed(Role.ADMINISTRATION), Invitation.objects.get().pk

    for verb in ("erneut", "zurueckziehen"):
        sent(administrator, f"{LIST}{pk}/{verb}/")

    assert (Invitation.objects.get().state, mailoutbox) == (Invitation.State.ACCEPTED, [])


def test_a_coordinator_invites_nobody_of_their_own_rank_or_above() -> None:
    client = signed(Role.COORDINATION)
    values = {"email": "neu@example.org", "name": "Neu"}

    for role in ("administration", "coordination"):
        assert "role" in client.post(NEW, {**values, "role": role}).context["form"].errors
    client.post(NEW, {**values, "role": "team"})

    assert list(Invitation.objects.values_list("role", flat=True)) == ["team"]


def test_a_coordinator_neither_sees_nor_touches_invitations_of_their_own_rank() -> None:
    invitation_to(role=Role.ADMINISTRATION)
    client, pk = signed(Role.COORDINATION), Invitation.objects.get().pk

    assert "neu@example.org" not in client.get(LIST).content.decode()
    assert [client.post(f"{LIST}{pk}/{verb}/").status_code for verb in ("erneut", "zurueckziehen")] == [
        404,
        404,
    ]


@pytest.mark.parametrize("role", [Role.STEERING, Role.TEAM])
def test_no_other_role_invites(role: Role) -> None:
    client = signed(role)

    assert [client.get(page).status_code for page in (LIST, NEW)] == [403, 403]


def test_an_account_that_came_meanwhile_is_no_second_time_made() -> None:
    secret = invitation_to()
    User.objects.create_user("neu@example.org", name="Da", role=Role.TEAM)

    answer = Client().post(f"/konto/einladung/{secret}/", TYPED)

    assert answer.context["form"].errors["__all__"] == ["Zu dieser Adresse gibt es inzwischen ein Konto."]
    assert Invitation.objects.get().state == Invitation.State.WAITING


def test_one_link_to_an_address_is_enough() -> None:
    first = invitation_to()
    second = invitation_to()

    closed = Client().get(f"/konto/einladung/{first}/")
    Client().post(f"/konto/einladung/{second}/", TYPED)

    assert [each.state for each in Invitation.objects.order_by("pk")] == ["withdrawn", "accepted"]
    assert "melden Sie sich an" in closed.content.decode()


def test_who_invites_again_is_told_that_the_earlier_link_is_over() -> None:
    client, values = signed(Role.ADMINISTRATION), {"email": "neu@example.org", "name": "Neu", "role": "team"}

    told = [str(next(iter(client.post(NEW, values, follow=True).context["messages"]))) for _ in range(2)]

    first = "Die Einladung an neu@example.org ist unterwegs."
    assert told == [
        first,
        f"{first} Die frühere an diese Adresse ist zurückgezogen, ihr Link gilt nicht mehr.",
    ]


def test_the_coordination_is_not_sent_to_itself() -> None:
    make_region()

    pages = [signed(role).get("/konten/").content.decode() for role in (Role.COORDINATION, Role.TEAM)]

    mains = [page.partition("<main")[2].partition("</main>")[0] for page in pages]
    assert ['href="/impressum/"' in main for main in mains] == [False, True]


def test_an_invitation_of_a_higher_rank_is_not_withdrawn_by_another_one() -> None:
    invitation_to(role=Role.ADMINISTRATION)

    signed(Role.COORDINATION).post(NEW, {"email": "neu@example.org", "name": "Neu", "role": "team"})

    assert [each.state for each in Invitation.objects.order_by("pk")] == ["waiting", "waiting"]


def test_who_is_signed_in_as_somebody_else_is_asked_to_sign_out_first() -> None:
    secret, client = invitation_to(), signed(Role.TEAM)

    answers = [client.get(f"/konto/einladung/{secret}/"), client.post(f"/konto/einladung/{secret}/", TYPED)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert not User.objects.filter(email="neu@example.org").exists()


def test_who_accepted_it_and_opens_it_again_is_led_on() -> None:
    secret, client = invitation_to(), Client()
    client.post(f"/konto/einladung/{secret}/", TYPED)

    page = client.get(f"/konto/einladung/{secret}/").content.decode()
    others = signed(Role.TEAM).get(f"/konto/einladung/{secret}/")

    assert ("Ihr Konto ist schon eröffnet" in page, 'href="/arbeitsplatz/"' in page) == (True, True)
    assert others.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_link_at_the_same_moment_make_one_account() -> None:
    secret, barrier, found = invitation_to(), threading.Barrier(2), []

    def accept() -> None:
        barrier.wait()
        found.append(Client().post(f"/konto/einladung/{secret}/", TYPED).status_code)
        connection.close()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.filter(email="neu@example.org").count() == 1
    assert found.count(302) == 1


def test_who_is_sent_to_the_office_is_told_where_it_is() -> None:
    make_region()
    coordinator, locked = signed(Role.COORDINATION), make_person(is_active=False)
    typed = {"login": locked.email, "password": PASSWORD}
    pages = [
        Client().get("/konto/einladung/gibt-es-nicht/"),
        signed(Role.TEAM).get("/konten/"),
        Client().post("/anmelden/", typed),
        coordinator.get("/konto/"),
        coordinator.get("/konto/meine-daten/"),
    ]

    mains = [page.content.decode().partition("<main")[2].partition("</main>")[0] for page in pages]
    assert ['href="/impressum/"' in main for main in mains] == [True] * len(mains)
