"""Signing in by a service, with a real one: whom it lets in, with which role, and what it cannot do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from network.forgotten import mail_for
from network.models import Role, User
from smartregion import sign_in_services
from smartregion.base.changes import changes_of
from tests.factories import make_municipality, make_region, make_user
from tests.network.oidc_server import CLIENT, SECRET, OidcServer, new_key, oidc_server
from tests.network.people import PASSWORD, SECOND_STEP, app_code, by_password, give_app, is_in, signed_in
from tests.smartregion.test_settings import PRODUCTION, refusal

pytestmark = pytest.mark.django_db
DOOR = "/anmelden/dienst/kreis/"
ROLES = {
    "portal-leitung": "administration",
    "portal-koordination": "coordination",
    "portal-kommune": "municipality",
}
BY_GROUP: dict[str, Any] = {
    "create_accounts": True,
    "role_claim": "groups",
    "roles": ROLES,
    "municipality_claim": "ort",
    "second_factor_amr": ["mfa"],
}


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()
    cache.clear()


@pytest.fixture
def service() -> Iterator[OidcServer]:
    with oidc_server() as server:
        server.claims = {
            "sub": "person-1",
            "name": "Frau Dienst",
            "email": "dienst@example.org",
            "email_verified": True,
        }
        yield server


@pytest.fixture
def offered(settings: Any, service: OidcServer, tmp_path: Path) -> Any:
    """`offered(**entry)` puts the service into the file, and the file into the settings."""

    def offer(**values: Any) -> None:
        entry = {
            "id": "kreis",
            "name": "Kreis Musterland",
            "issuer": service.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            **values,
        }
        file = tmp_path / "dienste.json"
        file.write_text(json.dumps([entry, {**entry, "id": "anderer"}]))
        settings.SIGN_IN_SERVICES = sign_in_services.read(str(file))

    return offer


def come_in(client: Client, door: str = DOOR) -> HttpResponse:
    """As a browser goes: to the service, and back with what it says."""
    there = client.get(door)
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def told(answer: HttpResponse) -> str:
    return str(answer.context["reason"])


UNKNOWN = "Zu Ihrer Anmeldung gibt es in diesem Portal noch kein Konto."
NO_ROLE = "Ihr Anmeldedienst nennt für dieses Portal keine Rolle."
FAILED = "Die Anmeldung über den Dienst ist nicht zustande gekommen."


def test_the_sign_in_page_offers_each_service(client: Client, offered: Any) -> None:
    offered()

    page = client.get("/anmelden/?next=/massnahmen/").content.decode()

    assert f'href="{DOOR}?next=/massnahmen/"' in page
    assert 'href="/anmelden/dienst/anderer/?next=/massnahmen/"' in page


def test_who_is_not_known_is_refused_in_words(client: Client, offered: Any) -> None:
    offered()

    answer = come_in(client)

    assert (answer.status_code, told(answer)) == (403, UNKNOWN)
    assert "bitten Sie die Koordinierungsstelle um eine Einladung" in answer.content.decode()
    assert (User.objects.count(), SocialAccount.objects.count(), is_in(client)) == (0, 0, False)


def test_the_mapping_may_let_people_in_with_role_and_municipality(
    client: Client, offered: Any, service: OidcServer
) -> None:
    place = make_municipality()
    offered(
        create_accounts=True,
        role_claim="realm_access.roles",
        roles=ROLES,
        municipality_claim="ort",
        municipalities={"05554": place.slug},
    )
    service.claims |= {"realm_access": {"roles": ["anderes", "portal-kommune"]}, "ort": "05554"}

    come_in(client)

    user = User.objects.get()
    assert (user.email, user.name, user.role, user.municipality) == (
        "dienst@example.org",
        "Frau Dienst",
        Role.MUNICIPALITY,
        place,
    )
    assert not user.has_usable_password()
    assert [(change.by, change.reason) for change in changes_of(user)] == [
        ("Kreis Musterland", "Erste Anmeldung über den Dienst")
    ]
    assert client.get("/arbeitsplatz/")["Location"] == "/konto/zweiter-faktor/"


def test_nothing_of_what_the_service_says_is_kept_but_its_key(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(create_accounts=True, default_role="team")

    come_in(client)

    row = SocialAccount.objects.get()
    assert (row.provider, row.uid, row.extra_data, SocialToken.objects.count()) == (
        "kreis",
        "person-1",
        {},
        0,
    )


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"groups": []}, NO_ROLE),
        ({"groups": ["fremd"]}, NO_ROLE),
        ({"groups": 7}, NO_ROLE),
        ({"groups": "portal-kommune"}, NO_ROLE),
        ({"groups": "portal-kommune", "ort": "gibt-es-nicht"}, NO_ROLE),
        ({"groups": "portal-koordination", "email": "", "email_verified": False}, UNKNOWN),
        ({"groups": "portal-koordination", "email": "keine Adresse"}, UNKNOWN),
    ],
)
def test_claims_that_give_no_place_let_nobody_in(
    client: Client, offered: Any, service: OidcServer, claims: dict[str, Any], reason: str
) -> None:
    offered(create_accounts=True, role_claim="groups", roles=ROLES, municipality_claim="ort")
    service.claims |= claims

    answer = come_in(client)

    assert (answer.status_code, told(answer), User.objects.count()) == (403, reason, 0)


def test_of_several_roles_the_first_in_the_file_counts(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(create_accounts=True, role_claim="groups", roles=ROLES, municipality_claim="ort")
    service.claims["groups"] = ["portal-koordination", "portal-leitung"]

    come_in(client)

    assert User.objects.get().role == Role.ADMINISTRATION


def test_the_role_follows_the_claim_at_each_sign_in_and_sessions_elsewhere_end(
    offered: Any, service: OidcServer
) -> None:
    make_user(Role.ADMINISTRATION)
    offered(**BY_GROUP)
    service.claims |= {"groups": "portal-koordination", "amr": ["pwd", "mfa"]}
    earlier, later = Client(), Client()
    come_in(earlier)
    assert is_in(earlier)

    service.claims["groups"] = "portal-leitung"
    come_in(later)

    user = User.objects.get(email="dienst@example.org")
    change = changes_of(user)[0]
    assert (user.role, is_in(earlier), is_in(later)) == (Role.ADMINISTRATION, False, True)
    assert (change.by, change.reason) == ("Kreis Musterland", "Rolle laut Anmeldedienst")


def test_a_role_that_is_gone_shuts_the_door(client: Client, offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, role_claim="groups", roles=ROLES, municipality_claim="ort")
    service.claims["groups"] = "portal-koordination"
    come_in(Client())

    service.claims["groups"] = "ausgeschieden"

    assert told(come_in(client)) == NO_ROLE


def test_who_has_no_role_any_more_is_out_everywhere_and_comes_in_by_no_other_way(
    offered: Any, service: OidcServer
) -> None:
    offered(**BY_GROUP)
    service.claims |= {"groups": "portal-koordination", "amr": ["mfa"]}
    earlier = Client()
    come_in(earlier)
    user = User.objects.get(email="dienst@example.org")
    user.set_password(PASSWORD)
    user.save()
    come_in(still_in := Client())
    assert is_in(still_in)

    service.claims["groups"] = "ausgeschieden"
    come_in(Client())

    typed = by_password(user)
    change = changes_of(user)[0]
    assert (is_in(still_in), is_in(typed), User.objects.get(pk=user.pk).is_active) == (False, False, False)
    assert (change.by, change.reason) == ("Kreis Musterland", NO_ROLE)


def test_the_last_administrator_without_a_role_loses_the_sessions_alone(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(**BY_GROUP)
    service.claims |= {"groups": "portal-leitung", "amr": ["mfa"]}
    come_in(client)
    assert is_in(client)

    service.claims["groups"] = []
    answer = come_in(Client())

    assert (told(answer), is_in(client), User.objects.get().is_active) == (NO_ROLE, False, True)


def test_an_account_that_never_came_by_the_service_is_not_shut_off_by_it(
    client: Client, offered: Any, service: OidcServer
) -> None:
    User.objects.create_user("dienst@example.org", name="Frau Dienst", role=Role.TEAM)
    offered(link_by_email=True, role_claim="groups", roles=ROLES, municipality_claim="ort")

    assert (told(come_in(client)), User.objects.get().is_active) == (NO_ROLE, True)


def test_an_address_that_the_service_gave_to_somebody_else_does_not_open_the_account(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(link_by_email=True, create_accounts=True, default_role="coordination", second_factor_amr=["otp"])
    service.claims["amr"] = ["otp"]
    come_in(Client())

    service.claims |= {"sub": "person-2", "name": "Nachfolger"}
    answer = come_in(client)

    assert (told(answer), is_in(client)) == (UNKNOWN, False)
    assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["person-1"]


@pytest.mark.parametrize(
    ("password", "is_linked", "has_link"),
    [(None, True, False), (PASSWORD, True, True), (None, False, True)],
    ids=["by a service alone", "by both", "never signed in"],
)
def test_who_comes_by_a_service_alone_gets_no_password_by_mail(
    password: str | None, is_linked: bool, has_link: bool
) -> None:
    user = User.objects.create_user("dienst@example.org", password, name="Frau Dienst", role=Role.TEAM)
    if is_linked:
        SocialAccount.objects.create(user=user, provider="kreis", uid="person-1")

    body = mail_for(user.email).body  # type: ignore[union-attr]

    assert ("/konto/passwort/neu/" in body, "über den Dienst Ihrer Verwaltung" in body) == (
        has_link,
        not has_link,
    )


def test_the_last_administrator_stays_one_whatever_the_service_says(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(create_accounts=True, role_claim="groups", roles=ROLES, municipality_claim="ort")
    service.claims["groups"] = "portal-leitung"
    come_in(Client())

    service.claims["groups"] = "portal-koordination"
    come_in(client)

    assert User.objects.get().role == Role.ADMINISTRATION


def test_an_account_that_is_shut_off_stays_shut(client: Client, offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team")
    come_in(Client())
    User.objects.update(is_active=False)

    answer = come_in(client)

    assert told(answer) == "Ihr Konto in diesem Portal ist abgeschaltet."
    assert not is_in(client)


@pytest.mark.parametrize(
    ("entry", "verified", "is_linked"),
    [
        ({"link_by_email": True}, True, True),
        ({}, True, False),
        ({"link_by_email": True}, False, False),
        ({"link_by_email": True}, "true", False),
    ],
    ids=["linked", "not allowed", "not verified", "verified only in words"],
)
def test_an_address_links_an_account_only_if_the_file_says_so_and_the_service_has_checked_it(
    offered: Any, service: OidcServer, entry: dict[str, Any], verified: Any, is_linked: bool
) -> None:
    user = make_user(Role.TEAM)
    user.email = "dienst@example.org"
    user.set_password("vier-lose-Woerter-hier")
    user.save()
    offered(**entry)
    service.claims["email_verified"] = verified

    come_in(Client())

    user.refresh_from_db()
    assert SocialAccount.objects.filter(user=user).exists() == is_linked
    assert (user.role, user.has_usable_password()) == (Role.TEAM, True)


def test_the_same_person_comes_back_though_their_address_changed(
    client: Client, offered: Any, service: OidcServer
) -> None:
    offered(create_accounts=True, default_role="team")
    come_in(Client())

    service.claims["email"] = "anders@example.org"
    come_in(client)

    assert list(User.objects.values_list("email", flat=True)) == ["dienst@example.org"]


def test_a_new_person_does_not_take_the_address_of_an_account(
    client: Client, offered: Any, service: OidcServer
) -> None:
    user = make_user(Role.ADMINISTRATION)
    service.claims["email"] = user.email.upper()
    offered(create_accounts=True, default_role="team")

    assert told(come_in(client)) == UNKNOWN
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_two_services_do_not_know_each_other_s_people(offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team")
    come_in(Client())
    service.claims["email"] = "zweite@example.org"

    come_in(Client(), "/anmelden/dienst/anderer/")

    assert sorted(SocialAccount.objects.values_list("provider", "uid")) == [
        ("anderer", "person-1"),
        ("kreis", "person-1"),
    ]
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("entry", "claims", "counts"),
    [
        ({"second_factor_amr": ["otp"]}, {"amr": ["pwd", "otp"]}, True),
        ({"second_factor_acr": ["hoch"]}, {"acr": "hoch"}, True),
        ({"second_factor_amr": ["otp"]}, {"amr": ["pwd"]}, False),
        ({"second_factor_amr": ["otp"]}, {"amr": {"otp": 1}}, False),
        ({"second_factor_acr": ["hoch"]}, {"acr": ["hoch"]}, False),
        ({}, {"amr": ["otp"], "acr": "hoch"}, False),
    ],
)
def test_a_second_factor_of_the_service_counts_as_the_file_says(
    offered: Any, service: OidcServer, entry: dict[str, Any], claims: dict[str, Any], counts: bool
) -> None:
    client = Client()
    offered(create_accounts=True, default_role="team", **entry)
    service.claims |= claims

    come_in(client)

    assert is_in(client) == counts


def test_what_the_user_info_alone_says_is_no_second_factor_of_the_signed_token(
    client: Client, offered: Any, service: OidcServer
) -> None:
    """The signed values go before those that are not."""
    offered(create_accounts=True, default_role="team", second_factor_amr=["otp"])
    service.claims["amr"] = ["pwd"]
    service.userinfo = {**service.claims, "amr": ["otp"]}

    come_in(client)

    assert not is_in(client)


def test_an_own_second_factor_is_asked_unless_the_service_has(offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team", second_factor_amr=["otp"])
    come_in(Client())
    user = User.objects.get()
    give_app(user)

    without, with_one = Client(), Client()
    answer = come_in(without)
    service.claims["amr"] = ["otp"]
    come_in(with_one)

    assert (answer["Location"], is_in(without), is_in(with_one)) == (SECOND_STEP, False, True)
    without.post(SECOND_STEP, {"code": app_code(user)})
    assert is_in(without)
    assert Authenticator.objects.filter(user=user).count() == 2


FORGED: dict[str, dict[str, Any]] = {
    "another key": {"signs_with": new_key()},
    "no signature": {"signs_with": "", "algorithm": "none"},
    "signed with a shared secret": {"signs_with": SECRET * 6, "algorithm": "HS256"},
    "for another program": {"overrides": {"aud": "anderes"}},
    "of another issuer": {"overrides": {"iss": "https://fremd.example.org"}},
    "out of date": {"overrides": {"exp": 1}},
    "of another sign-in": {"overrides": {"nonce": "x"}},
    "discovery of another issuer": {"told_issuer": "https://fremd.example.org"},
    "user info of somebody else": {"userinfo": {"sub": "person-2"}},
}


@pytest.mark.parametrize("values", FORGED.values(), ids=FORGED)
def test_a_forged_answer_lets_nobody_in(
    client: Client, offered: Any, service: OidcServer, values: dict[str, Any]
) -> None:
    offered(create_accounts=True, default_role="team", second_factor_amr=["otp"])
    service.claims["amr"] = ["otp"]
    for name, value in values.items():
        setattr(service, name, value)

    answer = come_in(client)

    assert (answer.status_code, told(answer)) == (403, FAILED)
    assert (User.objects.count(), is_in(client)) == (0, False)


def test_an_answer_for_another_browser_is_refused(offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team", second_factor_amr=["otp"])
    service.claims["amr"] = ["otp"]
    mine, other = Client(), Client()
    there = mine.get(DOOR)["Location"]
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])

    answer = other.get(f"{back.path}?{back.query}")

    assert (answer.status_code, told(answer), is_in(other)) == (403, FAILED, False)


def test_an_answer_counts_once(client: Client, offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team")
    back = urlsplit(
        requests.get(client.get(DOOR)["Location"], allow_redirects=False, timeout=5).headers["Location"]
    )
    client.get(f"{back.path}?{back.query}")

    assert client.get(f"{back.path}?{back.query}").status_code in {302, 403}
    assert service.tokens == 1


def test_who_gives_up_at_the_service_is_told_so(client: Client, offered: Any) -> None:
    offered()
    state = parse_qs(urlsplit(client.get(DOOR)["Location"]).query)["state"][0]

    answer = client.get(f"{DOOR}antwort/?error=access_denied&state={state}")

    assert told(answer) == "Sie haben die Anmeldung abgebrochen."


def test_the_way_there_is_protected(client: Client, offered: Any) -> None:
    offered()

    asked = parse_qs(urlsplit(client.get(DOOR)["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver{DOOR}antwort/"]
    assert {len(asked[name][0]) > 15 for name in ("state", "nonce", "code_challenge")} == {True}


def test_who_wanted_to_go_somewhere_gets_there_and_nowhere_else(offered: Any, service: OidcServer) -> None:
    offered(create_accounts=True, default_role="team")

    ways = [
        come_in(Client(), f"{DOOR}?next={target}")
        for target in ("/massnahmen/", "https://fremd.example.org/")
    ]

    assert [way["Location"] for way in ways] == ["/massnahmen/", "/arbeitsplatz/"]


def test_a_service_that_is_away_is_told_in_words(client: Client, offered: Any, service: OidcServer) -> None:
    offered()
    service.is_broken = True

    assert (client.get(DOOR).status_code, client.get("/anmelden/").status_code) == (502, 200)


@pytest.mark.parametrize("name", ["gibt-es-nicht", "openid_connect"])
def test_a_service_that_is_not_offered_is_missing(client: Client, offered: Any, name: str) -> None:
    offered()

    pages = [f"/anmelden/dienst/{name}/", f"/anmelden/dienst/{name}/antwort/"]

    assert [client.get(page).status_code for page in pages] == [404, 404]


def test_who_is_signed_in_stays_so(offered: Any) -> None:
    offered()
    user = make_user()
    user.set_password("vier-lose-Woerter-hier")
    user.save()
    give_app(user)
    client = signed_in(user)

    assert client.get(DOOR)["Location"] == "/arbeitsplatz/"
    assert is_in(client)


def entry(**values: Any) -> dict[str, Any]:
    needed = {
        "id": "a",
        "name": "A",
        "issuer": "https://a.example.org",
        "client_id": "x",
        "client_secret": "y",
    }
    return {key: value for key, value in {**needed, **values}.items() if value is not None}


WRONG: list[tuple[Any, str]] = [
    ({}, "muss eine Liste von Anmeldediensten stehen"),
    ([entry(client_secret=None)], "„client_secret“ fehlt oder ist kein Text."),
    ([entry(geheim=1)], "„geheim“ kennt das Portal nicht."),
    ([entry(id="A B")], "„id“ darf nur Kleinbuchstaben, Ziffern und Bindestriche haben."),
    ([entry(issuer="http://a.example.org")], "„issuer“ muss mit https:// beginnen."),
    ([entry(role_claim="g", roles={"x": "chef"})], "Die Rolle „chef“ gibt es nicht; es gibt coordination, "),
    ([entry(roles={"x": "team"})], "„role_claim“ und „roles“ gehören zusammen."),
    ([entry(role_claim=7)], "„role_claim“ muss ein Text sein."),
    ([entry(scopes="openid")], "„scopes“ muss eine Liste von Texten sein."),
    (
        [entry(role_claim="g", roles={"x": "municipality"})],
        "Die Rolle „municipality“ braucht „municipality_claim“.",
    ),
    ([entry(municipalities={"x": "y"})], "„municipalities“ braucht „municipality_claim“."),
    ([entry(municipalities={"x": 1})], "„municipalities“ muss jedem Wert einen Text zuordnen"),
    ([entry(create_accounts=True)], "„create_accounts“ braucht „roles“ oder „default_role“."),
    ([entry(create_accounts="ja")], "„create_accounts“ muss true oder false sein."),
    ([entry(), entry()], "gibt es „a“ mehrfach"),
]


@pytest.mark.parametrize(("content", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_wrong_file_ends_the_start_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, sentence: str
) -> None:
    file = tmp_path / "dienste.json"
    file.write_text(json.dumps(content))

    with pytest.raises(SystemExit):
        sign_in_services.read(str(file))

    assert sentence in capsys.readouterr().err


def test_a_portal_does_not_start_with_a_file_that_is_missing_or_no_json(tmp_path: Path) -> None:
    broken = tmp_path / "dienste.json"
    broken.write_text("{")

    for path, words in [
        (tmp_path / "fehlt.json", "lässt sich nicht lesen"),
        (broken, "ist kein gültiges JSON"),
    ]:
        is_refused, said = refusal({**PRODUCTION, "SMARTREGION_SIGN_IN_SERVICES": str(path)})
        assert (is_refused, words in said, said.count("\n")) == (True, True, 0)


def test_the_roles_of_the_file_are_those_of_the_accounts() -> None:
    assert set(sign_in_services.ROLES) == set(Role.values)
