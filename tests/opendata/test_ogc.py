"""The map interface: OGC API – Features as its text says, and as GDAL, which does not know us, reads it."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from smartregion.opendata.geometry import meets
from tests.factories import make_measure
from tests.opendata.rows import SQUARE, Rows, make_canaries, make_everything

pytestmark = pytest.mark.django_db
needs_gdal = pytest.mark.skipif(not shutil.which("ogrinfo"), reason="the head of the run says so")


@pytest.fixture
def rows() -> Rows:
    return make_everything()


def get(path: str = "", **headers: str) -> Any:
    return Client().get(f"/ogc/v1/{path}", headers=headers)


def names(path: str) -> set[tuple[str, str]]:
    response = get(f"collections/rollout/items{path}")
    assert response.status_code == 200, response.content
    return {
        (row["properties"]["measure"], row["properties"]["municipality"])
        for row in response.json()["features"]
    }


ALL = {("netz", "aadorf"), ("netz", "bedorf"), ("radweg", "aadorf"), ("radweg", "bedorf")}


def test_the_landing_page_leads_to_all_that_the_standard_asks_for(rows: Rows) -> None:
    links = {row["rel"]: row["href"] for row in get().json()["links"]}

    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        assert Client().get(f"/{links[rel].split('/', 3)[3]}").status_code == 200
    assert get("conformance").json()["conformsTo"] == [
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    ]


def test_each_collection_tells_its_extent_and_leads_to_its_items(rows: Rows) -> None:
    listed = get("collections").json()["collections"]

    assert [row["id"] for row in listed] == ["rollout", "municipalities"]
    for row in listed:
        assert row["extent"]["spatial"]["bbox"] == [[7.0, 52.0, 7.5, 52.5]]
        own = get(f"collections/{row['id']}").json()
        assert {**own, "links": None} == {**row, "links": None}
        assert {"items", "self", "license"} <= {link["rel"] for link in own["links"]}
        for feature in get(f"collections/{row['id']}/items").json()["features"]:
            single = get(f"collections/{row['id']}/items/{feature['id']}")
            assert single["Content-Type"] == "application/geo+json"
            assert {**single.json(), "links": None} == {**feature, "links": None}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("?stage=live", {("netz", "aadorf")}),
        ("?measure=radweg&municipality=bedorf", {("radweg", "bedorf")}),
        ("?measure=gibt-es-nicht", set()),
        ("?bbox=7.05,52.05,7.1,52.1", {("netz", "aadorf"), ("radweg", "aadorf")}),
        ("?bbox=7.4,52.4,7.6,52.6", {("netz", "bedorf"), ("radweg", "bedorf")}),
        ("?bbox=7.4,52.4,0,7.6,52.6,9", {("netz", "bedorf"), ("radweg", "bedorf")}),
        ("?bbox=6,51,8,53&stage=interested", {("netz", "bedorf")}),
        ("?bbox=170,-10,-170,10", set()),
        ("?datetime=2024-01-01T00:00:00Z", ALL),
        ("?datetime=../2024-01-01T00:00:00Z", ALL),
    ],
)
def test_properties_and_rectangle_choose_features(rows: Rows, query: str, found: Any) -> None:
    assert names(query) == found


@pytest.mark.parametrize(
    "path",
    [
        "collections/rollout/items?bbox=1,2,3",
        "collections/rollout/items?bbox=1,5,3,2",
        "collections/rollout/items?bbox=nan,1,2,3",
        "collections/rollout/items?limit=0",
        "collections/rollout/items?stage=blau",
        "collections/rollout/items?unbekannt=1",
        "collections/rollout/items?datetime=gestern",
        "collections/rollout/items?datetime=../..",
        "collections/rollout/items?measure=%00",
        "?f=xml",
    ],
)
def test_what_cannot_be_is_refused(rows: Rows, path: str) -> None:
    response = get(path)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_next_leads_through_all_features_once(rows: Rows) -> None:
    seen, path = [], "collections/rollout/items?limit=3"
    while path:
        content = get(path).json()
        assert (content["numberMatched"], content["numberReturned"]) == (4, len(content["features"]))
        seen += [row["id"] for row in content["features"]]
        following = [row["href"] for row in content["links"] if row["rel"] == "next"]
        path = following[0].partition("/ogc/v1/")[2] if following else ""

    assert len(seen) == len(set(seen)) == 4


def test_people_get_pages_and_programs_get_json(rows: Rows) -> None:
    for path in ("", "conformance", "collections", "collections/rollout", "collections/rollout/items"):
        browser = get(path, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        program = get(path, Accept="*/*")
        wished = get(f"{path}?f=html", Accept="application/json")
        assert browser["Content-Type"] == wished["Content-Type"] == "text/html; charset=utf-8"
        assert program["Content-Type"] in {"application/json", "application/geo+json"}
        assert "Accept" in program["Vary"]
    item = get("collections/rollout/items").json()["features"][0]["id"]
    assert "im Regelbetrieb" in get(f"collections/rollout/items/{item}?f=html").content.decode()


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((7.05, 52.05, 7.06, 52.06), True),  # within the shape
        ((6.0, 51.0, 8.0, 53.0), True),  # around it
        ((7.1, 51.0, 7.11, 53.0), True),  # right through it, no corner of either within the other
        ((7.3, 52.0, 7.4, 52.1), False),
    ],
)
def test_a_rectangle_meets_the_shape_itself(box: Any, expected: bool) -> None:
    assert meets({"type": "Polygon", "coordinates": SQUARE}, box) is expected


def test_a_rectangle_beside_a_slanting_border_does_not_meet_it() -> None:
    triangle = [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]

    assert meets({"type": "Polygon", "coordinates": triangle}, (0.8, 0.8, 0.9, 0.9)) is False
    assert meets({"type": "MultiPolygon", "coordinates": [triangle]}, (0.4, 0.4, 0.9, 0.9)) is True


@needs_gdal
@pytest.mark.django_db(transaction=True)
def test_gdal_reads_every_collection(live_server: LiveServer, settings: Any, tmp_path: Any) -> None:
    settings.PORTAL_URL = live_server.url
    make_canaries(make_everything())
    for number in range(60):
        make_measure(f"Weitere {number}")
    source, target = f"OAPIF:{live_server.url}/ogc/v1/", tmp_path / "read.gpkg"

    told = run("ogrinfo", "-ro", source)
    run("ogr2ogr", "-f", "GPKG", str(target), source)
    summary = json.loads(run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(target), "municipalities"))
    live = run("ogrinfo", "-ro", "-al", "-so", source, "rollout", "-where", "stage = 'live'")
    inside = run("ogrinfo", "-ro", "-so", source, "rollout", "-spat", "7.4", "52.4", "7.6", "52.6")
    every = run("ogrinfo", "-ro", "-so", str(target), "rollout")

    assert ("rollout" in told, "municipalities" in told) == (True, True)
    assert "Feature Count: 124" in every  # (2 + 60) measures in 2 municipalities, by several pages
    assert "Feature Count: 1\n" in live
    assert "Feature Count: 62" in inside
    places = {row["properties"]["name"]: row["properties"]["measures_live"] for row in summary["features"]}
    assert places == {"Aadorf": 1, "Bedorf": 0}
    assert "Polygon" in every or "Geometry" in every


def run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    assert "ERROR" not in result.stderr
    return result.stdout
