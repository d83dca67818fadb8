"""The verbs of a series: its future meetings become what it says. What people have touched stays theirs."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import AgendaItem, Attendance, Meeting, Series
from governance.services.agenda import prepare_new_agendas
from smartregion.base.history import recorded
from smartregion.base.undo import undo_last_change

Status = Meeting.Status


@dataclass(frozen=True)
class Alignment:
    """What saving a series does to its meetings, or to whatever else a series makes."""

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    cancelled: list[Any] = field(default_factory=list)
    unchanged: list[Any] = field(default_factory=list)
    touched: list[Any] = field(default_factory=list)
    """Edited by hand, invited or prepared: these stay as they are."""


def alignment_of(series: Series, *, before: Series | None, on: date) -> Alignment:
    """What the series' meetings from that day on would become; nothing is written.

    Args:
        before: the series as it is stored, by which its meetings were made.
    """
    found = Alignment()
    wanted = {day for day in series.days() if day >= on}
    stored = {meeting.series_day: meeting for meeting in _meetings(series, on)} if series.pk else {}
    earlier = set(before.days()) if before else set()
    for day in sorted(wanted | {day for day in stored if day}):
        meeting = stored.get(day)
        if meeting is None:
            found.new.append(_new_meeting(series, day))
        elif before is None or _is_touched(meeting, before, earlier):
            found.touched.append(meeting)
        elif day not in wanted:
            (found.unchanged if meeting.is_cancelled else found.cancelled).append(meeting)
        else:
            (found.changed if _fit(meeting, series, day) else found.unchanged).append(meeting)
    return found


def create_series(*, series: Series, by: Any, on: date | None = None, reason: str = "") -> Series:
    """Store the series with its meetings.

    Raises:
        ValidationError: it gives no meeting, or too many.
    """
    with recorded(by=by, reason=reason or _("Terminreihe angelegt")):
        series.clean()
        series.save()
        _align(series, before=None, on=on or localdate(), by=by)
    return series


def save_series(*, series: Series, version: int | None, by: Any, reason: str = "") -> Series:
    """Write the series over the version that was read, and let its future meetings follow.

    Raises:
        ValidationError: it gives no meeting, or too many.
        EditConflict: someone changed the series, or one of its meetings, meanwhile.
    """
    with recorded(by=by, reason=reason or _("Terminreihe geändert")):
        before = Series.objects.select_for_update().get(pk=series.pk)
        saved = series.save_over(version)
        _align(saved, before=before, on=localdate(), by=by)
    return saved


def undo_series(*, series: Series, version: int | None, by: Any) -> Series:
    """Take back the series' last change; its future meetings follow again.

    Raises:
        ValidationError: it would give no meeting, or too many.
        EditConflict: someone changed the series meanwhile.
    """
    with recorded(by=by):
        before = Series.objects.select_for_update().get(pk=series.pk)
        undo_last_change(series, version=version, by=by)
        restored = Series.objects.get(pk=series.pk)
        _align(restored, before=before, on=localdate(), by=by)
    return restored


def _meetings(series: Series, on: date) -> QuerySet[Meeting]:
    prepared = AgendaItem.objects.topics().filter(meeting=OuterRef("pk"))
    answered = Attendance.objects.filter(meeting=OuterRef("pk"))
    meetings = series.meetings.filter(series_day__gte=on).select_related("committee")
    return meetings.annotate(is_prepared=Exists(prepared) | Exists(answered))


def _new_meeting(series: Series, day: date) -> Meeting:
    values = series.meeting_on(day)
    return Meeting(
        committee=series.committee, series=series, series_day=day, is_example=series.is_example, **values
    )


def _is_touched(meeting: Any, before: Series, days: set[date]) -> bool:
    """Whether the meeting is no more just what the series has made of it; automatic items are its doing."""
    if meeting.is_prepared or meeting.invited_at or meeting.status not in {Status.PLANNED, Status.CANCELLED}:
        return True
    if meeting.is_cancelled == (meeting.series_day in days):
        return True  # called off by hand, or planned anew although the series leaves the day out
    if meeting.is_cancelled:
        return False
    made = before.meeting_on(meeting.series_day)
    return any(getattr(meeting, name) != value for name, value in made.items())


def _fit(meeting: Meeting, series: Series, day: date) -> bool:
    """Give the meeting what the series says; whether that changed anything."""
    values = {**series.meeting_on(day), "status": Status.PLANNED}
    changed = any(getattr(meeting, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(meeting, name, value)
    return changed


def _align(series: Series, *, before: Series | None, on: date, by: Any) -> None:
    """Let the meetings follow; a new one gets the automatic items of its agenda at once."""
    list(series.meetings.select_for_update().filter(series_day__gte=on))
    found = alignment_of(series, before=before, on=on)
    prepare_new_agendas(meetings=Meeting.objects.bulk_create(found.new), by=by)
    for meeting in found.cancelled:
        meeting.status = Status.CANCELLED
    for meeting in [*found.changed, *found.cancelled]:
        meeting.save_over(meeting.version)
