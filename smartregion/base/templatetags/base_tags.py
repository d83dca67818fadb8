"""Filters and tags that every template has at hand."""

import json
from decimal import Decimal
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smartregion.base import durations, money, written
from smartregion.base.languages import German, is_source
from smartregion.base.models import Job
from smartregion.base.text import render_markdown

register = template.Library()


@register.filter
def german(value: Any) -> Any:
    """`{{ measure.title|german }}`: what people wrote is German, also on a page in another language."""
    if is_source() or not value:
        return value
    element = "div" if isinstance(value, SafeString) and value.startswith("<p") else "span"
    return format_html('<{0} lang="de">{1}</{0}>', element, value)


@register.filter
def marked(value: Any) -> Any:
    """The same for a text that may also be one of ours: the view says which it is by `German`."""
    return german(value) if isinstance(value, German) else value


@register.filter
def as_json(value: Any) -> str:
    """For an attribute that a script reads."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def markdown(text: str) -> SafeString:
    rendered = render_markdown(text)
    return rendered if is_source() else format_html('<div lang="de">{}</div>', rendered)


register.filter("day", written.day)
register.filter("day_time", written.day_time)
register.filter("moment", written.moment)
register.filter("clock", written.clock)
register.filter("weekday", written.weekday)
register.filter("short_weekday", written.short_weekday)
register.filter("full_day", written.full_day)
register.filter("in_month", written.in_month)
register.filter("percent", written.percent)


@register.filter
def euro(value: Decimal | None) -> str:
    """1.573,45 €, or a dash: no value is not 0 €."""
    return money.euro(value)


@register.filter
def whole_euro(value: Decimal | None) -> str:
    """Without the cents, for an overview: 1.573 €, or a dash."""
    return written.NOTHING if value is None else written.in_euro(floatformat(value, "0g"))


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
