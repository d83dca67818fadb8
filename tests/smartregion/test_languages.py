"""The public side in other languages: found by the address alone, written as its readers write."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from measures.models import Measure
from network.models import Role
from participation.mails import Letter, send
from participation.models import VisitorMail
from smartregion.base import money, written
from smartregion.base.access import PUBLIC, policy_of
from smartregion.base.languages import German, in_language
from smartregion.base.templatetags.base_tags import german, markdown, marked, whole_euro
from smartregion.languages import speaks_languages
from tests.factories import make_measure, make_municipality, make_region, make_user
from tests.test_house import all_patterns

ONLY_GERMAN = {
    "account_login",
    "address_confirm",
    "answer",
    "answer_cell",
    "api_index",
    "demo_sign_in",
    "document_file",
    "document_old_file",
    "health",
    "invitation",
    "invitation_accept",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "ogc_landing",
    "openid_connect_callback",
    "openid_connect_login",
    "paper_file",
    "ready",
    "unsubscribe",
}


@pytest.fixture
def measure() -> Measure:
    make_region()
    make_municipality("Aadorf")
    return make_measure("Netz", summary="Ein Netz für **alle**.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prefix", "language", "heading"),
    [("", "de", "Maßnahmen"), ("/en", "en", "Measures"), ("/nl", "nl", "Maatregelen")],
)
def test_the_address_tells_the_language(
    client: Client, measure: Measure, prefix: str, language: str, heading: str
) -> None:
    page = client.get(f"{prefix}/massnahmen/").content.decode()

    assert f'<html lang="{language}">' in page
    assert f"<h1>{heading}</h1>" in page
    assert f'href="{prefix}/massnahmen/netz/"' in page


@pytest.mark.django_db
def test_nothing_but_the_address_tells_the_language(client: Client, measure: Measure) -> None:
    plain = client.get("/massnahmen/")
    client.cookies["django_language"] = "nl"
    asked = client.get("/massnahmen/", headers={"Accept-Language": "nl, en;q=0.9"})

    assert asked.content == plain.content
    assert "Accept-Language" not in asked.headers.get("Vary", "")
    assert client.get("/en/").cookies.keys() == set()


@pytest.mark.django_db
def test_after_a_page_in_another_language_the_portal_speaks_german_again(client: Client) -> None:
    client.get("/en/")

    assert reverse("measures") == "/massnahmen/"


def test_public_pages_have_languages_but_for_those_named() -> None:
    german = {
        pattern.name
        for _namespaces, pattern in all_patterns(get_resolver())
        if policy_of(pattern.callback) == PUBLIC
        and not str(pattern.pattern).rpartition("/")[2]
        and not speaks_languages(pattern.callback, str(pattern.pattern))
    }

    assert german - {None} == ONLY_GERMAN  # what answers below the interfaces has no name


def test_what_is_for_accounts_files_and_programs_stays_without_a_prefix() -> None:
    with in_language("en"):
        assert reverse("account_login") == "/anmelden/"
        assert reverse("workplace") == "/arbeitsplatz/"
        assert reverse("measures_csv") == "/massnahmen/export.csv"
        assert reverse("oparl") == "/oparl/v1/system"
        assert reverse("admin:index") == "/verwaltung/"


@pytest.mark.django_db
def test_a_request_about_no_address_is_answered(client: Client) -> None:
    make_region()

    assert client.generic("OPTIONS", "*").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/en/anmelden/", "/en/massnahmen/export.csv", "/de/", "/fr/massnahmen/"])
def test_there_is_no_page_where_there_is_no_such_language(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_each_page_leads_to_itself_in_the_other_languages(
    client: Client, measure: Measure, settings: Any
) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    page = client.get("/nl/massnahmen/?phase=idea").content.decode()

    for code, prefix in (("de", ""), ("en", "/en"), ("nl", "/nl")):
        own = f"{prefix}/massnahmen/?phase=idea"
        assert f'<link rel="alternate" hreflang="{code}" href="https://portal.example.org{own}">' in page
        assert f'<a href="{own}" lang="{code}" hreflang="{code}"' in page
    assert '<link rel="alternate" hreflang="x-default" href="https://portal.example.org/massnahmen/' in page
    assert page.count('aria-current="true">Nederlands') == 1


@pytest.mark.django_db
def test_a_page_without_versions_leads_to_the_home_page(client: Client) -> None:
    page = client.get("/anmelden/").content.decode()

    assert '<a href="/en/" lang="en"' in page
    assert "hreflang" not in page.split("</head>")[0]


@pytest.mark.django_db
def test_content_is_marked_as_german_and_the_page_says_so_once(client: Client, measure: Measure) -> None:
    english = client.get("/en/massnahmen/netz/").content.decode()
    own = client.get("/massnahmen/netz/").content.decode()

    assert '<h1><span lang="de">Netz</span></h1>' in english
    assert english.count("The content of this page is available in German.") == 1
    assert "<h1>Netz</h1>" in own
    assert "available in German" not in own


@pytest.mark.django_db
def test_a_page_without_german_content_does_not_say_that_it_is_german(client: Client) -> None:
    for path in ("/en/barrierefreiheit/melden/", "/en/gibt-es-nicht/"):
        page = client.get(path).content.decode()
        assert 'lang="en"' in page
        assert "available in German" not in page


@pytest.mark.django_db
def test_a_signed_in_person_reads_public_pages_in_each_language(client: Client, measure: Measure) -> None:
    client.force_login(make_user(Role.COORDINATION))

    assert '<html lang="en">' in client.get("/en/massnahmen/netz/").content.decode()


@pytest.mark.django_db
def test_a_page_costs_the_same_queries_in_each_language(
    client: Client, measure: Measure, count_queries: Callable[[], Any]
) -> None:
    found = set()
    for prefix in ("", "/en", "/nl"):
        client.get(f"{prefix}/massnahmen/netz/")
        with count_queries() as queries:
            client.get(f"{prefix}/massnahmen/netz/")
        found.add(len(queries))

    assert len(found) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            ["07.12.2023", "07.12.2023, 14:05 Uhr", "Donnerstag, 7. Dezember", "45 %", "−1.573,45\u00a0€"],
        ),
        ("en", ["7 Dec 2023", "7 Dec 2023, 14:05", "Thursday, 7 December", "45%", "−€1,573.45"]),
        ("nl", ["07-12-2023", "07-12-2023, 14:05 uur", "donderdag 7 december", "45%", "−€\u00a01.573,45"]),
    ],
)
def test_days_and_figures_are_written_as_the_language_does(language: str, words: list[str]) -> None:
    moment = datetime(2023, 12, 7, 13, 5, tzinfo=UTC)
    with in_language(language):
        assert [
            written.day(date(2023, 12, 7)),
            written.day_time(moment),
            written.weekday(moment),
            written.percent(45),
            money.euro(Decimal("-1573.45")),
        ] == words


def test_whole_euros_are_written_as_the_language_does() -> None:
    found = {}
    for language in ("de", "en", "nl"):
        with in_language(language):
            found[language] = whole_euro(Decimal("1573.45"))

    assert found == {"de": "1.573\u00a0€", "en": "€1,573", "nl": "€\u00a01.573"}


def test_a_text_is_marked_only_on_a_page_of_another_language() -> None:
    assert german("<b>") == "<b>"
    with in_language("en"):
        assert german("<b>") == '<span lang="de">&lt;b&gt;</span>'
        assert german("") == ""
        assert markdown("Wort") == '<div lang="de"><p>Wort</p>\n</div>'
        assert marked("Measures") == "Measures"
        assert marked(German("Netz")) == '<span lang="de">Netz</span>'


def test_an_unknown_language_is_german() -> None:
    with in_language("xx"):
        assert written.percent(1) == "1 %"


@pytest.mark.django_db(transaction=False)
def test_a_mail_is_written_in_the_language_in_which_somebody_asked() -> None:
    template = "components/_languages.html"
    with in_language("nl"):
        letters = [Letter(to="a@example.org", subject="A", template=template)]
    letters.append(Letter(to="b@example.org", subject="B", template=template))
    with transaction.atomic():
        send(letters)

    bodies = VisitorMail.objects.order_by("to").values_list("body", flat=True)
    assert ['"Taal"' in bodies[0], '"Sprache"' in bodies[1]] == [True, True]


def test_no_pattern_of_a_language_is_lost() -> None:
    """Each public page that is found in German is found below a prefix too."""
    names = [
        pattern.name
        for _namespaces, pattern in all_patterns(get_resolver())
        if isinstance(pattern, URLPattern)
    ]
    with in_language("en"):
        assert names.count("measure") == 2
        assert reverse("measure", args=["netz"]) == "/en/massnahmen/netz/"
