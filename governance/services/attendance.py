"""The verbs of taking part: a member answers, the coordinator records who was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.models import Attendance, Meeting, Seat
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict


@dataclass(frozen=True)
class Answer:
    """What is to be known of a seat's part; without a state nothing. `version` is that of the row as read."""

    seat: Seat
    version: int | None
    state: str
    deputy: Seat | None = None
    note: str = ""


class AnswersChanged(Exception):
    """Others have written some of these rows meanwhile; nothing was written.

    Attributes:
        seats: keys of the seats in question.
    """

    def __init__(self, seats: set[int]) -> None:
        super().__init__(seats)
        self.seats = seats


def record_attendance(*, meeting: Meeting, answers: Iterable[Answer], by: Any, reason: str = "") -> None:
    """Write all answers or none.

    Raises:
        AnswersChanged: some were written since they were read.
        ValidationError: the meeting was cancelled, or the rules of an attendance forbid an answer.
    """
    with recorded(by=by, reason=reason):
        locked = _lock(meeting)
        changed = set()
        for answer in answers:
            try:
                _write(locked, answer)
            except EditConflict:
                changed.add(answer.seat.pk)
        if changed:
            raise AnswersChanged(changed)


def answer_invitation(*, meeting: Meeting, answer: Answer, by: Any) -> None:
    """The holder of a seat says before the meeting whether they come; a deputy, whether they would step in.

    Each has a row of their own, so that none overwrites what the other said.

    Raises:
        AnswersChanged: it was written since it was read.
        ValidationError: the meeting has begun or was cancelled, or the member comes whose deputy answers.
    """
    with recorded(by=by, reason=_("Selbst geantwortet")):
        if not _lock(meeting).takes_answers:
            raise ValidationError(_("Diese Sitzung nimmt keine Antworten mehr an."))
        member = Attendance.objects.filter(meeting=meeting, seat=answer.seat.deputy_for_id)
        if member.exclude(state=Attendance.State.EXCUSED).exists():
            raise ValidationError(_("Das Mitglied nimmt selbst teil; eine Vertretung wird nicht gebraucht."))
        record_attendance(meeting=meeting, answers=[answer], by=by, reason=_("Selbst geantwortet"))


def _lock(meeting: Meeting) -> Meeting:
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("committee").get(pk=meeting.pk)
    if locked.is_cancelled:
        raise ValidationError(_("Die Sitzung wurde abgesagt."))
    return locked


def _write(meeting: Meeting, answer: Answer) -> None:
    """Each writer holds the meeting, so that two of them cannot create the same row."""
    stored = Attendance.objects.select_related("seat").filter(meeting=meeting, seat=answer.seat).first()
    if (stored.version if stored else None) != answer.version:
        raise EditConflict(stored or answer.seat)
    if stored and not answer.state:
        stored.delete_over(answer.version)
        return
    if not answer.state:
        return
    row = stored or Attendance(meeting=meeting, seat=answer.seat)
    row.meeting, row.state, row.deputy, row.note = meeting, answer.state, answer.deputy, answer.note
    if stored:
        row.save_over(answer.version)
    else:
        row.clean()
        row.save()
