"""A report as a page: every section is there, and each figure leads to the rows that it counts."""

import re
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string

from monitoring.reading import read_snapshot
from monitoring.reading.evidence import figures_of
from monitoring.reading.page import all_evidence
from monitoring.sections import Section
from tests.factories import make_measure, make_user
from tests.monitoring.indicator_rows import make_indicator
from tests.monitoring.snapshot_sample import sample_snapshot

pytestmark = pytest.mark.django_db


def page_of(snapshot: Any, user: Any = None) -> str:
    reading = read_snapshot(snapshot, user or AnonymousUser())
    return render_to_string("monitoring/_content.html", {"reading": reading, "snapshot": snapshot})


class Places(HTMLParser):
    """The ids of a page, and where its links within the page lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and values.get("href", "").startswith("#"):
            self.targets.append(values["href"][1:])


def test_every_section_of_the_snapshot_is_there_in_its_order() -> None:
    snapshot = sample_snapshot()
    keys = [section["key"] for section in snapshot["report"]["sections"]]

    page = page_of(snapshot)

    assert re.findall(r'<h2 id="abschnitt-(\w+)">', page) == keys
    assert set(keys) == set(Section.values)


def test_every_link_within_the_page_has_its_place_and_every_place_is_one() -> None:
    places = Places(page_of(sample_snapshot()))

    assert set(places.targets) - set(places.ids) == set()
    assert len(places.ids) == len(set(places.ids))


def test_a_page_without_some_sections_has_no_link_into_the_void() -> None:
    snapshot = sample_snapshot()
    short = [s for s in snapshot["report"]["sections"] if s["key"] in {"changes", "overview", "indicators"}]
    snapshot["report"] = {**snapshot["report"], "sections": short}

    places = Places(page_of(snapshot))

    assert set(places.targets) - set(places.ids) == set()


def test_each_key_figure_is_the_number_of_its_rows() -> None:
    snapshot = sample_snapshot()
    evidence = all_evidence(snapshot)

    figures = figures_of(snapshot, evidence)

    assert [figure.label for figure in figures if figure.value and not figure.evidence] == []
    counted = {figure.label: evidence[figure.evidence].total for figure in figures if figure.evidence}
    assert counted == {figure.label: figure.value for figure in figures if figure.value}


def test_each_amount_is_the_sum_of_its_rows() -> None:
    snapshot = sample_snapshot()
    evidence = all_evidence(snapshot)
    reading = read_snapshot(snapshot, AnonymousUser())

    amounts = [amount for table in reading.money for _label, row in table.rows for amount in row]
    amounts += [amount for _label, amount in reading.sources]

    told = [amount.cents for amount in amounts if amount.cents is not None]
    assert told == [evidence[amount.evidence].total for amount in amounts if amount.cents is not None]
    assert [amount for amount in amounts if amount.cents is None and amount.evidence in evidence] == []
    assert len(told) > len(snapshot["money"]["measures"])  # type: ignore[index]


def test_each_figure_of_participation_is_the_number_of_its_rows_or_names_none() -> None:
    snapshot = sample_snapshot()
    evidence, reading = all_evidence(snapshot), read_snapshot(snapshot, AnonymousUser())

    shown = [*reading.participation, *reading.sectors]

    assert [figure["value"] for figure, key in shown if key] == [
        evidence[key].total for _figure, key in shown if key
    ]
    assert [figure["label"] for figure, key in shown if not key] == [
        "Antworten in Statusrunden",
        "Zivilgesellschaft",
    ]


def test_the_charts_tables_count_what_the_charts_draw() -> None:
    snapshot = sample_snapshot()

    for chart, table in read_snapshot(snapshot, AnonymousUser()).charts:
        drawn = re.findall(r"\d+", re.sub(r"<[^>]*>", " ", chart.description))
        told = [str(number.value) for _label, numbers in table.rows for number in numbers if number.value]
        assert drawn == told


def test_the_coordinators_words_open_their_section_and_are_never_markup() -> None:
    snapshot = sample_snapshot()
    snapshot["report"]["sections"][1]["text"] = "Erster <b>Absatz</b>\n\nZweiter"

    page = page_of(snapshot)

    assert "<p>Erster &lt;b&gt;Absatz&lt;/b&gt;</p>" in page
    assert "<p>Zweiter</p>" in page


def test_a_measure_leads_to_its_page_as_of_the_stichtag_only_for_whoever_finds_it_there() -> None:
    shown, hidden = make_measure("Offen"), make_measure("Verborgen", visibility="internal")
    snapshot = {**deepcopy(sample_snapshot()), "money": None}
    first, second = snapshot["fields"][0]["measures"][:2]
    first["no"], second["no"] = shown.no, hidden.no
    for row, measure in zip(snapshot["roll_out"]["rows"], (first, second), strict=False):
        row["measure_no"] = measure["no"]
    day = f"?stand={snapshot['report']['as_of']}"

    visitor, keeper = page_of(snapshot), page_of(snapshot, make_user())

    addresses = [f'href="{measure.get_absolute_url()}{day}"' for measure in (shown, hidden)]
    assert [address in visitor for address in addresses] == [True, False]
    assert [address in keeper for address in addresses] == [True, True]


def test_an_indicator_leads_to_its_data_sheet_or_else_to_its_page_as_of_the_stichtag() -> None:
    indicator, snapshot = make_indicator("Fahrten"), sample_snapshot()
    snapshot["indicators"] = [{**snapshot["indicators"][0], "key": indicator.key}]
    with_sheet = page_of(snapshot)
    sections = [section for section in snapshot["report"]["sections"] if section["key"] != "data_sheet"]
    snapshot["report"] = {**snapshot["report"], "sections": sections}

    assert f'<a href="#indikator-{indicator.key}">' in with_sheet
    assert f'<a href="/indikatoren/{indicator.key}/?stand={snapshot["report"]["as_of"]}">' in page_of(
        snapshot
    )


def test_the_page_asks_as_often_for_300_measures_as_for_14(django_assert_num_queries: Any) -> None:
    for measures in (14, 300):
        snapshot = sample_snapshot(measures=measures)
        with django_assert_num_queries(3):
            read_snapshot(snapshot, AnonymousUser())


def test_a_follow_up_that_nobody_was_given_has_a_dash_for_it() -> None:
    snapshot = sample_snapshot()
    snapshot["follow_ups"] = [{**snapshot["follow_ups"][0], "responsible": None, "due_on": None}]

    assert page_of(snapshot).count("<td>None</td>") == 0
    assert page_of(snapshot).count("<td>–</td>\n            <td>–</td>") == 1


def test_a_report_without_money_says_so() -> None:
    snapshot = sample_snapshot()
    snapshot["money"] = None

    assert "Angaben zu Mitteln enthält dieser Bericht nicht" in page_of(snapshot)
