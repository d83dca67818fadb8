"""What somebody who was in an account may have left open, and that each way to throw them out ends it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate

from governance.services.calendar import renew_calendar_link
from monitoring.services.tokens import create_token
from network.account_services import (
    ask_for_address,
    end_all_sessions,
    reset_second_factor,
    set_active,
    take_role,
)
from network.forgotten import mail_for
from network.models import AddressChange, Invitation, Role, User
from smartregion.base import ways_in
from smartregion.base.audit import Kind
from smartregion.base.hashed import hash_of
from smartregion.base.models import AuditEntry
from tests.factories import make_municipality, make_user
from tests.monitoring.indicator_rows import make_indicator
from tests.network.people import (
    PASSWORD,
    SECOND_STEP,
    app_code,
    by_password,
    is_in,
    link_in,
    make_person,
    signed_in,
)

pytestmark = pytest.mark.django_db
NEW = "ganz-neue-Woerter-dort"
SECRET = "x" * 43


@pytest.fixture(autouse=True)
def unused_codes() -> None:
    cache.clear()


def new_password(user: User) -> None:
    signed_in(user).post("/konto/passwort/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})


def forgotten_password(user: User) -> None:
    client, mail = Client(), mail_for(user.email)
    form = client.get(link_in(mail, "konto/passwort/neu/"))["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})


def by_administration(verb: Callable[..., None], **values: Any) -> Callable[[User], None]:
    return lambda user: verb(user=user, by=make_user(Role.ADMINISTRATION), **values)


ENDS: dict[str, Callable[[User], Any]] = {
    "new password": new_password,
    "forgotten password": forgotten_password,
    "signed out everywhere": lambda user: signed_in(user).post("/konto/anmeldungen/beenden/"),
    "signed out by the administration": by_administration(end_all_sessions),
    "second factor reset": by_administration(reset_second_factor, reason="Gerät gestohlen"),
    "shut off": by_administration(set_active, active=False, reason="Ausgeschieden"),
}


def another_role(user: User) -> None:
    administrator = signed_in(make_person(Role.ADMINISTRATION, factor=True))
    values = {"name": str(user.name), "role": Role.COORDINATION, "reason": "Wechsel"}
    assert administrator.post(f"/konten/{user.pk}/aendern/", values).status_code == 302


def another_municipality_by_the_service(user: User) -> None:
    take_role(user=user, role=Role.MUNICIPALITY, municipality=make_municipality("Andere"), provider="Kreis")


ROLE_CHANGES = {
    "another role": another_role,
    "another municipality by the sign-in service": another_municipality_by_the_service,
}


def leave_open(user: User) -> dict[str, Callable[[], int]]:
    """All ways in; each answers with its status."""
    ask_for_address(user=user, email="boese@example.org")
    AddressChange.objects.update(secret_hash=hash_of(SECRET))
    until, indicator = localdate() + timedelta(days=30), make_indicator(per_municipality=True)
    _, token = create_token(name="Z", indicators=[indicator], expires_on=until, by=user)
    calendar = renew_calendar_link(user=user)
    return {
        "address": lambda: Client().get(f"/konto/adresse/{SECRET}/").status_code,
        "token": lambda: (
            Client()
            .get(f"/api/v1/indicators/{indicator.key}/values", headers={"Authorization": f"Bearer {token}"})
            .status_code
        ),
        "calendar": lambda: Client().get(f"/kalender/{calendar}.ics").status_code,
    }


def answers(ways: dict[str, Callable[[], int]]) -> dict[str, int]:
    return {name: ask() for name, ask in ways.items()}


OPEN = {"address": 200, "token": 200, "calendar": 200}
CLOSED = {"address": 410, "token": 401, "calendar": 404}


@pytest.mark.parametrize("end", (ENDS | ROLE_CHANGES).values(), ids=ENDS | ROLE_CHANGES)
def test_what_throws_somebody_out_ends_every_way_in(end: Callable[[User], Any]) -> None:
    user = make_person(Role.MUNICIPALITY, factor=True, municipality=make_municipality())
    other = make_person(factor=True)
    ways = leave_open(user)
    ask_for_address(user=other, email="andere@example.org")
    before = answers(ways)

    end(user)

    assert (before, answers(ways)) == (OPEN, CLOSED)
    assert list(AddressChange.objects.values_list("user", flat=True)) == [other.pk]
    assert AuditEntry.objects.filter(kind=Kind.TOKEN_REVOKED).count() == 1


def test_negative_control_without_it_they_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "_ends", [])
    user = make_person(factor=True)
    ways = leave_open(user)

    ENDS["second factor reset"](user)

    assert answers(ways) == OPEN


FROM_ELSEWHERE = {name: end for name, end in (ENDS | ROLE_CHANGES).items() if name != "signed out everywhere"}


@pytest.mark.parametrize("end", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_who_has_typed_the_old_password_only_begins_anew(end: Callable[[User], Any]) -> None:
    user = make_person(Role.MUNICIPALITY, factor=True, municipality=make_municipality())
    half, code = by_password(user), app_code(user)

    end(user)
    cache.clear()
    answer = half.post(SECOND_STEP, {"code": code})

    assert (answer["Location"], is_in(half)) == ("/anmelden/", False)
    assert half.get(SECOND_STEP)["Location"] == "/anmelden/"


def test_who_waits_for_the_second_step_of_an_unchanged_account_gets_in() -> None:
    user = make_person(factor=True)
    half = by_password(user)

    assert half.post(SECOND_STEP, {"code": app_code(user)}).status_code == 302
    assert is_in(half)


def test_an_address_asked_for_by_an_account_that_was_shut_off_past_the_portal_does_not_come() -> None:
    user = make_person(factor=True)
    ways = leave_open(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert ways["address"]() == 410


LESS: dict[str, dict[str, Any]] = {
    "shut off": {"is_active": False},
    "of another role": {"role": Role.COORDINATION},
}


@pytest.mark.parametrize("change", LESS.values(), ids=LESS)
def test_an_invitation_counts_as_long_as_who_sent_it_could_still_send_it(change: dict[str, Any]) -> None:
    inviter, colleague = make_user(Role.ADMINISTRATION), Client()
    colleague.force_login(make_user(Role.ADMINISTRATION))
    invitation = Invitation.objects.create(
        email="neu@example.org",
        name="Neu",
        role=Role.ADMINISTRATION,
        secret_hash=hash_of(SECRET),
        invited_by=inviter,
    )
    User.objects.filter(pk=inviter.pk).update(**change)
    typed = {"name": "Neu", "way": "password", "password1": PASSWORD, "password2": PASSWORD}

    answer = Client().post(f"/konto/einladung/{SECRET}/", typed)

    assert (answer.status_code, User.objects.filter(email="neu@example.org").exists()) == (410, False)
    assert "hinfällig" in colleague.get("/konten/einladungen/").content.decode()
    colleague.post(f"/konten/einladungen/{invitation.pk}/erneut/")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WAITING
