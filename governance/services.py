"""The verbs of committees. Each is one transaction, kept in the history with who and why.

What the rules of procedure forbid raises ValidationError with a German message, ready for a form.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, F, Max, Value, When
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import AgendaItem, Committee, Meeting, Resolution, Seat
from measures.models import Measure, Visibility
from smartregion.base.history import recorded

OPENNESS = [Visibility.DRAFT, Visibility.INTERNAL, Visibility.PUBLIC]


def next_number(*, committee: Committee, day: date) -> str:
    """The number after the committee's newest one, counted its way: after "LK 2026/07" "LK 2026/08".

    The count begins anew with each year; a committee without resolutions begins with "2026/01".
    """
    newest = (
        Resolution.objects.filter(committee=committee, number__regex=r"\d{4}/\d+$").order_by("-pk").first()
    )
    match = re.search(r"^(.*?)\d{4}/(\d+)$", newest.number) if newest else None
    before, digits = (match[1], len(match[2])) if match else ("", 2)
    start = f"{before}{day.year}/"
    taken = Resolution.objects.filter(committee=committee, number__startswith=start).values_list(
        "number", flat=True
    )
    counts = [int(number[len(start) :]) for number in taken if number[len(start) :].isdecimal()]
    return f"{start}{max(counts, default=0) + 1:0{digits}d}"


def record_resolution(
    *, resolution: Resolution, measures: Iterable[Measure], by: Any, reason: str = ""
) -> Resolution:
    """Store what a committee resolved, for good. Without a number it gets the next one.

    Raises:
        ValidationError: the number is taken, the day lies ahead, or the item is another committee's.
    """
    with recorded(by=by, reason=reason):
        _lock(resolution.committee)
        _check_day(resolution)
        resolution.number = resolution.number or next_number(
            committee=resolution.committee, day=resolution.resolved_on
        )
        if Resolution.objects.filter(committee=resolution.committee, number=resolution.number).exists():
            raise ValidationError({"number": _("Diese Beschlussnummer gibt es in dem Gremium schon.")})
        resolution.save()
        resolution.measures.set(measures)
    return resolution


def supersede_resolution(
    *, old: Resolution, resolution: Resolution, measures: Iterable[Measure], by: Any, reason: str = ""
) -> Resolution:
    """Store a resolution that takes the place of `old`, which stays readable and is no longer in force.

    Raises:
        ValidationError: `old` was superseded already, is younger, or could be seen by more people.
    """
    with recorded(by=by, reason=reason):
        _lock(old.committee)
        if Resolution.objects.filter(supersedes=old).exists():
            raise ValidationError(_("Dieser Beschluss wurde inzwischen schon ersetzt."))
        if resolution.resolved_on < old.resolved_on:
            raise ValidationError(
                {"resolved_on": _("Der neue Beschluss kann nicht älter sein als der ersetzte.")}
            )
        check_no_less_visible(resolution.visibility, than=old.visibility)
        resolution.committee, resolution.supersedes = old.committee, old
        return record_resolution(resolution=resolution, measures=measures, by=by, reason=reason)


def check_no_less_visible(visibility: str, *, than: str) -> None:
    """Who can read a resolution must be able to read what took its place."""
    if OPENNESS.index(Visibility(visibility)) < OPENNESS.index(Visibility(than)):
        raise ValidationError(_("Eine neue Fassung muss mindestens so sichtbar sein wie die ersetzte."))


def note_done(*, resolution: Resolution, meeting: Meeting, by: Any, reason: str = "") -> Resolution:
    """The committee notes in a meeting that a resolution is done (Beschlusskontrolle).

    Raises:
        ValidationError: it is not open, or the meeting has not come, is older or another committee's.
    """
    with recorded(by=by, reason=reason):
        locked = Resolution.objects.select_for_update().get(pk=resolution.pk)
        if not locked.is_open:
            raise ValidationError(_("Dieser Beschluss ist nicht mehr offen."))
        if meeting.committee_id != locked.committee_id:
            raise ValidationError(_("Nur das Gremium selbst kann seinen Beschluss als erledigt feststellen."))
        if not meeting.has_come or meeting.day < locked.resolved_on:
            raise ValidationError(
                _("Das geht nur in einer Sitzung nach dem Beschluss, deren Tag gekommen ist.")
            )
        locked.noted_done_in = meeting
        return locked.save_over(locked.version)


def take_back_done(*, resolution: Resolution, by: Any, reason: str) -> Resolution:
    """The resolution was noted as done by mistake: it returns on every next agenda.

    Raises:
        ValidationError: it is not noted as done.
    """
    with recorded(by=by, reason=reason):
        locked = Resolution.objects.select_for_update().get(pk=resolution.pk)
        if locked.noted_done_in_id is None:
            raise ValidationError(_("Dieser Beschluss ist nicht als erledigt festgestellt."))
        locked.noted_done_in = None
        return locked.save_over(locked.version)


def add_item(*, item: AgendaItem, by: Any, reason: str = "") -> AgendaItem:
    """Put an item at the end of its meeting's agenda."""
    with recorded(by=by, reason=reason):
        Meeting.objects.select_for_update().get(pk=item.meeting_id)
        last = AgendaItem.objects.filter(meeting=item.meeting_id).aggregate(last=Max("number"))["last"]
        item.number = (last or 0) + 1
        item.save()
    return item


def move_item(*, item: AgendaItem, upwards: bool, by: Any) -> bool:
    """Let an item change numbers with its neighbour. False if it is the first or last already."""
    with recorded(by=by, reason=_("Tagesordnung umgestellt")):
        Meeting.objects.select_for_update().get(pk=item.meeting_id)
        item = AgendaItem.objects.get(pk=item.pk)
        others = AgendaItem.objects.filter(meeting=item.meeting_id)
        neighbour = (
            others.filter(number__lt=item.number).order_by("-number")
            if upwards
            else others.filter(number__gt=item.number).order_by("number")
        ).first()
        if neighbour is None:
            return False
        others.filter(pk__in=[item.pk, neighbour.pk]).update(
            number=Case(When(pk=item.pk, then=Value(neighbour.number)), default=Value(item.number)),
            version=F("version") + 1,
        )
    return True


def remove_item(*, item: AgendaItem, by: Any, reason: str = "") -> None:
    """Take an item off the agenda; the numbers of the others stay, since people refer to them.

    Raises:
        ValidationError: something was resolved on it.
    """
    with recorded(by=by, reason=reason):
        if item.resolutions.exists():
            raise ValidationError(
                _("Zu diesem Tagesordnungspunkt gibt es einen Beschluss; er bleibt deshalb stehen.")
            )
        item.delete()


def cancel_meeting(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Call a meeting off; it stays visible as cancelled.

    Raises:
        ValidationError: it was held, or something was resolved or noted as done in it.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason):
        has_results = (
            Resolution.objects.filter(item__meeting=meeting).exists() or meeting.noted_as_done.exists()
        )
        if meeting.status == Meeting.Status.HELD or has_results:
            raise ValidationError(_("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."))
        meeting.status = Meeting.Status.CANCELLED
        return meeting.save_over(version)


def remove_seat(*, seat: Seat, by: Any, reason: str = "") -> None:
    """Take a seat away; the history keeps who held which function until when."""
    with recorded(by=by, reason=reason):
        seat.delete()


def _lock(committee: Committee) -> None:
    """Resolutions of one committee are recorded one after the other, so that no number is given twice."""
    Committee.objects.select_for_update().get(pk=committee.pk)


def _check_day(resolution: Resolution) -> None:
    if resolution.resolved_on > localdate():
        raise ValidationError(_("Ein Beschluss lässt sich erst ab dem Tag der Sitzung festhalten."))
    meeting = resolution.item.meeting if resolution.item else None
    if meeting and (meeting.committee_id != resolution.committee_id or meeting.day != resolution.resolved_on):
        raise ValidationError(_("Der Tagesordnungspunkt gehört nicht zu diesem Gremium und Tag."))
    if meeting and meeting.status == Meeting.Status.CANCELLED:
        raise ValidationError(_("Die Sitzung wurde abgesagt."))
