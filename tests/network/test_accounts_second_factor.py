"""The second factor: nobody writes without one, its secrets are not readable, and a lost one is replaced."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver, resolve
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.timezone import localdate

from monitoring.services.tokens import create_token
from network import second_factor
from network.app_forms import KEPT, SHOWN_SINCE
from network.models import Role, User
from network.second_factor import REACHABLE_WITHOUT
from smartregion.base.changes import changes_of
from smartregion.base.models import AuditEntry
from tests.addresses import address_of, routes
from tests.factories import make_municipality, make_user
from tests.monitoring.indicator_rows import make_indicator
from tests.network.people import (
    PASSWORD,
    SECOND_STEP,
    SIGN_IN,
    app_code,
    by_password,
    code_for,
    give_app,
    is_in,
    later,
    make_person,
    signed_in,
    worker_at_once,
)

pytestmark = pytest.mark.django_db
CHOOSE, APP, CODES = "/konto/zweiter-faktor/", "/konto/zweiter-faktor/app/", "/konto/ersatzcodes/"


@pytest.fixture(autouse=True)
def unused_codes() -> None:
    cache.clear()


def person_of(role: Role) -> User:
    return make_person(role, municipality=make_municipality() if role == Role.MUNICIPALITY else None)


@pytest.mark.parametrize("role", list(Role))
def test_who_signs_in_without_a_second_factor_is_led_to_set_one_up(role: Role) -> None:
    client = by_password(person_of(role))

    answers = [client.get(page) for page in ("/", "/massnahmen/", "/arbeitsplatz/", "/konto/", "/api/v1/")]
    answers.append(client.post("/konto/benachrichtigungen/", {"digest": "never"}))

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, CHOOSE)] * 6


def test_no_address_but_those_named_answers_without_a_second_factor(keys: dict[str, Any]) -> None:
    client = by_password(make_person())

    addresses = [address_of(route, keys) for route in routes(get_resolver())]
    answered = [each for each in addresses if client.get(each).headers.get("Location") != CHOOSE]

    assert {resolve(address).url_name for address in answered} == REACHABLE_WITHOUT


def test_negative_control_without_the_guard_they_go_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_factor, "must_set_up", lambda request: False)

    assert by_password(make_person()).get("/arbeitsplatz/").status_code == 200


def test_in_production_a_session_without_any_proof_is_led_there_too(settings: Any) -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get("/arbeitsplatz/").status_code == 200

    settings.DEMO = False

    assert client.get("/arbeitsplatz/")["Location"] == CHOOSE


def test_a_button_of_the_demo_lets_in_without_a_second_factor(settings: Any) -> None:
    user = make_user(is_demo=True)
    client = Client()

    client.post("/anmelden/demo/", {"account": user.email})

    assert client.get("/arbeitsplatz/").status_code == 200


def test_a_program_with_a_token_is_not_asked(client: Client) -> None:
    until = localdate() + timedelta(days=30)
    _, secret = create_token(name="Z", indicators=[make_indicator()], expires_on=until, by=make_person())

    answer = client.get("/api/v1/indicators/zaehlung/values", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 200


def test_an_app_is_set_up_with_its_first_code_and_opens_the_way() -> None:
    client = by_password(make_person())
    page = client.get(APP)

    answer = client.post(APP, {"code": code_for(page.context["form"].secret)})

    assert answer["Location"] == CODES
    assert client.get("/arbeitsplatz/").status_code == 200
    assert len(client.get(CODES).context["unused"]) == 10


def test_the_code_that_set_up_an_app_counts_nowhere_else() -> None:
    user = make_person()
    client = by_password(user)
    code = code_for(client.get(APP).context["form"].secret)
    client.post(APP, {"code": code})
    elsewhere = by_password(user)

    answer = elsewhere.post(SECOND_STEP, {"code": code})

    assert (answer.status_code, is_in(elsewhere), is_in(client)) == (200, False, True)


def test_a_wrong_code_sets_up_nothing_and_the_page_says_what_to_do_if_none_fits() -> None:
    client = by_password(make_person())
    client.get(APP)

    page = client.post(APP, {"code": "000000"})

    assert "ob die Uhr des Geräts richtig geht" in page.context["form"].errors["code"][0]
    assert (Authenticator.objects.count(), client.get("/arbeitsplatz/")["Location"]) == (0, CHOOSE)


def key_shown(client: Client) -> str:
    return str(client.get(APP).context["form"].secret)


def test_the_key_stays_the_same_until_the_app_is_set_up() -> None:
    client = by_password(make_person())
    key = key_shown(client)

    assert (key_shown(client), client.post(APP, {"code": "000000"}).context["form"].secret) == (key, key)
    assert client.post(APP, {"code": code_for(key)})["Location"] == CODES

    Authenticator.objects.all().delete()
    assert key_shown(client) != key


def test_a_key_that_was_shown_long_ago_is_replaced() -> None:
    client = by_password(make_person())
    key = key_shown(client)
    session = client.session
    session[SHOWN_SINCE] -= KEPT
    session.save()

    new = key_shown(client)

    assert (new != key, key_shown(client)) == (True, new)


def test_the_picture_is_made_here_and_holds_the_key() -> None:
    page = by_password(make_person()).get(APP)

    assert page.content.decode().count('src="data:image/svg+xml;base64,') == 1
    assert f"secret={page.context['form'].secret}" in page.context["totp_url"]


def test_an_app_on_the_same_phone_is_opened_by_a_link_before_any_picture() -> None:
    page = by_password(make_person()).get(APP)

    content = page.content.decode()
    link = content.index(f'href="{escape(page.context["totp_url"])}"')
    assert page.context["totp_url"].startswith("otpauth://totp/")
    assert link < content.index('<code class="secret">') < content.index('<img class="qr"')


def test_the_password_alone_does_not_let_in() -> None:
    user = make_person(factor=True)
    client = by_password(user)

    assert client.get("/konto/").status_code == 302
    assert client.post(SECOND_STEP, {"code": "000000"}).status_code == 200
    assert client.get("/konto/").status_code == 302
    assert client.post(SECOND_STEP, {"code": app_code(user)}).status_code == 302
    assert is_in(client)


def test_a_code_counts_once() -> None:
    user = make_person(factor=True)
    code = app_code(user)
    first, second = by_password(user), by_password(user)

    assert first.post(SECOND_STEP, {"code": code}).status_code == 302
    assert second.post(SECOND_STEP, {"code": code}).status_code == 200


def test_a_recovery_code_lets_in_once() -> None:
    user = make_person(factor=True)
    code = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]

    assert by_password(user).post(SECOND_STEP, {"code": code}).status_code == 302
    assert by_password(user).post(SECOND_STEP, {"code": code}).status_code == 200


def test_new_recovery_codes_make_the_old_ones_useless() -> None:
    user = make_person(factor=True)
    client = signed_in(user)
    old = client.get(CODES).context["unused"]

    assert client.post(CODES).status_code == 405
    assert "Alle bisherigen gelten dann nicht mehr" in client.get(f"{CODES}neu/").content.decode()
    assert client.get(CODES).context["unused"] == old
    client.post(f"{CODES}neu/")

    new = client.get(CODES).context["unused"]
    assert (len(new), set(new) & set(old)) == (10, set())
    assert by_password(user).post(SECOND_STEP, {"code": old[0]}).status_code == 200


def test_recovery_codes_can_be_taken_along_as_a_file() -> None:
    client = signed_in(make_person(factor=True))

    file = client.get(f"{CODES}ersatzcodes.txt")

    codes = client.get(CODES).context["unused"]
    assert file["Content-Disposition"] == 'attachment; filename="ersatzcodes.txt"'
    assert [line for line in file.content.decode().splitlines() if line.isdigit()] == codes
    assert f"Stand {date_format(localdate(), 'j. F Y')}" in file.content.decode()
    assert "no-store" in file["Cache-Control"]


def test_guessing_codes_ends_after_eight_tries_in_whatever_browser() -> None:
    user = make_person(factor=True)
    for _ in range(8):
        by_password(user).post(SECOND_STEP, {"code": "000000"})

    client = by_password(user)
    page = client.post(SECOND_STEP, {"code": app_code(user)})

    assert (is_in(client), "Zu viele falsche Codes." in page.content.decode()) == (False, True)


def test_no_secret_stands_readable_in_the_database() -> None:
    user = make_user()
    secret = give_app(user)

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]

    codes = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()
    assert [word for word in [secret, *codes] if word in stored] == []
    assert app_code(user) == code_for(secret)


def test_another_key_of_the_portal_reads_none_and_says_so(settings: Any) -> None:
    user = make_person(factor=True)
    code = app_code(user)
    settings.SECOND_FACTOR_KEY = "ein anderer Schlüssel"

    page = by_password(user).post(SECOND_STEP, {"code": code})

    assert (page.status_code, "lässt sich nicht mehr prüfen" in page.content.decode()) == (200, True)
    owner = Client()
    owner.force_login(user)
    assert owner.get("/konto/").status_code == 200


def test_the_only_factor_stays_and_another_one_may_go() -> None:
    user = make_person(factor=True)
    client = signed_in(user)
    app = user.authenticator_set.get(type="totp")

    client.post(f"{CHOOSE}{app.pk}/entfernen/")
    assert Authenticator.objects.filter(pk=app.pk).exists()

    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Handy", "credential": {}})
    client.post(f"{CHOOSE}{app.pk}/entfernen/")
    assert not Authenticator.objects.filter(pk=app.pk).exists()


def test_nobody_removes_a_factor_of_somebody_else() -> None:
    other, client = make_person(factor=True), signed_in(make_person(factor=True))
    app = other.authenticator_set.get(type="totp")

    assert client.post(f"{CHOOSE}{app.pk}/entfernen/").status_code == 404
    assert Authenticator.objects.filter(pk=app.pk).exists()


@pytest.mark.parametrize(
    "page",
    [CODES, f"{CODES}neu/", f"{CODES}ersatzcodes.txt", APP, f"{CHOOSE}passkey/", "/konto/adresse/", "REMOVE"],
)
def test_before_something_changes_the_person_is_asked_again(page: str) -> None:
    user = make_person()
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Handy", "credential": {}})
    give_app(user)
    if page in {APP, f"{CHOOSE}passkey/"}:
        user.authenticator_set.filter(type="totp").delete()
        client = by_password(make_person())
    else:
        client = signed_in(user)
        page = page.replace("REMOVE", f"{CHOOSE}{user.authenticator_set.get(type='totp').pk}/entfernen/")
    fresh = client.get(page).status_code
    later(client)

    assert fresh == 200
    assert unquote(client.get(page)["Location"]) == f"/konto/bestaetigen/?next={page}"


def test_the_password_proves_it_for_some_minutes_and_a_wrong_one_does_not() -> None:
    client = signed_in(make_person(factor=True))
    later(client)
    asked = f"/konto/bestaetigen/?next={CODES}"

    assert client.post(asked, {"password": "falsch"}).status_code == 200
    assert client.get(CODES).status_code == 302
    assert client.post(asked, {"password": PASSWORD})["Location"] == CODES
    assert client.get(CODES).status_code == 200


def test_a_code_proves_it_too() -> None:
    user = make_person(factor=True)
    client = signed_in(user)
    later(client)
    cache.clear()

    client.post(f"/konto/bestaetigen/code/?next={CODES}", {"code": app_code(user)})

    assert client.get(CODES).status_code == 200


def test_the_administration_resets_a_lost_factor_and_the_history_says_why() -> None:
    user, administrator = make_person(factor=True), make_person(Role.ADMINISTRATION, factor=True)
    theirs, client = signed_in(user), signed_in(administrator)

    assert client.post(f"/konten/{user.pk}/zweiter-faktor/", {"reason": ""}).status_code == 200
    client.post(f"/konten/{user.pk}/zweiter-faktor/", {"reason": "Handy verloren"})

    change = changes_of(user)[0]
    assert (change.by, change.reason) == (administrator.name, "Handy verloren")
    assert [field.label for field in change.fields] == ["zweiter Faktor zurückgesetzt am"]
    assert (user.authenticator_set.count(), is_in(theirs)) == (0, False)
    assert by_password(user).get("/arbeitsplatz/")["Location"] == CHOOSE


@pytest.mark.parametrize(("is_reset", "way_on"), [(True, CODES), (False, None)])
def test_a_reset_lets_somebody_who_was_locked_out_set_up_a_new_app(is_reset: bool, way_on: str) -> None:
    user, administrator = make_person(factor=True), signed_in(make_person(Role.ADMINISTRATION, factor=True))
    for _ in range(8):
        by_password(user).post(SECOND_STEP, {"code": "000000"})

    Authenticator.objects.filter(user=user).delete()
    if is_reset:
        administrator.post(f"/konten/{user.pk}/zweiter-faktor/", {"reason": "Handy verloren"})
    client = by_password(user)
    answer = client.post(APP, {"code": code_for(key_shown(client))})

    assert answer.headers.get("Location") == way_on
    assert is_reset or "Bitte warten Sie 15 Minuten" in answer.content.decode()


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_reset_opens_an_account_that_wrong_passwords_closed(is_reset: bool) -> None:
    user, administrator = make_person(factor=True), signed_in(make_person(Role.ADMINISTRATION, factor=True))
    for _ in range(8):
        by_password(user, "ein-falsches-Passwort")

    if is_reset:
        administrator.post(f"/konten/{user.pk}/zweiter-faktor/", {"reason": "Handy verloren"})

    assert is_signed_in_by_password(by_password(user)) == is_reset


def is_signed_in_by_password(client: Client) -> bool:
    return client.get("/arbeitsplatz/").headers.get("Location") == CHOOSE


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.TEAM, Role.STEERING])
def test_nobody_else_resets_one(role: Role) -> None:
    user, client = make_person(factor=True), Client()
    client.force_login(make_user(role))

    answers = [client.post(f"/konten/{user.pk}/{verb}/", {"reason": "x"}) for verb in VERBS]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert (user.authenticator_set.count(), User.objects.get(pk=user.pk).is_active) == (2, True)


VERBS = ("zweiter-faktor", "abschalten", "anschalten", "abmelden")


def test_signing_in_leads_on_to_where_somebody_wanted_to_go() -> None:
    user = make_person(factor=True)
    client = Client()
    client.post(f"{SIGN_IN}?next=/massnahmen/", {"login": user.email, "password": PASSWORD})

    assert client.post(SECOND_STEP, {"code": app_code(user)})["Location"] == "/massnahmen/"


def test_every_name_that_is_reachable_without_exists() -> None:
    assert REACHABLE_WITHOUT - get_resolver().reverse_dict.keys() == set()


MADE_UP = ["{", "null", "5", "[]", '{"id": 1}', '{"response": {"userHandle": "MQ"}}', '{"response": []}']
ENDLESS = ["9" * 5_000, "[" * 100_000]


@pytest.mark.parametrize("made_up", [*MADE_UP, *ENDLESS], ids=lambda made_up: made_up[:40])
def test_an_answer_that_no_device_gives_breaks_nothing(made_up: str) -> None:
    user = make_person(factor=True)
    step, inside = by_password(user), signed_in(user)

    answers = [
        Client().post("/anmelden/passkey/", {"credential": made_up}),
        step.post(SECOND_STEP, {"credential": made_up}),
        inside.post(f"{CHOOSE}passkey/", {"credential": made_up, "name": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [302, 200, 200]
    assert (is_in(step), Authenticator.objects.filter(type="webauthn").count()) == (False, 0)


def test_an_operator_takes_a_lost_factor_away_and_the_audit_log_tells() -> None:
    user = make_person(factor=True)

    call_command("reset_second_factor", user.email.upper(), reason="Gerät verloren")

    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEntry.objects.filter(kind="factor_reset", about=user.pk, account=None).count() == 1
    with pytest.raises(CommandError, match="kein Konto"):
        call_command("reset_second_factor", "niemand@example.org", reason="Gerät verloren")


def test_from_the_second_step_a_way_leads_back_to_another_sign_in() -> None:
    client, other = by_password(make_person(factor=True)), make_person(factor=True)
    assert client.get(SECOND_STEP).status_code == 200

    assert client.get(SIGN_IN).status_code == 200
    assert client.get(SECOND_STEP).status_code == 302
    client.post(SIGN_IN, {"login": other.email, "password": PASSWORD})
    client.post(SECOND_STEP, {"code": app_code(other)})

    assert client.get("/konto/").context["user"] == other


def test_a_wrong_code_after_the_right_password_is_noted() -> None:
    user = make_person(factor=True)

    by_password(user).post(SECOND_STEP, {"code": "000000"})

    assert AuditEntry.objects.filter(kind="factor_failed", about=user.pk).count() == 1


def test_the_code_that_locks_is_noted_as_a_lock_out_and_those_after_it_are_not() -> None:
    user = make_person(factor=True)

    def noted() -> int:
        return AuditEntry.objects.filter(kind="locked_out", about=user.pk).count()

    counts = []
    for _ in range(10):
        by_password(user).post(SECOND_STEP, {"code": "000000"})
        counts.append(noted())

    assert counts == [0] * 7 + [1] * 3


def test_a_new_factor_with_its_recovery_codes_is_noted_once(django_capture_on_commit_callbacks: Any) -> None:
    user = make_person()
    client = by_password(user)
    secret = client.get(APP).context["form"].secret
    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        client.post(APP, {"code": code_for(secret)})

    assert AuditEntry.objects.filter(kind="factor_added", account=user.pk).count() == 1


def test_the_second_step_offers_no_passkey_to_who_has_none() -> None:
    """Who has one is offered it in `tests/e2e/test_accounts.py`."""
    page = by_password(make_person(factor=True)).get(SECOND_STEP).content.decode()

    assert "Passkey verwenden" not in page
    assert "autofocus" in page
