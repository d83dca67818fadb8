"""What another release words differently is no damage."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.utils.timezone import localdate
from django.utils.translation import trans_real

from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.json_schema import json_schema
from monitoring.verify import differences as comparison
from monitoring.verify.differences import LEFT_OUT, differences
from network.models import Municipality


class Reworded:
    """A translation that words every text of the portal differently."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def gettext(self, text: str) -> str:
        return f"»{self.real.gettext(text)}"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"»{self.real.ngettext(one, many, number)}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@contextmanager
def another_release() -> Iterator[None]:
    before = trans_real._active.value
    trans_real._active.value = Reworded(before)
    try:
        yield
    finally:
        trans_real._active.value = before


@pytest.fixture
def reports(example: None, db: None) -> list[Report]:
    """Of the example data: what every section tells, and one on a municipality, which names no other."""
    year = Period.year(localdate())
    whole = request_report(kind="evaluation", audience="internal", period=year)
    place = Municipality.objects.order_by("pk").first()
    return [whole, request_report(kind="municipality", audience="internal", period=year, scope=place)]


def test_what_a_release_words_differently_is_left_out_and_nothing_else(
    reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    then = [build_snapshot(report) for report in reports]
    moments = [datetime.fromisoformat(snapshot["report"]["moment"]) for snapshot in then]
    with another_release():
        now = [build_snapshot(report, moment) for report, moment in zip(reports, moments, strict=True)]
        found = [list(differences(a, b)) for a, b in zip(then, now, strict=True)]
        monkeypatch.setattr(comparison, "LEFT_OUT", frozenset())
        worded = {place_of(each.path) for a, b in zip(then, now, strict=True) for each in differences(a, b)}

    assert found == [[], []]
    assert {left_out(place) for place in worded} == LEFT_OUT - OF_OTHER_KINDS


def place_of(path: str) -> str:
    return ".".join("*" if part.isdecimal() else part for part in path.split("."))


def left_out(place: str) -> str:
    """By what name it is left out; the place itself where it is not."""
    return next((name for name in LEFT_OUT if f"{place}.".startswith(f"{name}.")), place)


OF_OTHER_KINDS = {
    *("changes", "region.portal_url", "fields.*.measures.*.url"),
    *("participation.figures.*.rows.*.label", "participation.sectors.*.rows.*.label"),
}


def test_each_place_that_is_left_out_is_one_of_the_schema() -> None:
    definitions = json_schema()["$defs"]

    def places(kind: dict[str, Any], place: str) -> Iterator[str]:
        yield place
        for one in kind.get("anyOf", []):
            yield from places(one, place)
        if "items" in kind:
            yield from places(kind["items"], f"{place}.*")
        if "$ref" in kind:
            name = kind["$ref"].rsplit("/", 1)[1]
            for key, value in definitions[name]["properties"].items():
                yield from places(value, f"{place}.{key}")

    known = {place.removeprefix(".") for place in places({"$ref": "/Snapshot"}, "")}
    assert LEFT_OUT - known == set()
