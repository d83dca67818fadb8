"""Lists of OParl: each object exactly once, whatever the filters, the size of a page, and what is added."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.oparl.life import Life
from governance.oparl.lists import Query, list_page
from tests.factories import make_committee, make_region
from tests.governance.rows import make_meeting

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 40).map(lambda seconds: START + timedelta(seconds=seconds, microseconds=seconds))


@st.composite
def some_life(draw: Any) -> Life:
    created, modified = sorted([draw(moments), draw(moments)])
    return Life(created, modified, draw(st.booleans()))


filters = st.dictionaries(
    st.sampled_from(["created_since", "created_until", "modified_since", "modified_until"]), moments
)


def walk(lives: dict[int, Life], query: dict[str, Any], grow: Any = lambda page: None) -> list[int]:
    """All keys of a list by its links, page after page; `grow` may add some in between."""
    found: list[int] = []
    address: str | None = f"http://x/list?{urlencode(query)}"
    while address:
        page = list_page(lives, Query.of(QueryDict(urlsplit(address).query)), "http://x/list", list)
        found += page["data"]
        address = page["links"].get("next")
        grow(page)
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.integers(1, 99), some_life(), max_size=30), filters, st.integers(1, 7))
def test_paging_gives_each_object_that_the_filters_take_exactly_once(
    lives: dict[int, Life], bounds: dict[str, datetime], limit: int
) -> None:
    query = {name: moment.isoformat(timespec="seconds") for name, moment in bounds.items()}

    def takes(life: Life) -> bool:
        told = {
            "created": life.created.replace(microsecond=0),
            "modified": life.modified.replace(microsecond=0),
        }
        return (not life.deleted or "modified_since" in bounds) and all(
            told[name[:-6]] >= moment if name.endswith("since") else told[name[:-6]] <= moment
            for name, moment in ((name, moment.replace(microsecond=0)) for name, moment in bounds.items())
        )

    found = walk(lives, {**query, "limit": limit})

    assert sorted(found) == sorted(key for key, life in lives.items() if takes(life))
    assert len(found) == len(set(found))


@given(st.dictionaries(st.integers(1, 99), some_life(), max_size=20), st.integers(1, 5), st.data())
def test_what_comes_and_goes_while_somebody_pages_makes_them_lose_or_repeat_nothing(
    lives: dict[int, Life], limit: int, data: st.DataObject
) -> None:
    there = {key for key, life in lives.items() if not life.deleted}
    gone: set[int] = set()

    def grow(page: dict[str, Any]) -> None:
        if len(lives) < 40:
            key = max(lives, default=0) + 100 if data.draw(st.booleans()) else -len(lives) - 1
            lives[key] = Life(START + timedelta(days=1 + len(lives)), START + timedelta(days=1 + len(lives)))
        closing = data.draw(st.sampled_from(sorted(lives))) if lives else None
        if closing is not None:
            lives[closing].deleted = True
            gone.add(closing)

    found = walk(lives, {"limit": limit}, grow)

    assert len(found) == len(set(found))
    assert there - gone <= set(found)


def test_links_lead_there_and_back_and_keep_the_query() -> None:
    lives = {key: Life(START + timedelta(seconds=key), START) for key in range(1, 8)}
    asked = {"limit": "3", "created_since": "2026-01-01T00:00:00+00:00", "omit_internal": "true"}

    def page(address: str) -> Any:
        query = Query.of(QueryDict(urlsplit(address).query))
        return list_page(
            lives, query, "http://x/list", lambda keys: [{"type": "x", "id": key} for key in keys]
        )

    first = page(f"http://x/list?{urlencode(asked)}")
    second = page(first["links"]["next"])
    last = page(first["links"]["last"])

    def keys(of: Any) -> list[int]:
        return [entry["id"] for entry in of["data"]]

    assert (keys(first), keys(second), keys(last)) == ([1, 2, 3], [4, 5, 6], [7])
    assert page(second["links"]["prev"]) == page(last["links"]["first"]) == first
    assert page(second["links"]["next"]) == last
    assert page(second["links"]["self"]) == second
    assert "next" not in last["links"] and "prev" not in first["links"]
    assert first["pagination"] == {
        "totalElements": 7,
        "elementsPerPage": 3,
        "currentPage": 1,
        "totalPages": 3,
    }
    for link in [*first["links"].values(), *second["links"].values()]:
        kept = parse_qs(urlsplit(link).query)
        assert {name: kept[name] for name in asked} == {name: [value] for name, value in asked.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "„limit“ braucht eine ganze Zahl ab 1."),
        ("limit=²", "„limit“ braucht eine ganze Zahl ab 1."),
        ("omit_internal=ja", "„omit_internal“ ist true oder false."),
        ("after=999", "Diese Seite der Liste gibt es nicht. Bitte beginnen Sie mit der ersten."),
        *(
            (
                f"modified_since={wrong}",
                "„modified_since“ braucht Datum, Uhrzeit und Zeitzone, zum Beispiel "
                "2026-01-31T00:00:00%2B01:00.",
            )
            for wrong in ("gestern", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+01:00", "%00")
        ),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_in_words(client: Client, query: str, message: str) -> None:
    make_region()

    answer = client.get(f"/oparl/v1/body/1/meeting?{query}")

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
def test_internal_lists_are_left_out_when_asked(client: Client) -> None:
    make_region()
    meeting = make_meeting(make_committee())
    meeting.items.create(number=1, title="TOP", visibility="public")

    full = client.get("/oparl/v1/body/1/meeting").json()["data"][0]
    short = client.get("/oparl/v1/body/1/meeting?omit_internal=true").json()["data"][0]

    assert short == {name: value for name, value in full.items() if name != "agendaItem"}
    assert [item["name"] for item in full["agendaItem"]] == ["TOP"]
