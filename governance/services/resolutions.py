"""The verbs of resolutions."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import Committee, FollowUp, Meeting, Resolution
from governance.services.agenda import lock_meeting, refresh
from governance.services.followups import add_follow_ups
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
    *,
    resolution: Resolution,
    measures: Iterable[Measure],
    follow_ups: Iterable[FollowUp] = (),
    by: Any,
    reason: str = "",
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
        add_follow_ups(resolution=resolution, follow_ups=follow_ups)
    return resolution


def supersede_resolution(
    *,
    old: Resolution,
    resolution: Resolution,
    measures: Iterable[Measure],
    follow_ups: Iterable[FollowUp] = (),
    by: Any,
    reason: str = "",
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
        return record_resolution(
            resolution=resolution, measures=measures, follow_ups=follow_ups, by=by, reason=reason
        )


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
