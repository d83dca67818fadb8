"""The verbs of a series of events: its future events become what it says (docs/decisions/0005).

What people have edited or called off, and what somebody has registered for, stays as it is.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.services.series import Alignment
from participation.models import Event, EventSeries, Registration
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change


def alignment_of_events(series: EventSeries, *, before: EventSeries | None, on: date) -> Alignment:
    """What the series' events from that day on would become; nothing is written.

    Args:
        before: the series as it is stored, by which its events were made.
    """
    found = Alignment()
    wanted = {day for day in series.days() if day >= on}
    stored = {event.series_day: event for event in _events(series, on)} if series.pk else {}
    earlier = set(before.days()) if before else set()
    for day in sorted(wanted | {day for day in stored if day}):
        event = stored.get(day)
        if event is None:
            found.new.append(_new_event(series, day))
        elif before is None or _is_touched(event, before, earlier):
            found.touched.append(event)
        elif day not in wanted:
            (found.unchanged if event.is_cancelled else found.cancelled).append(event)
        else:
            (found.changed if _fit(event, series, day) else found.unchanged).append(event)
    return found


def create_event_series(*, series: EventSeries, by: Any, on: date | None = None) -> EventSeries:
    """Store the series with its events.

    Raises:
        ValidationError: it gives no event, or too many.
    """
    with recorded(by=by, reason=_("Veranstaltungsreihe angelegt")):
        series.clean()
        series.save()
        _align(series, before=None, on=on or localdate())
    return series


def save_event_series(*, series: EventSeries, version: int | None, by: Any, reason: str = "") -> EventSeries:
    """Write the series over the version that was read, and let its future events follow.

    Raises:
        ValidationError: it gives no event, or too many.
        EditConflict: someone changed the series, or one of its events, meanwhile.
    """
    with recorded(by=by, reason=reason or _("Veranstaltungsreihe geändert")):
        before = EventSeries.objects.select_for_update().get(pk=series.pk)
        saved = series.save_over(version)
        _align(saved, before=before, on=localdate())
    return saved


def undo_event_series(*, series: EventSeries, version: int | None, by: Any) -> EventSeries:
    """Take back the series' last change; its future events follow again.

    Raises:
        ValidationError: it would give no event, or too many.
        EditConflict: someone changed the series meanwhile.
    """
    with recorded(by=by):
        before = EventSeries.objects.select_for_update().get(pk=series.pk)
        undo_last_change(series, version=version, by=by)
        restored = EventSeries.objects.get(pk=series.pk)
        _align(restored, before=before, on=localdate())
    return restored


def _events(series: EventSeries, on: date) -> QuerySet[Event]:
    registered = Registration.objects.filter(event=OuterRef("pk"))
    events = series.occasions.filter(series_day__gte=on)
    return events.annotate(is_registered_for=Exists(registered))


def _new_event(series: EventSeries, day: date) -> Event:
    return Event(series=series, series_day=day, is_example=series.is_example, **series.event_on(day))


def _is_touched(event: Any, before: EventSeries, days: set[date]) -> bool:
    """Whether the event is no more just what the series has made of it."""
    if event.is_registered_for or event.is_cancelled == (event.series_day in days):
        return True  # or called off by hand, or planned anew although the series leaves the day out
    if event.is_cancelled:
        return False
    made = before.event_on(event.series_day)
    return any(getattr(event, name) != value for name, value in made.items())


def _fit(event: Event, series: EventSeries, day: date) -> bool:
    """Give the event what the series says; whether that changed anything."""
    values = {**series.event_on(day), "is_cancelled": False}
    changed = any(getattr(event, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(event, name, value)
    return changed


def _align(series: EventSeries, *, before: EventSeries | None, on: date) -> None:
    list(series.occasions.select_for_update().filter(series_day__gte=on))
    found = alignment_of_events(series, before=before, on=on)
    Event.objects.bulk_create(found.new)
    for event in found.cancelled:
        event.is_cancelled = True
    for event in [*found.changed, *found.cancelled]:
        event.save_over(event.version)
