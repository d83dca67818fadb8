"""Where an account is signed in, and what ends a session: each of these is tried on a browser that was in."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.html import escape
from django.utils.timezone import now

from network.account_services import set_active
from network.devices import device_of
from network.models import Role, User
from network.password_rules import GOOD_PASSWORD
from smartregion.base.retention import delete_outdated
from tests.factories import make_field, make_municipality, make_user
from tests.network.people import (
    PASSWORD,
    SECOND_STEP,
    SIGN_IN,
    app_code,
    by_password,
    is_in,
    later,
    link_in,
    make_person,
    signed_in,
    worker_at_once,
)

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604"
)
NEW = "ganz-neue-Woerter-dort"


@pytest.fixture(autouse=True)
def unused_codes() -> None:
    cache.clear()


def administrator() -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATION))
    return client


def by_the_administration(user: User, **changed: Any) -> None:
    values = {"name": str(user.name), "role": user.role, "reason": "Wechsel", **changed}
    answer = administrator().post(f"/konten/{user.pk}/aendern/", values)
    assert answer.status_code == 302


def by_sql(statement: str) -> Callable[[User], None]:
    def change(user: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE network_user SET {statement} WHERE id = %s", [user.pk])

    return change


def lock(user: User) -> None:
    administrator().post(f"/konten/{user.pk}/abschalten/", {"reason": "Ausgeschieden"})


def lock_and_unlock(user: User) -> None:
    lock(user)
    administrator().post(f"/konten/{user.pk}/anschalten/", {"reason": "Doch nicht"})


def new_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


ENDS: dict[str, Callable[[User], Any]] = {
    "another role": lambda user: by_the_administration(user, role=Role.TEAM),
    "another municipality": lambda user: User.objects.filter(pk=user.pk).update(
        role=Role.MUNICIPALITY, municipality=make_municipality()
    ),
    "shut off": lock,
    "shut off and on again": lock_and_unlock,
    "role by SQL": by_sql("role = 'steering'"),
    "shut off and on by SQL": lambda user: [by_sql(f"is_active = {on}")(user) for on in (False, True)],
    "another password": new_password,
    "signed out by the administration": lambda user: administrator().post(
        f"/konten/{user.pk}/abmelden/", {"reason": "Gerät verloren"}
    ),
    "signed out everywhere": lambda user: signed_in(user).post("/konto/anmeldungen/beenden/"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_ends_all_sessions(end: Callable[[User], Any]) -> None:
    user, other = make_person(factor=True), make_person(factor=True)
    devices, stays = [signed_in(user), signed_in(user)], signed_in(other)
    assert [is_in(device) for device in devices] == [True, True]

    end(user)

    assert [is_in(device) for device in devices] == [False, False]
    assert is_in(stays)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_negative_control_sessions_that_count_nothing_go_on(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[User], Any]
) -> None:
    """With a session that compares nothing of the account, and rows that stay, all of these go on."""
    monkeypatch.setattr(User, "_get_session_auth_hash", lambda self, secret=None: f"{self.pk}")
    monkeypatch.setattr("network.account_services.forget_sessions", lambda sessions: None)
    user = make_person(factor=True)
    device = signed_in(user)

    end(user)

    assert is_in(device) == User.objects.get(pk=user.pk).is_active


def told_that_it_ended(client: Client, address: str) -> bool:
    return "Ihre Anmeldung wurde beendet." in client.get(address).content.decode()


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whoever_was_signed_out_is_told_so_and_led_back(end: Callable[[User], Any]) -> None:
    user = make_person(factor=True)
    device = signed_in(user)
    end(user)

    device.get("/massnahmen/")
    door = device.get("/konto/ersatzcodes/")["Location"]

    assert door == "/anmelden/?next=/konto/ersatzcodes/"
    assert told_that_it_ended(device, door)


def test_who_sent_a_form_after_the_end_is_told_that_it_is_not_saved() -> None:
    user = make_person(factor=True)
    device = signed_in(user)
    new_password(user)

    read, sent = (ask("/konto/adresse/")["Location"] for ask in (device.get, device.post))

    told = [
        "Was Sie gerade abgesendet haben, ist nicht" in device.get(at).content.decode() for at in (read, sent)
    ]
    assert (told, sent) == ([False, True], "/anmelden/?abgesendet=ja&next=/konto/adresse/")


def test_whoever_is_signed_out_after_twelve_hours_is_told_so_the_next_morning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = signed_in(make_person(factor=True))
    cookie, morning = client.cookies["sessionid"], now() + timedelta(hours=20)
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning)

    assert timedelta(seconds=cookie["max-age"]) > timedelta(hours=20)
    assert parsedate_to_datetime(cookie["expires"]) > morning
    assert told_that_it_ended(client, client.get("/konto/")["Location"])


def test_nobody_else_is_told_of_a_session_that_ended() -> None:
    user = make_person(factor=True)
    halfway, signed_out = by_password(user), signed_in(user)
    signed_out.post("/abmelden/")

    told = [told_that_it_ended(client, "/anmelden/") for client in (Client(), halfway, signed_out)]

    assert told == [False] * 3
    assert signed_out.cookies["sessionid"].value == ""


def test_who_signs_in_again_is_told_no_more() -> None:
    user = make_person(factor=True)
    device = signed_in(user)
    new_password(user)
    assert told_that_it_ended(device, "/anmelden/")

    device.post(SIGN_IN, {"login": user.email, "password": NEW})
    cache.clear()
    device.post(SECOND_STEP, {"code": app_code(user)})
    device.post("/abmelden/")

    assert not told_that_it_ended(device, "/anmelden/")


@pytest.mark.parametrize("statement", ["name = 'Neu'", "digest = 'never'", "last_login = now()"])
def test_other_changes_end_none(statement: str) -> None:
    user = make_person(factor=True)
    device = signed_in(user)

    by_sql(statement)(user)

    assert is_in(device)


def test_changing_the_own_password_ends_the_others_and_keeps_this_one() -> None:
    user = make_person(factor=True)
    here, there = signed_in(user), signed_in(user)

    here.post("/konto/passwort/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert (is_in(here), is_in(there)) == (True, False)
    assert [each.is_here for each in here.get("/konto/").context["sessions"]] == [True]


def test_a_forgotten_password_ends_all(
    client: Client, django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]
) -> None:
    user = make_person(factor=True)
    device = signed_in(user)
    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        client.post("/konto/passwort/vergessen/", {"email": user.email})

    form = client.get(link_in(mailoutbox[0], "konto/passwort/neu/"))["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})

    assert not is_in(device)


def test_the_session_of_somebody_without_second_factor_has_the_same_end() -> None:
    begin = now()
    client = by_password(make_person())

    end = Session.objects.get(session_key=client.session.session_key).expire_date
    client.session.save()

    assert begin + timedelta(hours=12) <= end <= now() + timedelta(hours=12)
    assert client.session.get_expiry_date() == end


def test_a_session_ends_twelve_hours_after_the_sign_in_whatever_is_written_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = now()
    client = signed_in(make_person(factor=True))
    later(client)
    answers = []

    def at(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    for hours in (4, 8, 11):
        at(begin + timedelta(hours=hours))
        answers.append(unquote(client.post("/konto/adresse/", {"email": "neu@example.org"})["Location"]))
    at(begin + timedelta(hours=12, minutes=1))

    assert answers == ["/konto/bestaetigen/?next=/konto/adresse/"] * 3
    assert not is_in(client)


def test_proving_once_more_who_one_is_does_not_prolong_the_session() -> None:
    client = signed_in(make_person(factor=True))
    end = Session.objects.get(session_key=client.session.session_key).expire_date
    later(client)

    client.post("/konto/bestaetigen/?next=/konto/ersatzcodes/", {"password": PASSWORD})

    assert client.get("/konto/ersatzcodes/").status_code == 200
    assert Session.objects.get(session_key=client.session.session_key).expire_date == end


def test_the_list_tells_devices_and_this_one_first() -> None:
    user = make_person(factor=True)
    for agent in (FIREFOX, CHROME):
        signed_in(user, HTTP_USER_AGENT=agent)
    here = signed_in(user, HTTP_USER_AGENT=IPHONE)

    found = here.get("/konto/").context["sessions"]

    assert [(each.device, each.is_here) for each in found] == [
        ("Safari auf iPhone", True),
        ("Chrome auf Android", False),
        ("Firefox auf Windows", False),
    ]
    assert {each.address for each in found} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("agent", "device"), [("", "Unbekanntes Gerät"), ("curl/8", "Unbekanntes Gerät"), ("Linux", "Linux")]
)
def test_a_browser_that_says_little(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_one_device_is_signed_out_and_the_others_stay() -> None:
    user = make_person(factor=True)
    here, there, third = signed_in(user), signed_in(user), signed_in(user)
    key = UserSession.objects.get(session_key=there.session.session_key).pk

    page = here.post(f"/konto/anmeldungen/{key}/beenden/", follow=True)

    said = r"Unbekanntes Gerät \(angemeldet am \d\d\.\d\d\.\d{4}, \d\d:\d\d Uhr\) ist abgemeldet\."
    assert re.fullmatch(said, told_last(page))
    assert [is_in(device) for device in (here, there, third)] == [True, False, True]


def test_signing_out_of_this_device_leads_to_the_door() -> None:
    here = signed_in(make_person(factor=True))
    key = UserSession.objects.get().pk

    answer = here.post(f"/konto/anmeldungen/{key}/beenden/")

    assert (answer["Location"], is_in(here)) == ("/anmelden/", False)
    assert told_last(here.get("/anmelden/")) == "Sie sind abgemeldet."


def told_last(page: Any) -> str:
    return str(list(page.context["messages"])[-1])


def test_who_signs_out_everywhere_is_told_so_at_the_door() -> None:
    here = signed_in(make_person(factor=True))

    page = here.post("/konto/anmeldungen/beenden/", follow=True)

    assert (told_last(page), is_in(here)) == ("Sie sind überall abgemeldet.", False)
    assert "Ihre Anmeldung wurde beendet" not in page.content.decode()


def test_signing_out_everywhere_asks_first() -> None:
    here = signed_in(make_person(factor=True))

    own, question = (here.get(page).content.decode() for page in ("/konto/", "/konto/anmeldungen/beenden/"))

    assert ('action="/konto/anmeldungen/beenden/"' in own, 'href="/konto/anmeldungen/beenden/"' in own) == (
        False,
        True,
    )
    assert ("Auf allen Geräten abmelden, auch auf diesem?" in question, is_in(here)) == (True, True)


def test_the_home_page_says_above_its_picture_that_somebody_has_signed_out() -> None:
    make_field()
    here = signed_in(make_person(factor=True))

    page = here.post("/abmelden/", follow=True).content.decode()

    assert page.count("Sie sind abgemeldet.") == 1
    assert page.index("Sie sind abgemeldet.") < page.index('class="hero"')


def unlock(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    administrator().post(f"/konten/{user.pk}/anschalten/", {"reason": "Wieder da"})


def rename(user: User) -> None:
    by_the_administration(user, name="Anders")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lock, ["Ihr Konto im Portal ist abgeschaltet."]),
        (unlock, ["Ihr Konto im Portal ist wieder angeschaltet. Seine Rolle ist: Koordination."]),
        (
            lambda user: by_the_administration(user, role="team"),
            ["Ihr Konto im Portal hat jetzt eine andere Rolle: Entwicklungsteam."],
        ),
        (rename, []),
    ],
)
def test_the_person_is_told_by_mail_of_another_role_and_of_the_access(
    change: Callable[[User], Any],
    words: list[str],
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    user = make_person(factor=True)

    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        change(user)

    assert [mail.to for mail in mailoutbox] == [[user.email] for _ in words]
    assert all(word in mail.body for word, mail in zip(words, mailoutbox, strict=True))


def test_all_that_is_wrong_with_a_new_password_stands_at_the_field_in_plain_words() -> None:
    user = make_person(factor=True)
    User.objects.filter(pk=user.pk).update(email="waldwiese@example.org")
    user.refresh_from_db()
    typed = {"oldpassword": PASSWORD, "password1": "waldwiese", "password2": "waldwiese"}

    page = signed_in(user).post("/konto/passwort/", typed)

    field = page.context["form"]["password1"]
    assert field.help_text == GOOD_PASSWORD
    assert [len(field.errors), field.errors[0]] == [2, "Das Passwort ähnelt Ihrer E-Mail-Adresse zu sehr."]
    assert f'_error">{escape(" ".join(field.errors))}</p>' in page.content.decode()


def test_a_mail_of_a_new_password_says_what_to_do_if_it_was_somebody_else(
    mailoutbox: list[Any], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_person(factor=True)
    client = signed_in(user)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        client.post("/konto/passwort/", typed)

    lines = mailoutbox[-1].body.splitlines()
    assert lines[2].startswith("das Passwort Ihres Kontos wurde geändert.")
    assert f"{settings.PORTAL_URL}/konto/passwort/vergessen/" in lines
    assert "Koordinierungsstelle" in mailoutbox[-1].body


def test_nobody_ends_a_session_of_somebody_else() -> None:
    theirs, here = signed_in(make_person(factor=True)), signed_in(make_person(factor=True))
    key = UserSession.objects.get(session_key=theirs.session.session_key).pk

    assert here.post(f"/konto/anmeldungen/{key}/beenden/").status_code == 404
    assert is_in(theirs)


def test_what_is_over_is_forgotten_by_the_daily_deletion() -> None:
    over, holds = signed_in(make_person(factor=True)), signed_in(make_person(factor=True))
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=now() - timedelta(1))

    delete_outdated()

    assert list(UserSession.objects.values_list("session_key", flat=True)) == [holds.session.session_key]


def test_nobody_shuts_off_the_last_administrator_or_themselves() -> None:
    user = make_person(Role.ADMINISTRATION, factor=True)
    client = signed_in(user)

    answer = client.post(f"/konten/{user.pk}/abschalten/", {"reason": "x"})

    assert answer.context["form"].errors["__all__"] == [
        "Das ist Ihr eigenes Konto: Rolle und Zugang kann Ihnen nur eine andere Administration nehmen."
    ]
    assert User.objects.get(pk=user.pk).is_active


def test_a_locked_account_is_told_so_only_with_the_right_password() -> None:
    user = make_person()
    set_active(user=user, active=False, by=None, reason="")  # type: ignore[arg-type]
    answers = [
        Client().post("/anmelden/", {"login": user.email, "password": word}) for word in (PASSWORD, "falsch")
    ]

    told = ["Dieses Konto ist abgeschaltet" in answer.content.decode() for answer in answers]
    assert ([answer.status_code for answer in answers], told) == ([403, 200], [True, False])
