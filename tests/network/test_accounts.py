"""Signing in and forgotten passwords: what an attacker learns, and whom failed tries lock out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.test import Client, RequestFactory
from kombu import pools
from rules import has_perm

from network.accounts import client_address, counted_address
from network.models import Role, User
from network.tasks import send_mail
from smartregion.celery import app
from tests.factories import make_user
from tests.mail_server import closed_port, mail_server

pytestmark = pytest.mark.django_db
PASSWORD = "ein-langes-Passwort-47"
NEW_PASSWORD = "vier-neue-Woerter-dort"
FORGOTTEN = "/konto/passwort/vergessen/"
LIMIT = 8
OUR_PROXY = "10.0.0.1"


@contextmanager
def queue_away() -> Iterator[None]:
    broker, app.conf.broker_url = app.conf.broker_url, f"redis://127.0.0.1:{closed_port()}/0"
    pools.reset()
    app.amqp._producer_pool = app._pool = None
    try:
        yield
    finally:
        app.conf.broker_url = broker
        app.amqp._producer_pool = app._pool = None


@contextmanager
def worker_at_once() -> Iterator[None]:
    """Tasks are done where they are asked for, as a worker would do them; failing is only logged."""
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = False


@pytest.fixture
def people() -> tuple[User, User]:
    ada, bea = make_user(), make_user(Role.STEERING)
    for user in (ada, bea):
        user.set_password(PASSWORD)
        user.save()
    return ada, bea


def answers(client: Client, *addresses: str) -> list[tuple[int, str]]:
    found = [client.post(FORGOTTEN, {"email": address}) for address in addresses]
    return [(answer.status_code, answer.headers.get("Location", "")) for answer in found]


SENT = (302, f"{FORGOTTEN}gesendet/")


def smtp(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_a_forgotten_password_tells_nobody_who_has_an_account(
    client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user()
    smtp(settings, closed_port())

    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        found = answers(client, user.email, "niemand@example.org")

    assert found == [SENT, SENT]


def test_the_answer_is_the_same_while_the_queue_is_away(
    client: Client, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user()

    with queue_away(), caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        found = answers(client, user.email, "niemand@example.org")

    assert found == [SENT, SENT]
    assert [record.name for record in caplog.records] == ["network.tasks"] * 2
    assert user.email not in caplog.text


def test_the_page_itself_waits_for_no_mail_server(client: Client, settings: Any) -> None:
    """No worker runs in this test: were the mail sent by the page, it would have come."""
    user = make_user()
    with mail_server() as server:
        smtp(settings, server.port)

        assert answers(client, user.email) == [SENT]
        assert server.mails == []


def test_the_mail_leads_to_a_new_password(
    client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user()
    with mail_server() as server:
        smtp(settings, server.port)
        with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
            answers(client, user.email.upper())

    mail = server.mails[0]
    text = mail.get_content()
    link = next(
        word for word in text.split() if word.startswith(f"{settings.PORTAL_URL}/konto/passwort/neu/")
    )
    form = client.get(link.removeprefix(settings.PORTAL_URL))["Location"]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    user.refresh_from_db()
    assert (mail["To"], user.check_password(PASSWORD)) == (user.email, True)
    assert text.startswith("Guten Tag,")


def test_a_mail_server_that_is_away_is_asked_again(settings: Any) -> None:
    smtp(settings, closed_port())

    result = send_mail.apply(["Betreff", "Text", ["jemand@example.org"]])

    assert (result.state, type(result.result)) == ("FAILURE", ConnectionRefusedError)
    assert send_mail.max_retries == 5


def sign_in(client: Client, user: User | str, password: str, address: str = "192.0.2.1") -> int:
    login = user if isinstance(user, str) else user.email
    answer = client.post(
        "/anmelden/",
        {"login": login, "password": password},
        headers={"X-Forwarded-For": address},
        REMOTE_ADDR=OUR_PROXY,
    )
    return answer.status_code


def locked(user: User, address: str = "192.0.2.1") -> bool:
    """Whether the right password is refused with 429; it signs in with 302 otherwise."""
    return {429: True, 302: False}[sign_in(Client(), user, PASSWORD, address)]


def test_eight_failed_tries_lock_this_account_from_this_address_only(
    settings: Any, people: tuple[User, User]
) -> None:
    settings.TRUSTED_PROXIES = 1
    ada, bea = people
    client = Client()

    tries = [sign_in(client, ada, "falsch") for _ in range(LIMIT)]

    assert tries == [200] * (LIMIT - 1) + [429]
    assert (locked(ada), locked(ada, "192.0.2.2"), locked(bea)) == (True, False, False)


def test_another_writing_of_the_address_gives_no_further_tries(
    settings: Any, people: tuple[User, User]
) -> None:
    ada, _ = people
    writings = [ada.email, ada.email.upper(), ada.email.title(), f" {ada.email} "]

    for number in range(LIMIT):
        sign_in(Client(), writings[number % len(writings)], "falsch")

    assert locked(ada)


def test_a_client_cannot_choose_its_address(settings: Any, people: tuple[User, User]) -> None:
    """What the client writes stands left of what our proxy writes."""
    settings.TRUSTED_PROXIES = 1
    ada, _ = people

    for number in range(LIMIT):
        sign_in(Client(), ada, "falsch", f"203.0.113.{number}, 192.0.2.1")

    assert locked(ada, "203.0.113.99, 192.0.2.1")


def test_signing_in_forgets_the_failed_tries(people: tuple[User, User]) -> None:
    ada, _ = people
    for password in ["falsch"] * (LIMIT - 1) + [PASSWORD] + ["falsch"] * (LIMIT - 1):
        sign_in(Client(), ada, password)

    assert not locked(ada)


def test_who_is_locked_out_is_told_what_to_do(people: tuple[User, User]) -> None:
    ada, _ = people
    client = Client()
    for _ in range(LIMIT):
        sign_in(client, ada, "falsch")

    page = client.post("/anmelden/", {"login": ada.email, "password": PASSWORD}, REMOTE_ADDR=OUR_PROXY)
    text = page.content.decode()

    assert page.status_code == 429
    assert ("<h1>Zu viele Versuche</h1>" in text, "15 Minuten" in text, FORGOTTEN in text) == (True,) * 3


def test_whoever_asked_for_a_link_is_told_how_long_it_counts_and_how_to_get_another(client: Client) -> None:
    page = client.get(f"{FORGOTTEN}gesendet/").content.decode().partition("<main")[2]

    assert "<h1>Bitte sehen Sie in Ihr Postfach</h1>" in page
    assert ("gilt drei Tage" in page, f'href="{FORGOTTEN}"' in page, 'href="/anmelden/"' in page) == (
        True,
    ) * 3


def test_a_lock_is_told_as_one_of_the_account_and_offers_who_is_signed_in_the_way_back(
    people: tuple[User, User],
) -> None:
    ada, _ = people
    outside, inside = Client(), Client()
    inside.force_login(ada)
    typed = {"oldpassword": "falsch", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    pages = [
        [client.post(address, data) for _ in range(LIMIT)][-1].content.decode()
        for client, address, data in (
            (outside, "/anmelden/", {"login": "niemand@example.org", "password": "falsch"}),
            (inside, "/konto/passwort/", typed),
        )
    ]

    assert ["kam für dieses Konto zu oft ein falsches Passwort" in page for page in pages] == [True, True]
    assert ["Zurück zu Mein Konto" in page for page in pages] == [False, True]


def test_refusals_of_a_new_password_are_no_tries_and_a_wrong_present_one_is(
    people: tuple[User, User],
) -> None:
    ada, _ = people
    client = Client()
    client.force_login(ada)

    def change(present: str, new: str) -> int:
        typed = {"oldpassword": present, "password1": new, "password2": new}
        return client.post("/konto/passwort/", typed).status_code

    assert [change(PASSWORD, "kurz") for _ in range(LIMIT + 2)] == [200] * (LIMIT + 2)
    assert [change("falsch", NEW_PASSWORD) for _ in range(LIMIT)] == [200] * (LIMIT - 1) + [429]
    assert change(PASSWORD, NEW_PASSWORD) == 429


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_two_new_passwords_that_differ_are_told_in_the_words_of_the_invitation(
    people: tuple[User, User], is_forgotten: bool
) -> None:
    ada, _ = people
    client, address = Client(), "/konto/passwort/"
    if is_forgotten:
        key = default_token_generator.make_token(ada)
        address = client.get(f"/konto/passwort/neu/{user_pk_to_url_str(ada)}-{key}/")["Location"]
    else:
        client.force_login(ada)

    page = client.post(
        address, {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": f"{NEW_PASSWORD}r"}
    )

    field = page.context["form"]["password2"]
    assert (field.label, field.errors) == (
        "Passwort noch einmal",
        ["Die beiden Passwörter sind nicht gleich."],
    )


def test_many_forgotten_passwords_get_the_same_page(client: Client) -> None:
    last = [client.post(FORGOTTEN, {"email": "niemand@example.org"}) for _ in range(6)][-1]

    assert (last.status_code, "<h1>Zu viele Versuche</h1>" in last.content.decode()) == (429, True)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "direct", "address"),
    [
        (0, "192.0.2.1", "10.0.0.1", "10.0.0.1"),
        (1, "192.0.2.1", "10.0.0.1", "192.0.2.1"),
        (1, "203.0.113.9, 192.0.2.1", "10.0.0.1", "192.0.2.1"),
        (2, "203.0.113.9, 192.0.2.1, 10.0.0.2", "10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "10.0.0.1", "10.0.0.1"),
        (1, "192.0.2.1:51234", "10.0.0.1", "192.0.2.1"),
        (1, "[2001:db8::7]:51234", "10.0.0.1", "2001:db8::7"),
        (1, "2001:DB8::7", "10.0.0.1", "2001:db8::7"),
        (1, "unknown", "10.0.0.1", "10.0.0.1"),
        (1, "'; DROP TABLE", "", None),
        (1, "", "", None),
    ],
)
def test_the_address_is_the_one_that_our_outermost_proxy_saw(
    settings: Any, proxies: int, forwarded: str, direct: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=direct)) == address


def test_the_portal_answers_and_lets_people_in_while_redis_is_away(
    client: Client, settings: Any, people: tuple[User, User]
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"

    with queue_away():
        health = client.get("/gesundheit/")
        found = [
            client.get("/").status_code,
            sign_in(client, people[0], PASSWORD),
            client.get("/konto/zweiter-faktor/").status_code,
        ]

    assert (health.status_code, health.json()["queue"]) == (503, "antwortet nicht")
    assert found == [200, 302, 200]


def test_rate_limits_are_counted_for_all_processes_together() -> None:
    from django.core.cache import cache
    from django.db import connection

    cache.set("versuche", [1.0])

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM base_cache")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("direct", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unfug", ""),
    ],
)
def test_an_ipv6_line_is_counted_as_one_client(direct: str, counted: str) -> None:
    assert counted_address(RequestFactory().get("/", REMOTE_ADDR=direct)) == counted


@pytest.mark.django_db
def test_the_cookie_of_the_sign_in_page_ends_with_the_browser(client: Client) -> None:
    client.get("/anmelden/")

    assert client.cookies["csrftoken"]["max-age"] == ""


@pytest.mark.parametrize(
    ("role", "page", "who"),
    [
        (Role.COORDINATION, "/konten/", "an die Administration"),
        (Role.TEAM, "/konten/einladungen/", "an die Koordinierungsstelle"),
    ],
)
def test_who_lacks_a_right_is_told_whom_to_ask(client: Client, role: Role, page: str, who: str) -> None:
    client.force_login(make_user(role))

    answer = client.get(page)

    told = f"Wenn Sie es brauchen, wenden Sie sich bitte {who}" in answer.content.decode()
    assert (answer.status_code, told) == (403, True)


def test_the_sign_in_page_names_those_who_invite(client: Client) -> None:
    who = {role for role in Role if has_perm("network.invite", User(role=role))}

    assert who == {Role.COORDINATION, Role.ADMINISTRATION}
    assert (
        "Einladung der Koordinierungsstelle oder der Administration"
        in client.get("/anmelden/").content.decode()
    )
