"""What members of a committee are told of its meetings: invited, agenda changed, minutes ready."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Meeting
from governance.worklist.audience import sits
from smartregion.base.worklist import Entry, Severity, days_between, source

URGENT_DAYS: Final = 3
MINUTES_FOR: Final = timedelta(days=90)
"""How long after a meeting its members are told that the minutes are there."""


@source("einladungen", gettext_lazy("Einladungen zu Sitzungen"), reminds=True, concerns=sits)
def invitations(user: Any, on: date) -> Iterator[Entry]:
    """As long as the member has neither accepted nor sent regrets; a deputy, until the member accepts."""
    upcoming = _of_member(user).upcoming()
    asks = _("%(when)s. Bitte sagen Sie, ob Sie teilnehmen.")
    asks_deputy = _("%(when)s. Der Sitz, den Sie vertreten, hat nicht zugesagt: Können Sie teilnehmen?")
    asked = dict.fromkeys(upcoming.unanswered_by_deputy(user), asks_deputy)
    asked |= dict.fromkeys(upcoming.unanswered_by(user), asks)
    for meeting, words in sorted(asked.items(), key=lambda each: each[0].starts_at):
        yield _entry(
            meeting,
            why=words % {"when": _when(meeting, on)},
            severity=Severity.NOW if (meeting.day - on).days <= URGENT_DAYS else Severity.SOON,
            on=meeting.day,
            action=_("Zu- oder absagen"),
            page=meeting.get_absolute_url(),
            url=reverse("attendance", args=[meeting.committee.slug, meeting.pk]),
        )


@source("tagesordnung-geaendert", gettext_lazy("Geänderte Tagesordnungen"), reminds=True, concerns=sits)
def changed_agendas(user: Any, on: date) -> Iterator[Entry]:
    """From the invitation to the meeting; sorted by the change, so that a later one is a new entry."""
    for meeting in _of_member(user).upcoming().with_changed_agenda():
        moments = [meeting.agenda_changed_at, meeting.internal_agenda_changed_at]
        changed = localtime(max(moment for moment in moments if moment))
        words = {"when": _when(meeting, on), "changed": date_format(changed, "d.m.Y, H:i")}
        yield _entry(
            meeting,
            why=_("%(when)s. Seit der Einladung geändert, zuletzt am %(changed)s Uhr.") % words,
            severity=Severity.SOON,
            on=changed.date(),
            action=_("Tagesordnung ansehen"),
        )


@source("niederschriften", gettext_lazy("Niederschriften liegen vor"), reminds=True, concerns=sits)
def minutes(user: Any, on: date) -> Iterator[Entry]:
    """Until they are approved, at most for a quarter."""
    since = on - MINUTES_FOR
    for meeting in _of_member(user).with_minutes_to_read(since):
        words = {"committee": meeting.committee, "day": date_format(meeting.day, "d.m.Y")}
        yield _entry(
            meeting,
            why=_("%(committee)s am %(day)s: Die Niederschrift ist noch nicht genehmigt.") % words,
            severity=Severity.INFO,
            on=meeting.day,
            action=_("Niederschrift lesen"),
        )


def _of_member(user: Any) -> Any:
    return Meeting.objects.visible_to(user).of_member(user).select_related("committee")


def _entry(meeting: Meeting, **values: Any) -> Entry:
    values = {"url": meeting.get_absolute_url(), **values}
    return Entry(title=meeting.title, is_example=meeting.is_example, **values)


def _when(meeting: Meeting, on: date) -> str:
    moment = localtime(meeting.starts_at)
    return _("%(committee)s am %(day)s Uhr (%(days)s)") % {
        "committee": meeting.committee,
        "day": date_format(moment, "d.m.Y, H:i"),
        "days": days_between(localdate(moment), on),
    }
