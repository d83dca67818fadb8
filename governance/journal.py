"""The history of a committee, its backlog, a meeting, a paper and a resolution, each with what belongs to it.

Read by those who keep the records alone: it names drafts and what was internal once.
"""

from django.utils.translation import gettext as _

from governance.models import (
    AgendaItem,
    Attendance,
    Committee,
    Consultation,
    FollowUp,
    Meeting,
    Minutes,
    Paper,
    PaperFile,
    Resolution,
    ResolutionBudget,
    ResolutionCell,
    ResolutionMeasure,
    Seat,
    Series,
    Term,
    Topic,
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
            Source(
                Term,
                events_of(Term, committee_id=committee.pk),
                lambda event: _("Amtszeit „%s“") % event.name,
            ),
            Source(
                Series,
                events_of(Series, committee_id=committee.pk),
                lambda event: _("Terminreihe „%s“") % event.title,
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
            Source(Minutes, events_of(Minutes, meeting_id=meeting.pk), lambda event: _("Niederschrift")),
            Source(
                AgendaItem,
                events_of(AgendaItem, meeting_id=meeting.pk),
                lambda event: _("TOP %(no)d „%(title)s“") % {"no": event.number, "title": event.title},
            ),
            Source(
                Attendance,
                events_of(Attendance, meeting_id=meeting.pk).select_related("seat"),
                lambda event: _("Teilnahme „%s“") % event.seat,
            ),
        ]
    )


def journal_of_paper(paper: Paper) -> list[Change]:
    committees = dict(Committee.objects.values_list("pk", "name"))
    return journal(
        [
            Source(Paper, events_of(Paper, pgh_obj_id=paper.pk)),
            Source(
                PaperFile,
                events_of(PaperFile, paper_id=paper.pk),
                lambda event: _("Anlage „%s“") % event.title,
            ),
            Source(
                Consultation,
                events_of(Consultation, paper_id=paper.pk),
                lambda event: _("Station „%s“") % committees.get(event.committee_id, _("gelöscht")),
            ),
        ]
    )


def journal_of_backlog(committee: Committee) -> list[Change]:
    topics = events_of(Topic, committee_id=committee.pk)
    return journal([Source(Topic, topics, lambda event: _("Thema „%s“") % event.title)])
