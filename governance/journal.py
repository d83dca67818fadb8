"""The history of a committee with its seats, and of a meeting with its agenda, each told as one.

Read by those who keep the records alone: it names drafts and what was internal once.
"""

from django.utils.translation import gettext as _

from governance.models import AgendaItem, Committee, Meeting, Minutes, Seat
from smartregion.base.history import Change, Source, events_of, journal


def journal_of_committee(committee: Committee) -> list[Change]:
    return journal(
        [
            Source(Committee, events_of(Committee, pgh_obj_id=committee.pk)),
            Source(
                Seat,
                events_of(Seat, committee_id=committee.pk),
                lambda event: _("Sitz „%s“") % event.function,
            ),
        ]
    )


def journal_of_meeting(meeting: Meeting) -> list[Change]:
    return journal(
        [
            Source(Meeting, events_of(Meeting, pgh_obj_id=meeting.pk)),
            Source(Minutes, events_of(Minutes, meeting_id=meeting.pk), lambda event: _("Niederschrift")),
            Source(
                AgendaItem,
                events_of(AgendaItem, meeting_id=meeting.pk),
                lambda event: _("TOP %(no)d „%(title)s“") % {"no": event.number, "title": event.title},
            ),
        ]
    )
