"""Nobody learns who has an account: answers are alike byte for byte, and so is the time that they take."""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from network.models import Invitation, Role
from tests.factories import make_user
from tests.network.people import PASSWORD, make_person
from tests.scale import IS_FULL

pytestmark = pytest.mark.django_db
UNKNOWN = "niemand@example.org"
ROUNDS = 60 if IS_FULL else 25
RATIO = 1.5
LIMITS = settings.ACCOUNT_RATE_LIMITS
FORGOTTEN = "/konto/passwort/vergessen/"
TOKENS = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
SLOW_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


class ShorterHasher(PBKDF2PasswordHasher):
    """Still takes many times as long as all the rest of an answer."""

    iterations = PBKDF2PasswordHasher.iterations // 5


def sign_in(address: str) -> HttpResponse:
    return Client().post("/anmelden/", {"login": address, "password": "ein-falsches-Passwort"})


def forget(address: str) -> HttpResponse:
    return Client().post(FORGOTTEN, {"email": address})


def invite(address: str) -> HttpResponse:
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATION))
    values = {"email": address, "name": "Jemand", "role": "team"}
    return client.post("/konten/einladungen/neu/", values, follow=True)


ASKED: dict[str, Callable[[str], HttpResponse]] = {
    "sign in": sign_in,
    "forgotten password": forget,
    "invitation": invite,
}


@pytest.fixture(autouse=True)
def in_earnest(settings: Any) -> None:
    """The hash of production, in small size a shorter one, and no limit that would end the measurement."""
    settings.PASSWORD_HASHERS = SLOW_HASHERS if IS_FULL else [f"{__name__}.{ShorterHasher.__qualname__}"]
    settings.ACCOUNT_RATE_LIMITS = False
    settings.AXES_FAILURE_LIMIT = 1_000_000


@pytest.fixture
def known() -> dict[str, str]:
    """An address of each kind of account, each as long as the unknown one."""
    people = {
        "with a password": make_person(),
        "with a second factor": make_person(factor=True),
        "without a password": make_user(),
        "shut off": make_person(is_active=False),
    }
    for number, user in enumerate(people.values()):
        user.email = f"jemand{number}@example.org"
        user.save()
    return {kind: user.email for kind, user in people.items()}


def seen(answer: HttpResponse, address: str) -> tuple[int, str, bytes, set[str]]:
    """What can be compared: without tokens, and without what was typed."""
    content = TOKENS.sub(rb"\1", answer.content).replace(address.encode(), b"...")
    content = re.sub(rb"konten/einladungen/\d+", b"", content)
    return answer.status_code, answer.headers.get("Location", ""), content, set(answer.headers)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_answer_is_the_same_byte_for_byte(
    ask: Callable[[str], HttpResponse], known: dict[str, str]
) -> None:
    def answer(address: str) -> tuple[int, str, bytes, set[str]]:
        Invitation.objects.all().delete()
        return seen(ask(address), address)

    unknown = answer(UNKNOWN)

    assert {kind: answer(address) == unknown for kind, address in known.items()} == dict.fromkeys(known, True)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_answer_takes_the_same_time(ask: Callable[[str], HttpResponse], known: dict[str, str]) -> None:
    """Asked in turn, so that what else the machine does falls on all alike."""
    kinds = {**known, "unknown": UNKNOWN}
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, address in kinds.items():
            start = time.perf_counter()
            ask(address)
            taken[kind].append(time.perf_counter() - start)
            cache.clear()
            AccessAttempt.objects.all().delete()
            Invitation.objects.all().delete()

    medians = {kind: statistics.median(times) for kind, times in taken.items()}

    assert {
        kind: round(median / medians["unknown"], 2)
        for kind, median in medians.items()
        if not 1 / RATIO < median / medians["unknown"] < RATIO
    } == {}


def test_negative_control_a_sign_in_that_hashes_for_known_accounts_only_is_found(
    known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.account.auth_backends import AuthenticationBackend

    monkeypatch.setattr(AuthenticationBackend, "_mitigate_timing_attack", lambda self, password: None)

    with pytest.raises(AssertionError):
        test_the_answer_takes_the_same_time(sign_in, known)


def test_too_many_tries_look_the_same_for_both(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = make_user()
    user.email = "jemand@example.org"
    user.save()

    tries = [[seen(sign_in(address), address) for _ in range(4)] for address in (user.email, UNKNOWN)]

    assert [status for status, *_ in tries[0]] == [200, 200, 429, 429]
    assert tries[0] == tries[1]


def test_the_right_password_still_signs_in_with_the_hash_of_production() -> None:
    user = make_person()

    assert Client().post("/anmelden/", {"login": user.email, "password": PASSWORD}).status_code == 302


def test_a_mailbox_gets_five_links_a_day_whoever_asks_for_them(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One an hour, each from another line."""
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    begin = time.time()

    def ask_at(hour: int, address: str) -> int:
        monkeypatch.setattr(ratelimit.time, "time", lambda: begin + 3600 * hour)
        return Client(REMOTE_ADDR=f"192.0.2.{hour}").post(FORGOTTEN, {"email": address}).status_code

    codes = [[ask_at(hour, address) for hour in range(7)] for address in (make_person().email, UNKNOWN)]

    assert codes == [[302] * 5 + [429] * 2] * 2
    told = Client(REMOTE_ADDR="192.0.2.99").post(FORGOTTEN, {"email": UNKNOWN}).content.decode()
    assert "fünf am Tag an eine Adresse" in told and "Ihrem Anschluss gerade" not in told
