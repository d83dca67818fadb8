"""The verbs of minutes: write, present, approve, seal, correct."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _

from governance.models import AgendaItem, Amendment, Meeting, Minutes, MinutesFile, Resolution
from governance.presence import places_at
from governance.services.agenda import ITEM_GONE
from measures.models import Visibility
from network.models import Region
from smartregion.base import jobs
from smartregion.base.history import recorded
from smartregion.base.together import recorded_together, undo_together
from smartregion.base.undo import row_in_version
from smartregion.base.versioned import Versioned

SEAL: Final = "governance.seal_minutes"
STEPS: Final = 3


@dataclass(frozen=True)
class Writing:
    """What somebody typed over one row: over which version, and the new values."""

    version: int | None
    values: dict[str, Any]


@dataclass(frozen=True)
class Overlap:
    """A field that somebody else has changed meanwhile, of the minutes (`item` None) or of an item."""

    item: int | None
    name: str
    stored: Any


class MinutesConflict(Exception):
    """Others have written at the same places; nothing was saved."""

    def __init__(self, overlaps: list[Overlap]) -> None:
        super().__init__(str(overlaps))
        self.overlaps = overlaps


def new_minutes(meeting: Meeting) -> Minutes:
    """Not stored yet: what the meeting, its attendance and the committee's last minutes let one expect."""
    begin, end = localtime(meeting.starts_at), meeting.ends_at if meeting.ends_same_day else None
    earlier = Minutes.objects.filter(
        meeting__committee=meeting.committee_id, meeting__starts_at__lt=meeting.starts_at
    )
    last = earlier.exclude(minute_taker="").order_by("-meeting__starts_at").first()
    return Minutes(
        meeting=meeting,
        chair=_chair_of(meeting),
        minute_taker=last.minute_taker if last else Region.objects.get().coordination_office,
        opened_at=begin.time(),
        closed_at=localtime(end).time() if end else None,
    )


def _chair_of(meeting: Meeting) -> str:
    """The function of the chair, or of the deputy chair where the chair is known not to have been there."""
    leading = [place for place in places_at(meeting) if place.seat.is_chair or place.seat.is_deputy_chair]
    leading.sort(key=lambda place: not place.seat.is_chair)
    return next((place.seat.function for place in leading if not place.is_known_away), "")


def save_minutes(*, meeting: Meeting, head: Writing, items: dict[int, Writing], by: Any) -> UUID:
    """Store what was typed, all or nothing; gives the sign by which it is taken back.

    Only what differs from what its writer has read is written, so that two can write at different items.

    Raises:
        MinutesConflict: the same field was changed by someone else.
        ValidationError: the minutes are approved, or an item was removed meanwhile.
    """
    with recorded_together(by=by, reason=_("Niederschrift bearbeitet")) as sign:
        _lock(meeting)
        overlaps = _write(_minutes_of(meeting), head, item=None)
        rows = AgendaItem.objects.select_for_update().filter(meeting=meeting).in_bulk()
        if not items.keys() <= rows.keys():
            raise ValidationError(str(ITEM_GONE))
        for pk, writing in items.items():
            overlaps += _write(rows[pk], writing, item=pk)
        if overlaps:
            raise MinutesConflict(overlaps)
    return sign


def undo_minutes(sign: UUID, *, by: Any) -> None:
    """Take back what was saved under the sign; see `undo_together`."""
    undo_together(sign, of=[Minutes, AgendaItem], by=by)


def present_minutes(*, meeting: Meeting, by: Any) -> Meeting:
    """Give the draft to the members (Niederschrift liegt vor).

    Raises:
        ValidationError: it lies before them already, the meeting has not been, or something is missing.
    """
    with recorded(by=by, reason=_("Niederschrift vorgelegt")):
        meeting = _lock(meeting)
        minutes = Minutes.objects.filter(meeting=meeting).first()
        if meeting.status in {Meeting.Status.MINUTES_READY, Meeting.Status.MINUTES_APPROVED}:
            raise ValidationError(_("Die Niederschrift liegt schon vor."))
        if not meeting.has_come:
            raise ValidationError(_("Die Sitzung hat noch nicht stattgefunden."))
        if not minutes or not (minutes.chair and minutes.minute_taker and minutes.opened_at):
            raise ValidationError(
                _("Bitte tragen Sie zuerst Sitzungsleitung, Schriftführung und Beginn ein und speichern Sie.")
            )
        meeting.status = Meeting.Status.MINUTES_READY
        return meeting.save_over(meeting.version)


def approve_minutes(
    *,
    minutes: Minutes,
    version: int | None,
    approved_on: date | None = None,
    approved_in: Meeting | None = None,
    by: Any,
) -> Minutes:
    """The committee approved the minutes, in a meeting or on a day: they stay as they are, a job seals them.

    Raises:
        ValidationError: they were not presented, hold drafts, or day and meeting do not fit.
        EditConflict: someone changed the minutes meanwhile.
    """
    with recorded(by=by, reason=_("Niederschrift genehmigt")):
        meeting = _lock(minutes.meeting)
        _check_ready(meeting)
        if approved_in:
            _check_approves(approved_in, meeting)
        minutes.meeting = meeting
        minutes.approved_in = approved_in
        minutes.approved_on = approved_in.day if approved_in else approved_on
        if minutes.approved_on is None:
            raise ValidationError(_("Bitte wählen Sie eine Sitzung, oder nennen Sie den Tag."))
        minutes.job = jobs.enqueue(SEAL, steps=STEPS)
        minutes.save_over(version)
        meeting.status = Meeting.Status.MINUTES_APPROVED
        meeting.save_over(meeting.version)
    return minutes


def seal_minutes(minutes: Minutes, contents: dict[tuple[str, str], bytes]) -> None:
    """Write the files for good. To be called in the transaction that ends the job.

    Args:
        contents: the bytes by edition and format.
    """
    MinutesFile.objects.bulk_create(
        MinutesFile(
            minutes=minutes,
            edition=edition,
            format=file_format,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for (edition, file_format), content in contents.items()
    )
    minutes.sealed_at = now()
    minutes.save_over(minutes.version)


def amend_minutes(*, amendment: Amendment, by: Any) -> Amendment:
    """Set a correction beside sealed minutes; it is sealed itself. A form that is sent twice makes one.

    Raises:
        ValidationError: the minutes are not sealed, or the day lies before their approval or ahead.
    """
    with recorded(by=by, reason=_("Niederschrift berichtigt")):
        minutes = Minutes.objects.select_for_update().get(pk=amendment.minutes_id)
        if not minutes.is_sealed or minutes.approved_on is None:
            raise ValidationError(_("Berichtigen lässt sich erst eine versiegelte Niederschrift."))
        if not minutes.approved_on <= amendment.on <= localdate():
            raise ValidationError({"on": _("Der Tag muss zwischen der Genehmigung und heute liegen.")})
        amendment.text = amendment.text.replace("\r\n", "\n")
        amendment.sha256 = Amendment.checksum(amendment.on, amendment.text)
        same = {"sha256": amendment.sha256, "visibility": amendment.visibility}
        before = minutes.amendments.filter(**same).first()
        if before is None:
            amendment.save()
    return before or amendment


def _lock(meeting: Meeting) -> Meeting:
    """Whoever writes a part of the meeting waits for this transaction, see `models/approved.py`."""
    return Meeting.objects.select_related("committee").select_for_update(of=["self"]).get(pk=meeting.pk)


def _minutes_of(meeting: Meeting) -> Minutes:
    row = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    return row or Minutes.objects.create(meeting=meeting)


def _write(row: Versioned, writing: Writing, *, item: int | None) -> list[Overlap]:
    """Write the values that differ from those in the version that was read; tell which were changed since."""
    read = _as_read(row, writing.version)
    overlaps, is_changed = [], False
    for name, value in writing.values.items():
        stored, before = getattr(row, name), getattr(read, name, None)
        if value == before:
            continue
        if stored not in {before, value}:
            overlaps.append(Overlap(item, name, stored))
        setattr(row, name, value)
        is_changed = is_changed or stored != value
    if is_changed and not overlaps:
        row.save_over(row.version)
    return overlaps


def _as_read(row: Versioned, version: int | None) -> Any:
    """The row as its writer found it; without a version there was none yet."""
    if version is None:
        return type(row)()
    return row if version == row.version else row_in_version(row, version)


def _check_ready(meeting: Meeting) -> None:
    if meeting.status != Meeting.Status.MINUTES_READY:
        raise ValidationError(_("Genehmigen lässt sich nur eine Niederschrift, die vorliegt."))
    drafts = AgendaItem.objects.filter(meeting=meeting, visibility=Visibility.DRAFT).exists()
    if drafts or Resolution.objects.filter(item__meeting=meeting, visibility=Visibility.DRAFT).exists():
        raise ValidationError(
            _("Ein Tagesordnungspunkt oder Beschluss ist noch ein Entwurf; wählen Sie, wer ihn sehen darf.")
        )


def _check_approves(later: Meeting, meeting: Meeting) -> None:
    if (
        later.committee_id != meeting.committee_id
        or not later.has_come
        or later.starts_at <= meeting.starts_at
    ):
        raise ValidationError(_("Genehmigen kann nur eine spätere Sitzung desselben Gremiums."))
