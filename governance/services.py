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
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Committee, Meeting, Resolution, Seat
from measures.models import Measure
from smartregion.base.history import recorded, restore_deleted

ITEM_GONE = gettext_lazy("Diesen Tagesordnungspunkt gibt es nicht mehr.")


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
        ValidationError: the number is taken, the day lies ahead, the item is gone or another committee's.
    """
    with recorded(by=by, reason=reason):
        _lock(resolution.committee)
        _check_day(resolution)
        resolution.clean()
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
        old = Resolution.objects.select_for_update().get(pk=old.pk)
        if Resolution.objects.filter(supersedes=old).exists():
            raise ValidationError(_("Dieser Beschluss wurde inzwischen schon ersetzt."))
        if resolution.resolved_on < old.resolved_on:
            raise ValidationError(
                {"resolved_on": _("Der neue Beschluss kann nicht älter sein als der ersetzte.")}
            )
        resolution.committee, resolution.supersedes = old.committee, old
        return record_resolution(resolution=resolution, measures=measures, by=by, reason=reason)


def note_done(*, resolution: Resolution, meeting: Meeting, by: Any, reason: str = "") -> Resolution:
    """The committee notes in a meeting that a resolution is done (Beschlusskontrolle).

    Raises:
        ValidationError: it is not open, or the meeting has not come, is older or another committee's.
    """
    with recorded(by=by, reason=reason):
        locked = Resolution.objects.select_for_update().get(pk=resolution.pk)
        if not locked.is_open:
            raise ValidationError(_("Dieser Beschluss ist nicht mehr offen."))
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting.committee_id != locked.committee_id:
            raise ValidationError(_("Nur das Gremium selbst kann seinen Beschluss als erledigt feststellen."))
        if not meeting.has_come or meeting.day < locked.resolved_on:
            raise ValidationError(
                _("Das geht nur in einer Sitzung nach dem Beschluss, deren Tag gekommen ist.")
            )
        locked.noted_done_in = meeting
        return locked.save_over(locked.version)


def take_back_done(*, resolution: Resolution, version: int | None, by: Any, reason: str) -> Resolution:
    """The resolution was noted as done by mistake: it returns on every next agenda.

    Raises:
        ValidationError: it is not noted as done.
        EditConflict: someone changed the resolution meanwhile.
    """
    with recorded(by=by, reason=reason):
        locked = Resolution.objects.select_for_update().get(pk=resolution.pk)
        if locked.noted_done_in_id is None:
            raise ValidationError(_("Dieser Beschluss ist nicht als erledigt festgestellt."))
        locked.noted_done_in = None
        return locked.save_over(version)


def add_item(*, item: AgendaItem, by: Any, reason: str = "") -> AgendaItem:
    """Put an item at the end of its meeting's agenda."""
    with recorded(by=by, reason=reason):
        _lock_meeting(item)
        item.number = _number_at_the_end(item)
        item.save()
    return item


def move_item(*, item: AgendaItem, upwards: bool, by: Any) -> bool:
    """Let an item change numbers with its neighbour. False if it is the first or last already.

    Raises:
        ValidationError: the item was removed meanwhile.
    """
    with recorded(by=by, reason=_("Tagesordnung umgestellt")):
        _lock_meeting(item)
        _refresh(item)
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
        item.refresh_from_db()
    return True


def remove_item(*, item: AgendaItem, version: int | None, by: Any, reason: str = "") -> None:
    """Take an item off the agenda; the numbers of the others stay, since people refer to them.

    Raises:
        ValidationError: something was resolved on it.
        EditConflict: someone changed the item meanwhile.
    """
    with recorded(by=by, reason=reason):
        _lock_meeting(item)
        if item.resolutions.exists():
            raise ValidationError(
                _("Zu diesem Tagesordnungspunkt gibt es einen Beschluss; er bleibt deshalb stehen.")
            )
        item.delete_over(version)


def restore_item(*, pk: int, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a removed item back under its number, or at the end where that number was given away.

    Raises:
        ObjectDoesNotExist: no such item of the meeting was removed.
    """

    def place(item: AgendaItem) -> None:
        if AgendaItem.objects.filter(meeting=meeting, number=item.number).exists():
            item.number = _number_at_the_end(item)

    with recorded(by=by):
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        item: AgendaItem = restore_deleted(AgendaItem, pk, by=by, adjust=place, meeting_id=meeting.pk)
    return item


def cancel_meeting(*, meeting: Meeting, version: int | None, by: Any, reason: str = "") -> Meeting:
    """Call a meeting off; it stays visible as cancelled.

    Raises:
        ValidationError: it was held, or something was resolved or noted as done in it.
        EditConflict: someone changed the meeting meanwhile.
    """
    with recorded(by=by, reason=reason):
        if meeting.status == Meeting.Status.HELD:
            raise ValidationError(_("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen."))
        meeting.status = Meeting.Status.CANCELLED
        return meeting.save_over(version)


def remove_seat(*, seat: Seat, version: int | None, by: Any, reason: str = "") -> None:
    """Take a seat away; the history keeps who held which function until when.

    Raises:
        EditConflict: someone changed the seat meanwhile.
    """
    with recorded(by=by, reason=reason):
        seat.delete_over(version)


def _lock(committee: Committee) -> None:
    """Resolutions of one committee are recorded one after the other, so that no number is given twice."""
    Committee.objects.select_for_update().get(pk=committee.pk)


def _lock_meeting(item: AgendaItem) -> Meeting:
    """Keep the meeting and its agenda as they are until the end of the transaction."""
    return Meeting.objects.select_for_update().get(pk=item.meeting_id)


def _refresh(item: AgendaItem) -> None:
    try:
        item.refresh_from_db()
    except AgendaItem.DoesNotExist:
        raise ValidationError(str(ITEM_GONE)) from None


def _number_at_the_end(item: AgendaItem) -> int:
    last = AgendaItem.objects.filter(meeting=item.meeting_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _check_day(resolution: Resolution) -> None:
    if resolution.resolved_on > localdate():
        raise ValidationError(_("Ein Beschluss lässt sich erst ab dem Tag der Sitzung festhalten."))
    meeting = None
    if resolution.item:
        meeting = _lock_meeting(resolution.item)
        _refresh(resolution.item)
    if meeting and (meeting.committee_id != resolution.committee_id or meeting.day != resolution.resolved_on):
        raise ValidationError(_("Der Tagesordnungspunkt gehört nicht zu diesem Gremium und Tag."))
    if meeting and meeting.status == Meeting.Status.CANCELLED:
        raise ValidationError(_("Die Sitzung wurde abgesagt."))
