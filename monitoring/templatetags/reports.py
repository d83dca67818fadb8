"""Filters for the values of a snapshot, which are JSON: days as texts, money in cents, values as decimals."""

from decimal import Decimal

from django import template
from django.utils.dateparse import parse_date
from django.utils.text import slugify

from smartregion.base import money, written

register = template.Library()


@register.filter
def iso_day(value: str | None) -> str:
    """07.12.2023, or a dash where there is no date."""
    return written.day(parse_date(value) if value else None)


@register.filter
def cents(value: int | None) -> str:
    """1.573,45 €, or a dash: no value is not 0 €."""
    return money.euro(None if value is None else Decimal(value) / 100)


@register.filter
def measured(value: str | None) -> str:
    """1.234,5 with the digits that it came with, or a dash."""
    if not value:
        return written.NOTHING
    return written.with_separators(f"{Decimal(value):,f}")


@register.filter
def signed(value: int | None) -> str:
    """+3, −3, 0, or a dash."""
    return "–" if value is None else f"{value:+d}".replace("-", "−") if value else "0"


@register.filter
def anchor(value: str) -> str:
    """The value as part of an element's id: "B-01" stands at "b-01"."""
    return slugify(value)
