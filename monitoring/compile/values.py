"""Typed values of a table's cells, made from the snapshot's strings and integers, and how Germans write them."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from smartregion.base.money import euro
from smartregion.base.spreadsheet import Percent, Quantity, Year, yes_or_no

NO_VALUE = "–"


@lru_cache(maxsize=4096)
def day(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso[:10])


def euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


def quantity(value: str | None) -> Quantity | None:
    """A measured value with the digits that it has behind the point."""
    return None if value is None else Quantity(value)


def percent(value: int | None) -> Percent | None:
    return None if value is None else Percent(value)


def in_words(value: Any) -> str:
    """31.12.2025, 370.676, 12,50, 45 %, 1.573,45 €, ja; a dash where nothing is known."""
    if value is None or value == "":
        return NO_VALUE
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y, %H:%M} Uhr"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return _number_in_words(value)


def _number_in_words(value: Any) -> str:
    if isinstance(value, Year):
        return str(int(value))
    if isinstance(value, Decimal) and not isinstance(value, Quantity):
        return euro(value)
    figures = f"{abs(value):,}".translate(str.maketrans(",.", ".,"))
    sign = "−" if value < 0 else ""
    return f"{sign}{figures}\u00a0%" if isinstance(value, Percent) else f"{sign}{figures}"
