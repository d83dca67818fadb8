"""The history of a committee with its seats, a meeting with its agenda, a resolution with its follow-ups.

Read by those who keep the records alone: it names drafts and what was internal once.
"""

from django.utils.translation import gettext as _

from governance.models import (
    AgendaItem,
    Committee,
    FollowUp,
    Meeting,
    Resolution,
    ResolutionBudget,
    ResolutionCell,
    ResolutionMeasure,
    Seat,
)
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


def journal_of_resolution(resolution: Resolution) -> list[Change]:
    """With what was to be done after it."""
    return journal(
        [
            Source(Resolution, events_of(Resolution, pgh_obj_id=resolution.pk)),
            Source(
                FollowUp,
                events_of(FollowUp, resolution_id=resolution.pk),
                lambda event: _("Auftrag „%s“") % event.what,
            ),
            Source(
                ResolutionMeasure,
                events_of(ResolutionMeasure, resolution_id=resolution.pk),
                lambda event: _("Verknüpfung mit einer Maßnahme"),
            ),
            Source(
                ResolutionCell,
                events_of(ResolutionCell, resolution_id=resolution.pk),
                lambda event: _("Verknüpfung mit einer Kommune"),
            ),
            Source(
                ResolutionBudget,
                events_of(ResolutionBudget, resolution_id=resolution.pk),
                lambda event: _("Verknüpfung mit einem Planansatz"),
            ),
        ]
    )


def journal_of_meeting(meeting: Meeting) -> list[Change]:
    return journal(
        [
            Source(Meeting, events_of(Meeting, pgh_obj_id=meeting.pk)),
            Source(
                AgendaItem,
                events_of(AgendaItem, meeting_id=meeting.pk),
                lambda event: _("TOP %(no)d „%(title)s“") % {"no": event.number, "title": event.title},
            ),
        ]
    )
