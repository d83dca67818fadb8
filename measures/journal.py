"""The history of a measure and of all that belongs to it, told as one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from measures.models import (
    BudgetLine,
    CallOff,
    Document,
    DocumentFile,
    GateCheck,
    Grant,
    Impulse,
    Measure,
    MeasureGuideline,
    MeasureLink,
    MeasureTag,
    Milestone,
    MilestoneLink,
    Movement,
    Risk,
    StatusUpdate,
    Task,
    TeamMeeting,
    TeamMember,
)
from measures.models.measure import visibilities_for
from smartregion.base import clock, written
from smartregion.base.changes import Change, Source, journal
from smartregion.base.history import events_of
from smartregion.base.money import euro

PARTS: list[tuple[type[Model], Callable[[Any], str]]] = [
    (Milestone, lambda event: _("Meilenstein „%s“") % event.title),
    (TeamMember, lambda event: _("Entwicklungsteam: %s") % event.function),
    (MeasureGuideline, lambda event: _("Leitlinie „%s“") % event.guideline),
    (MeasureTag, lambda event: _("Schlagwort „%s“") % event.tag),
    (GateCheck, lambda event: _("Kriterium erfüllt: %s") % event.criterion),
    (Task, lambda event: _("Aufgabe „%s“") % event.title),
    (Risk, lambda event: _("Risiko „%s“") % event.title),
    (TeamMeeting, lambda event: _("Teamsitzung vom %s") % written.day(event.on)),
    (Impulse, lambda event: _("Impuls „%s“") % event.title),
]
MONEY: list[tuple[type[Model], Callable[[Any], str]]] = [
    (Grant, lambda event: _("Zuwendung %s") % event.reference),
    (CallOff, lambda event: _("Mittelabruf bis %s") % written.day(event.due_on)),
    (BudgetLine, lambda event: _("Planansatz %d") % event.year),
    (
        Movement,
        lambda event: f"{Movement.Kind(event.kind).label}: {event.note}, {euro(event.amount)}",
    ),
]
"""Only for those who may see money."""
JOINED: dict[type[Model], str] = {MeasureGuideline: "guideline", MeasureTag: "tag", GateCheck: "criterion"}
"""What the subject of an event is named by, where that is another row."""


def journal_of(measure: Measure, user: Any) -> list[Change]:
    """The newest changes first, as far as the user may see them.

    What happened while the measure was hidden from the user stays hidden, even after it became visible.
    """
    since = visible_since(measure, user)
    shown = Q(pgh_created_at__gte=since) if since else Q()
    return journal(
        Source(source.model, source.events.filter(shown), source.subject)
        for source in _sources(measure, user)
    )


def visible_since(row: Model, user: Any) -> datetime | None:
    """When a row with a visibility was last shown to people like this user; None if it always was."""
    events = events_of(type(row), pgh_obj_id=row.pk)
    hidden = events.exclude(visibility__in=visibilities_for(user)).first()
    if hidden is None:
        return None
    shown = events.filter(pgh_id__gt=hidden.pgh_id).last()
    return shown.pgh_created_at if shown else clock.now()


def _sources(measure: Measure, user: Any) -> Iterator[Source]:
    yield Source(Measure, events_of(Measure, pgh_obj_id=measure.pk))
    parts = [*PARTS, *MONEY] if user.has_perm("measures.view_money", measure) else PARTS
    for model, subject in parts:
        events = events_of(model, measure_id=measure.pk)
        if model in JOINED:
            events = events.select_related(JOINED[model])
        yield Source(model, events, subject)
    visible = StatusUpdate.objects.reachable_by(user).filter(measure=measure)
    updates = events_of(
        StatusUpdate,
        pgh_obj_id__in=visible.values("pk"),
        measure_id=measure.pk,
        visibility__in=visibilities_for(user),
    )
    yield Source(StatusUpdate, updates, lambda event: _("Sachstand vom %s") % written.day(event.on))
    yield from _dependencies(measure, user)
    yield from _documents(measure, user)


def _dependencies(measure: Measure, user: Any) -> Iterator[Source]:
    """Those whose other end the user may see; a milestone that is gone names nothing any more."""
    links = events_of(
        MilestoneLink,
        milestone__measure=measure,
        predecessor__measure__in=Measure.objects.visible_to(user).values("pk"),
    )
    yield Source(
        MilestoneLink,
        links.select_related("milestone", "predecessor"),
        lambda event: (
            _("„%(later)s“ setzt „%(earlier)s“ voraus")
            % {"later": event.milestone, "earlier": event.predecessor}
        ),
    )


def _documents(measure: Measure, user: Any) -> Iterator[Source]:
    """What happened to documents and links in a visibility that the user may see; versions for the editor."""
    shown = {"visibility__in": visibilities_for(user)}
    documents = Document.objects.visible_to(user).filter(measure=measure)
    links = MeasureLink.objects.visible_to(user).filter(measure=measure)
    may_edit = user.has_perm("measures.change_measure")
    mine = {"measure_id": measure.pk} if may_edit else {"pgh_obj_id__in": documents.values("pk"), **shown}
    yield Source(Document, events_of(Document, **mine), lambda event: _("Dokument „%s“") % event.title)
    mine = {"measure_id": measure.pk} if may_edit else {"pgh_obj_id__in": links.values("pk"), **shown}
    yield Source(MeasureLink, events_of(MeasureLink, **mine), lambda event: _("Verweis „%s“") % event.title)
    if may_edit:
        files = events_of(DocumentFile, document__measure=measure).select_related("document")
        yield Source(
            DocumentFile,
            files,
            lambda event: (
                _("Fassung %(number)s von „%(title)s“")
                % {"number": event.number, "title": event.document.title}
            ),
        )
