"""A series of events, made by its verb."""

from datetime import date, time
from typing import Any

from participation.models import EventSeries
from participation.services.event_series import create_event_series

RULE = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1WE;COUNT=8"


def make_event_series(
    title: str = "Digitalrunde", *, on: date = date(2026, 10, 1), **values: Any
) -> EventSeries:
    """Public, on each first Wednesday from October 2026 to May 2027 at nine."""
    defaults = {
        "summary": "Austausch der Verwaltungen.",
        "rule": RULE,
        "starts_on": date(2026, 10, 1),
        "at": time(9),
        "online_url": "https://treffen.example.org/",
        "takes_registrations": True,
        "audience": "administrations",
        "visibility": "public",
    }
    return create_event_series(series=EventSeries(title=title, **{**defaults, **values}), by=None, on=on)
