"""Circular decisions: a vote that is awaited, and what was decided."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Circular
from governance.worklist.audience import keeps_or_sits, sits
from smartregion.base.worklist import Entry, Severity, days_between, source

URGENT_DAYS: Final = 2
NEWS_FOR: Final = timedelta(days=14)


@source("umlauf", gettext_lazy("Umlaufbeschlüsse: Ihre Stimme fehlt"), reminds=True, concerns=sits)
def votes_awaited(user: Any, on: date) -> Iterator[Entry]:
    for circular in Circular.objects.awaiting(user).select_related("committee"):
        day = localdate(circular.closes_at)
        words = {
            "committee": circular.committee,
            "until": date_format(localtime(circular.closes_at), "d.m.Y, H:i"),
            "days": days_between(day, on),
        }
        yield Entry(
            title=circular.title,
            why=_("%(committee)s: Abstimmen können Sie bis %(until)s Uhr (%(days)s).") % words,
            severity=Severity.NOW if (day - on).days <= URGENT_DAYS else Severity.SOON,
            on=day,
            page=circular.get_absolute_url(),
            url=reverse("circular_vote", args=[circular.committee.slug, circular.pk]),
            action=_("Abstimmen"),
            is_example=circular.is_example,
        )


@source(
    "umlauf-ergebnis",
    gettext_lazy("Umlaufbeschlüsse: Ergebnis liegt vor"),
    reminds=True,
    concerns=keeps_or_sits,
)
def decided(user: Any, on: date) -> Iterator[Entry]:
    """For two weeks, for those who could vote or keep the records."""
    closed = Circular.objects.seen_from_within(user).visible_to(user).decided_since(on - NEWS_FOR)
    for circular in closed.select_related("committee"):
        day = circular.decided_on
        words = {
            "committee": circular.committee,
            "result": circular.get_result_display(),
            "day": date_format(day, "d.m.Y"),
        }
        yield Entry(
            title=circular.title,
            why=_("%(committee)s, Ergebnis vom %(day)s: %(result)s.") % words,
            severity=Severity.INFO,
            on=day,
            url=circular.get_absolute_url(),
            action=_("Ergebnis ansehen"),
            is_example=circular.is_example,
        )
