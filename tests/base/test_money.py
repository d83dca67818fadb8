"""Amounts as Germans write them: what is shown can be typed, and what cannot be an amount is refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from smartregion.base.money import CENT, MOST, EuroField, euro, in_figures, parse_euro

amounts = st.decimals(-MOST, MOST, places=2)


@given(amounts)
def test_what_is_shown_can_be_typed_again(amount: Decimal) -> None:
    assert parse_euro(euro(amount)) == amount
    assert parse_euro(in_figures(amount)) == amount
    assert parse_euro(f"{amount:.2f}") == amount
    assert parse_euro(f"{amount:.2f}".replace(".", ",")) == amount


@given(st.text(max_size=60))
def test_any_other_text_is_an_exact_amount_in_cents_or_refused(text: str) -> None:
    try:
        amount = parse_euro(text)
    except ValueError:
        return
    assert amount.as_tuple().exponent >= CENT.as_tuple().exponent


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.573,45", "1573.45"),
        ("1573,45", "1573.45"),
        ("1573.45", "1573.45"),
        ("1.573", "1573"),
        ("1.000.000", "1000000"),
        ("1573,4", "1573.40"),
        (" 1.573,45 €", "1573.45"),
        ("1 573,45\u00a0€", "1573.45"),
        ("0", "0"),
        ("0,05", "0.05"),
        ("-3", "-3"),
    ],
)
def test_the_usual_ways_to_write_an_amount_are_understood(typed: str, amount: str) -> None:
    assert parse_euro(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "viel",
        "1,573.45",
        "1.57.3",
        "1.5734",
        "1,234",
        "1e5",
        "NaN",
        "12,3,4",
        "0.573",
        "²",
        "٣",
        "€",
        "9" * 41,
    ],
)
def test_nonsense_is_refused_with_a_sentence_that_helps(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        EuroField(max_digits=13, decimal_places=2).clean(typed)

    assert refusal.value.messages == [
        "Das ist kein Betrag. Bitte schreiben Sie ihn wie 1.573,45 – mit Komma vor den Cent."
    ]


def test_no_amount_is_not_nothing() -> None:
    assert (euro(None), euro(Decimal(0)), euro(Decimal("-0.5"))) == ("–", "0,00\u00a0€", "−0,50\u00a0€")
