"""How days, times, amounts and shares are written in the language of the page.

German is written as in every letter of an administration, English with the month as a word, since figures
alone would be read in two ways.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format, get_format
from django.utils.timezone import localdate, localtime

from smartregion.base.languages import current_language

NOTHING: Final = "–"


@dataclass(frozen=True)
class Style:
    """The first three for `strftime`, the next three for Django's `date_format`, then what takes a number."""

    day: str
    clock: str
    to_the_second: str
    weekday: str
    short_weekday: str
    full_day: str
    in_month: str
    percent: str
    euro: str


STYLES: Final = {
    "de": Style(
        "%d.%m.%Y", "%H:%M Uhr", "%H:%M:%S", "l, j. F", "D, d.m.Y", "l, d.m.Y", "{}.", "{} %", "{}\u00a0€"
    ),
    "en": Style("%-d %b %Y", "%H:%M", "%H:%M:%S", "l, j F", "D, j M Y", "l, j F Y", "{}", "{}%", "€{}"),
    "nl": Style("%d-%m-%Y", "%H:%M uur", "%H:%M:%S", "l j F", "D d-m-Y", "l j F Y", "{}", "{}%", "€\u00a0{}"),
}


def style() -> Style:
    return STYLES.get(current_language(), STYLES["de"])


def day(value: date | datetime | None) -> str:
    """07.12.2023, 7 Dec 2023, 07-12-2023; or a dash where there is no date."""
    if value is None:
        return NOTHING
    return (localtime(value) if isinstance(value, datetime) else value).strftime(style().day)


def day_time(value: datetime | None) -> str:
    """07.12.2023, 14:30 Uhr; or a dash where there is no moment."""
    if value is None:
        return NOTHING
    return localtime(value).strftime(f"{style().day}, {style().clock}")


def moment(value: datetime | None) -> str:
    """07.12.2023, 14:30:05, of today the time alone; or a dash."""
    if value is None:
        return NOTHING
    local, how = localtime(value), style()
    return local.strftime(
        how.to_the_second if local.date() == localdate() else f"{how.day}, {how.to_the_second}"
    )


def clock(value: datetime | time) -> str:
    """14:30 Uhr."""
    return (localtime(value) if isinstance(value, datetime) else value).strftime(style().clock)


def weekday(value: date | datetime) -> str:
    """Donnerstag, 7. Dezember."""
    return date_format(localtime(value) if isinstance(value, datetime) else value, style().weekday)


def short_weekday(value: date | datetime) -> str:
    """Do, 07.12.2023."""
    return date_format(localtime(value) if isinstance(value, datetime) else value, style().short_weekday)


def full_day(value: date | datetime) -> str:
    """Donnerstag, 07.12.2023."""
    return date_format(localtime(value) if isinstance(value, datetime) else value, style().full_day)


def in_month(value: date) -> str:
    """The day's number within its month: 7."""
    return style().in_month.format(value.day)


def percent(value: int | Decimal | None) -> str:
    """45 %, or a dash: no value is not 0 %."""
    return NOTHING if value is None else style().percent.format(f"{value:.0f}")


def in_euro(figures: str) -> str:
    """1.573 €, of an amount that is written already."""
    sign = "−" if figures.startswith("−") else ""
    return f"{sign}{style().euro.format(figures.removeprefix(sign))}"


def with_separators(figures: str) -> str:
    """What Python writes as 1,573.45, with the signs of the language: 1.573,45."""
    return figures.translate(str.maketrans({",": get_format("THOUSAND_SEPARATOR"), ".": decimal_sign()}))


def decimal_sign() -> str:
    return str(get_format("DECIMAL_SEPARATOR"))
