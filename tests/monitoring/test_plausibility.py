"""A value that cannot be is refused; one that is unlikely is asked back once, and nothing typed is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from monitoring.models import Indicator, IndicatorValue
from monitoring.plausibility import doubts, why_impossible
from network.models import Role
from smartregion.base.changes import changes_in
from smartregion.base.history import events_of
from tests.factories import make_municipality, make_region, make_user
from tests.monitoring.flow import client_of
from tests.monitoring.indicator_rows import make_indicator, make_value
from tests.monitoring.test_indicator_values import line

END = date(2024, 12, 31)


@pytest.mark.parametrize(
    ("unit", "value", "reason"),
    [
        ("Anzahl", -1, "Eine Anzahl in „Anzahl“ kann nicht negativ sein."),
        ("Personen im Jahr", -1, "Eine Anzahl in „Personen im Jahr“ kann nicht negativ sein."),
        ("Punkte (1 bis 5)", 6, "In „Punkte (1 bis 5)“ liegt jeder Wert zwischen 1 und 5."),
        ("% der Haushalte", 101, "Ein Anteil in „% der Haushalte“ liegt zwischen 0 und 100."),
        ("% der Haushalte", 100, ""),
        ("%", 120, ""),
        ("t CO₂ im Jahr", -1, ""),
        ("Anzahl", 0, ""),
    ],
)
def test_only_what_the_unit_makes_impossible_is_impossible(unit: str, value: int, reason: str) -> None:
    assert why_impossible(unit, Decimal(value)) == reason


@pytest.mark.parametrize(
    ("unit", "value", "last", "sentences"),
    [
        ("%", 120, None, ["120 % sind mehr als das Ganze."]),
        ("%", 100, 90, []),
        ("t CO₂", -5, None, ["-5 ist negativ."]),
        ("t CO₂", -5, -4, []),
        ("kWh", 100, 10, ["100 ist mindestens das Zehnfache des vorigen Wertes 10."]),
        ("kWh", 99, 10, []),
        ("kWh", 1, 10, ["1 ist höchstens ein Zehntel des vorigen Wertes 10."]),
        ("kWh", 0, 10, []),
        ("kWh", 1000, 0, []),
        ("kWh", 12500, 12, ["12.500 ist mindestens das Zehnfache des vorigen Wertes 12."]),
    ],
)
def test_what_is_unlikely_is_said_in_a_sentence(
    unit: str, value: int, last: int | None, sentences: list[str]
) -> None:
    before = None if last is None else Decimal(last)
    assert list(doubts(unit, Decimal(value), before)) == sentences


@pytest.fixture
def indicator(db: None) -> Indicator:
    make_region()
    indicator = make_indicator(unit="kWh")
    make_value(indicator, date(2023, 12, 31), 10)
    return indicator


def values() -> list[Any]:
    return list(IndicatorValue.objects.order_by("on").values_list("value", flat=True))


def test_an_unlikely_value_is_stored_once_it_is_confirmed(indicator: Indicator) -> None:
    client, address = client_of(make_user()), f"{indicator.get_absolute_url()}werte/neu/"
    sent = {"on": "2024-12-31", "value": "1.000", "note": "Neue Anlage"}

    asked = client.post(address, sent)

    assert asked.context["form"].errors == {
        "value": ["Stimmt das? 1.000 ist mindestens das Zehnfache des vorigen Wertes 10."]
    }
    page = asked.content.decode()
    assert ["Ja, 1.000 stimmt" in page, 'value="1.000"' in page, 'value="Neue Anlage"' in page] == [True] * 3
    assert values() == [10]
    client.post(address, {**sent, "sure": "1000"})
    assert values() == [10, 1000]


def test_the_box_stands_for_the_value_that_was_asked_about_and_no_other(indicator: Indicator) -> None:
    client, address = client_of(make_user()), f"{indicator.get_absolute_url()}werte/neu/"

    asked = client.post(address, {"on": "2024-12-31", "value": "2000", "sure": "1000"})

    assert list(asked.context["form"].errors) == ["value"]
    assert "checked" not in str(asked.context["form"]["sure"])
    assert values() == [10]


def test_an_impossible_value_is_refused_whatever_is_ticked(db: None) -> None:
    make_region()
    indicator = make_indicator(unit="% der Haushalte")
    address = f"{indicator.get_absolute_url()}werte/neu/"

    sent = {"on": "2024-12-31", "value": "101", "sure": "101"}
    page = client_of(make_user()).post(address, sent)

    assert page.context["form"].errors == {
        "value": ["Ein Anteil in „% der Haushalte“ liegt zwischen 0 und 100."]
    }
    assert values() == []


def test_a_correction_is_asked_back_but_not_for_its_note(indicator: Indicator) -> None:
    client, value = client_of(make_user()), make_value(indicator, END, 500)
    address = f"{indicator.get_absolute_url()}werte/{value.pk}/"
    sent = {"on": "2024-12-31", "note": "", "version": 1, "reason_for_change": "Zähler"}

    assert list(client.post(address, {**sent, "value": "700"}).context["form"].errors) == ["value"]
    assert client.post(address, {**sent, "value": "500", "note": "Geschätzt"}).status_code == 302
    client.post(address, {**sent, "version": 2, "value": "700", "sure": "700"})

    assert values() == [10, 700]


def test_quick_entry_asks_at_the_line_and_stores_the_others(indicator: Indicator) -> None:
    other, client = make_indicator("Anderes", unit="kWh"), client_of(make_user())
    lines = [line(indicator, value="1000"), line(other, value="3")]
    sent: dict[str, Any] = {"line": [each["line"] for each in lines]}
    for each in lines:
        sent |= {name: text for name, text in each.items() if name != "line"}

    asked = client.post("/indikatoren/erfassen/", sent).content.decode()

    assert ["Stimmt das?" in asked, "Ja, 1.000 stimmt" in asked] == [True, True]
    assert values() == [10, 3]
    client.post("/indikatoren/erfassen/", {**sent, f"{lines[0]['line']}-sure": "1000"})
    assert sorted(values()) == [3, 10, 1000]


def withdraw(client: Client, value: IndicatorValue, **sent: Any) -> Any:
    address = f"{value.indicator.get_absolute_url()}werte/{value.pk}/zurueckziehen/"
    return client.post(address, {"version": 1, **sent}, follow=True)


def test_a_mistaken_value_is_withdrawn_with_a_reason_that_the_history_keeps(indicator: Indicator) -> None:
    user = make_user()
    client, value = client_of(user), make_value(indicator, END, 12)

    assert list(withdraw(client, value).context["form"].errors) == ["reason"]
    assert values() == [10, 12]
    page = withdraw(client, value, reason="Falscher Indikator").content.decode()

    assert values() == [10]
    [last, *_before] = changes_in(IndicatorValue, events_of(IndicatorValue, pgh_obj_id=value.pk))
    assert (last.kind, last.by, last.reason) == ("delete", user.name, "Falscher Indikator")
    assert ["Der Wert ist zurückgezogen." in page, "Falscher Indikator" in page] == [True, True]
    client.post(f"{indicator.get_absolute_url()}werte/{value.pk}/wiederherstellen/")
    assert values() == [10, 12]


def test_a_value_that_was_corrected_meanwhile_is_not_withdrawn(indicator: Indicator) -> None:
    value = make_value(indicator, END, 12)
    value.value = Decimal(13)
    value.save_over(1)

    page = withdraw(client_of(make_user()), value, reason="Falsch").content.decode()

    assert "Der Wert wurde inzwischen geändert." in page
    assert values() == [10, 13]


def test_a_municipality_withdraws_and_brings_back_only_its_own(db: None) -> None:
    make_region()
    own, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    indicator = make_indicator(per_municipality=True)
    mine, theirs = make_value(indicator, place=own), make_value(indicator, place=other)
    editor, coordinator = client_of(make_user(Role.MUNICIPALITY, own)), client_of(make_user())

    assert withdraw(editor, theirs, reason="Falsch").status_code == 404
    withdraw(coordinator, theirs, reason="Falsch")
    back = f"{indicator.get_absolute_url()}werte/{theirs.pk}/wiederherstellen/"
    assert editor.post(back).status_code == 404
    assert list(IndicatorValue.objects.values_list("pk", flat=True)) == [mine.pk]
    withdraw(editor, mine, reason="Falsch")
    assert values() == []
