"""The history of a committee, its backlog, a meeting, a paper and a resolution, each with what belongs to it.

Read by those who keep the records alone: it names drafts and what was internal once.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
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
from smartregion.base.changes import Change, Source, journal
from smartregion.base.history import events_of


def _part(model: type[models.Model], name: Callable[[Any], str], **of: Any) -> Source:
    """Rows that belong to the one that is told of; `name` says which."""
    return Source(model, events_of(model, **of), name)


def journal_of_committee(committee: Committee) -> list[Change]:
    return journal(
        [
            Source(Committee, events_of(Committee, pgh_obj_id=committee.pk)),
            _part(Seat, lambda event: _("Sitz „%s“") % event.function, committee_id=committee.pk),
            _part(Term, lambda event: _("Amtszeit „%s“") % event.name, committee_id=committee.pk),
            _part(Series, lambda event: _("Terminreihe „%s“") % event.title, committee_id=committee.pk),
        ]
    )


def journal_of_resolution(resolution: Resolution) -> list[Change]:
    """With what was to be done after it."""
    return journal(
        [
            Source(Resolution, events_of(Resolution, pgh_obj_id=resolution.pk)),
            _part(FollowUp, lambda event: _("Auftrag „%s“") % event.what, resolution_id=resolution.pk),
            _part(
                ResolutionMeasure,
                lambda event: _("Verknüpfung mit einer Maßnahme"),
                resolution_id=resolution.pk,
            ),
            _part(
                ResolutionCell, lambda event: _("Verknüpfung mit einer Kommune"), resolution_id=resolution.pk
            ),
            _part(
                ResolutionBudget,
                lambda event: _("Verknüpfung mit einem Planansatz"),
                resolution_id=resolution.pk,
            ),
        ]
    )


def journal_of_meeting(meeting: Meeting) -> list[Change]:
    return journal(
        [
            Source(Meeting, events_of(Meeting, pgh_obj_id=meeting.pk)),
            _part(Minutes, lambda event: _("Niederschrift"), meeting_id=meeting.pk),
            _part(
                AgendaItem,
                lambda event: _("TOP %(no)d „%(title)s“") % {"no": event.number, "title": event.title},
                meeting_id=meeting.pk,
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
            _part(PaperFile, lambda event: _("Anlage „%s“") % event.title, paper_id=paper.pk),
            _part(
                Consultation,
                lambda event: _("Station „%s“") % committees.get(event.committee_id, _("gelöscht")),
                paper_id=paper.pk,
            ),
        ]
    )


def journal_of_backlog(committee: Committee) -> list[Change]:
    return journal([_part(Topic, lambda event: _("Thema „%s“") % event.title, committee_id=committee.pk)])
