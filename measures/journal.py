"""The history of a measure and of all that belongs to it, told as one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import Measure, MeasureGuideline, Milestone, StatusUpdate, TeamMember
from measures.models.measure import visibilities_for
from smartregion.base.history import Change, Source, events_of, journal

PARTS: list[tuple[type[Model], Callable[[Any], str]]] = [
    (Milestone, lambda event: _("Meilenstein „%s“") % event.title),
    (TeamMember, lambda event: _("Entwicklungsteam: %s") % event.function),
    (MeasureGuideline, lambda event: _("Leitlinie „%s“") % event.guideline),
]


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
    return shown.pgh_created_at if shown else now()


def _sources(measure: Measure, user: Any) -> Iterator[Source]:
    yield Source(Measure, events_of(Measure, pgh_obj_id=measure.pk))
    for model, subject in PARTS:
        events = events_of(model, measure_id=measure.pk)
        if model is MeasureGuideline:
            events = events.select_related("guideline")
        yield Source(model, events, subject)
    visible = StatusUpdate.objects.visible_to(user).filter(measure=measure)
    updates = events_of(
        StatusUpdate, pgh_obj_id__in=visible.values("pk"), visibility__in=visibilities_for(user)
    )
    yield Source(StatusUpdate, updates, lambda event: _("Sachstand vom %s") % f"{event.on:%d.%m.%Y}")
