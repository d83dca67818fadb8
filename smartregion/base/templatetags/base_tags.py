"""Filters and tags that every template has at hand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime

from smartregion.base import durations, money
from smartregion.base.models import Job
from smartregion.base.text import render_markdown

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def day(value: date | datetime | None) -> str:
    """07.12.2023, or a dash where there is no date."""
    if value is None:
        return "–"
    return (localtime(value) if isinstance(value, datetime) else value).strftime("%d.%m.%Y")


@register.filter
def day_time(value: datetime | None) -> str:
    """07.12.2023, 14:30 Uhr, or a dash where there is no moment."""
    return localtime(value).strftime("%d.%m.%Y, %H:%M Uhr") if value else "–"


@register.filter
def moment(value: datetime | None) -> str:
    """07.12.2023, 14:30:05, of today the time alone; or a dash."""
    if value is None:
        return "–"
    local = localtime(value)
    return local.strftime("%H:%M:%S" if local.date() == localdate() else "%d.%m.%Y, %H:%M:%S")


@register.filter
def percent(value: int | Decimal | None) -> str:
    """45 %, or a dash: no value is not 0 %."""
    return "–" if value is None else f"{value:.0f} %"


@register.filter
def euro(value: Decimal | None) -> str:
    """1.573,45 €, or a dash: no value is not 0 €."""
    return money.euro(value)


@register.filter
def whole_euro(value: Decimal | None) -> str:
    """Without the cents, for an overview: 1.573 €, or a dash."""
    return "–" if value is None else f"{floatformat(value, '0g')}\u00a0€"


@register.filter
def remaining(job: Job) -> str:
    """„noch etwa 20 Sekunden“ for a running job, or nothing where nothing is known."""
    return durations.remaining_in_words(job)


@register.filter
def seconds(value: float | None) -> str:
    """12 s, or a dash."""
    return durations.in_words(value)


@register.simple_tag
def may(user: Any, permission: str, subject: Any = None) -> bool:
    """`{% may user "measures.change_measure" measure as editable %}`: the rule that guards the page too."""
    return bool(user.has_perm(permission, subject))
