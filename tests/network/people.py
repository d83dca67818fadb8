"""Accounts that sign in as people do: by password, with a second factor, on several devices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from network.models import Role, User
from smartregion.celery import app
from tests.factories import make_user

PASSWORD = "vier-lose-Woerter-hier"
SIGN_IN, SECOND_STEP = "/anmelden/", "/anmelden/zweiter-faktor/"


def make_person(role: Role = Role.COORDINATION, *, factor: bool = False, **values: Any) -> User:
    """With a password; `factor` gives an authenticator app and recovery codes too."""
    user = make_user(role, **values)
    user.set_password(PASSWORD)
    user.save()
    if factor:
        give_app(user)
    return user


def give_app(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_for(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def app_code(user: User) -> str:
    from network.second_factor import SecondFactorAdapter

    factor = user.authenticator_set.get(type="totp")  # type: ignore[attr-defined]
    return code_for(SecondFactorAdapter().decrypt(factor.data["secret"]))


def by_password(user: User, password: str = PASSWORD, **extra: Any) -> Client:
    """A new browser, in which somebody typed address and password."""
    client = Client(**extra)
    client.post(SIGN_IN, {"login": user.email, "password": password})
    return client


def signed_in(user: User, **extra: Any) -> Client:
    """A new browser, signed in with both factors."""
    client = by_password(user, **extra)
    cache.clear()  # a code counts once; here several browsers take the same
    answer = client.post(SECOND_STEP, {"code": app_code(user)})
    assert answer.status_code == 302
    return client


def later(client: Client, seconds: int = 600) -> None:
    """As if the person had signed in earlier."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**each, "at": each["at"] - seconds} for each in records]
    session.save()


def is_in(client: Client) -> bool:
    return bool(client.get("/konto/").status_code == 200)


@contextmanager
def worker_at_once() -> Iterator[None]:
    """Tasks are done where they are asked for, as a worker would do them."""
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = False


def link_in(mail: Any, path: str) -> str:
    """The address without the host, of the link in the mail that begins like this."""
    word = next(word for word in mail.body.split() if f"/{path}" in word)
    return "/" + word.split("/", 3)[3]
