"""The verbs of resolutions."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import Committee, Meeting, Resolution
from governance.services.agenda import lock_meeting, refresh
from governance.services.backlog import return_to_backlog
from measures.models import Measure
from smartregion.base.history import recorded


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
        return_to_backlog(resolution=resolution, by=by)
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


def _lock(committee: Committee) -> None:
    """Resolutions of one committee are recorded one after the other, so that no number is given twice."""
    Committee.objects.select_for_update().get(pk=committee.pk)


def _check_day(resolution: Resolution) -> None:
    if resolution.resolved_on > localdate():
        raise ValidationError(_("Ein Beschluss lässt sich erst ab dem Tag der Sitzung festhalten."))
    meeting = None
    if resolution.item:
        meeting = lock_meeting(resolution.item)
        refresh(resolution.item)
    if meeting and (meeting.committee_id != resolution.committee_id or meeting.day != resolution.resolved_on):
        raise ValidationError(_("Der Tagesordnungspunkt gehört nicht zu diesem Gremium und Tag."))
    if meeting and meeting.status == Meeting.Status.CANCELLED:
        raise ValidationError(_("Die Sitzung wurde abgesagt."))
