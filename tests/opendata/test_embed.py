"""Pages to be embedded: they alone may be framed, and they bring nothing along."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from network.models import Role
from tests.addresses import address_of, keys_of_rows, routes
from tests.factories import make_measure, make_user
from tests.opendata.rows import Rows, make_everything
from tests.scale import has_turn

pytestmark = pytest.mark.django_db
EMBEDDED = ["/einbetten/rollout/", "/einbetten/rollout/netz/", "/einbetten/feld/mobilitaet/"]


@pytest.fixture
def rows() -> Rows:
    return make_everything()


def ancestors(response: object) -> str:
    policy = response["Content-Security-Policy"]  # type: ignore[index]
    return dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())["frame-ancestors"]


@pytest.mark.parametrize("path", EMBEDDED)
def test_any_website_may_frame_it_and_it_brings_no_cookie_script_or_form(rows: Rows, path: str) -> None:
    response = Client().get(path)
    page = re.sub('<link rel="canonical" .*?>', "", response.content.decode(), count=1)

    assert (ancestors(response), response.has_header("X-Frame-Options")) == ("*", False)
    assert not response.cookies
    assert re.findall(r"<(?:script|form|input|img)|https?://(?!www\.w3\.org)", page) == []
    assert "Beispieldaten" in page
    assert response["Cache-Control"] == "public, max-age=300"


def test_no_other_page_may_be_framed() -> None:
    """The negative control is the test above, which finds that these may. In small size, each third of the
    addresses has its turn."""
    keys = keys_of_rows()
    editor = Client(raise_request_exception=False)
    editor.force_login(make_user(Role.COORDINATION))
    framed = set()
    for number, route in enumerate(routes(get_resolver())):
        if not (route.startswith("einbetten/") or has_turn(number, of=3)):
            continue
        response = editor.get(address_of(route, keys))
        policy = response.headers.get("Content-Security-Policy", "frame-ancestors *")
        if "frame-ancestors 'none'" not in policy and response.headers.get("X-Frame-Options") != "DENY":
            framed.add(route)

    assert framed == {
        "einbetten/rollout/",
        "einbetten/rollout/<slug:measure>/",
        "einbetten/feld/<slug:field_of_action>/",
    }


@pytest.mark.parametrize(
    ("query", "theme"),
    [("?darstellung=hell", "light"), ("?darstellung=dunkel", "dark"), ("", ""), ("?darstellung=x", "")],
)
def test_the_address_chooses_light_or_dark(rows: Rows, query: str, theme: str) -> None:
    page = Client().get(f"/einbetten/rollout/{query}").content.decode()

    assert re.findall(r'<html lang="de"(?: data-kern-theme="(\w+)")?>', page) == [theme]


def test_what_is_not_public_is_not_there_for_accounts_either(rows: Rows) -> None:
    make_measure("Geheim", visibility="internal")
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))

    assert editor.get("/einbetten/rollout/geheim/").status_code == 404
    assert "Geheim" not in editor.get("/einbetten/feld/mobilitaet/").content.decode()


def test_the_page_gives_the_text_to_be_copied(rows: Rows) -> None:
    page = Client().get("/open-data/?zeigen=/einbetten/feld/mobilitaet/&darstellung=dunkel").content.decode()

    assert "&lt;iframe src=&quot;" not in page
    assert 'einbetten/feld/mobilitaet/?darstellung=dunkel" title="Handlungsfeld: Mobilität"' in page
    assert Client().get("/open-data/?zeigen=//boese.example/").status_code == 200
