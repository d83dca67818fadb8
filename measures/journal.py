"""The history of a measure and of all that belongs to it, told as one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import Measure, MeasureGuideline, Milestone, StatusUpdate, TeamMember
from measures.models.measure import visibilities_for
from smartregion.base.history import Change, changes_in, event_model

SHOWN = 30

PARTS: list[tuple[type[Model], Callable[[Any], str]]] = [
    (Milestone, lambda event: _("Meilenstein „%s“") % event.title),
    (TeamMember, lambda event: _("Entwicklungsteam: %s") % event.function),
    (MeasureGuideline, lambda event: _("Leitlinie „%s“") % event.guideline),
]


def journal_of(measure: Measure, user: Any) -> list[Change]:
    """The newest changes first, as far as the user may see them. Costs a fixed number of queries.

    What happened while the measure was hidden from the user stays hidden, even after it became visible.
    """
    since = _visible_since(measure, user)
    shown = Q(pgh_created_at__gte=since) if since else Q()
    changes = [
        change
        for model, events, subject in _sources(measure, user)
        for change in changes_in(model, events.filter(shown), subject)
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:SHOWN]


def _visible_since(measure: Measure, user: Any) -> datetime | None:
    """When the measure was last shown to people like this user; None if it always was."""
    events: QuerySet[Any] = event_model(Measure)._base_manager.filter(pgh_obj_id=measure.pk)
    hidden = events.exclude(visibility__in=visibilities_for(user)).order_by("pgh_id").last()
    if hidden is None:
        return None
    shown = events.filter(pgh_id__gt=hidden.pgh_id).order_by("pgh_id").first()
    return shown.pgh_created_at if shown else now()


def _sources(
    measure: Measure, user: Any
) -> Iterator[tuple[type[Model], QuerySet[Any], Callable[[Any], str] | None]]:
    yield Measure, _newest(Measure).filter(pgh_obj_id=measure.pk), None
    for model, subject in PARTS:
        events = _newest(model).filter(measure_id=measure.pk)
        yield model, events.select_related("guideline") if model is MeasureGuideline else events, subject
    visible = StatusUpdate.objects.visible_to(user).filter(measure=measure)
    yield (
        StatusUpdate,
        _newest(StatusUpdate).filter(
            pgh_obj_id__in=visible.values("pk"), visibility__in=visibilities_for(user)
        ),
        lambda event: _("Sachstand vom %s") % f"{event.on:%d.%m.%Y}",
    )


def _newest(model: type[Model]) -> QuerySet[Any]:
    return event_model(model)._base_manager.select_related("pgh_context").order_by("-pgh_id")
