"""What is new for a municipality since it last confirmed its state, by the history of measures and cells."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from measures.models import Measure, RolloutCell
from measures.models.measure import visibilities_for
from smartregion.base.history import event_model
from smartregion.base.text import german_key

Stage = RolloutCell.Stage


@dataclass(frozen=True)
class News:
    """The municipality's cells, each with `read_at`; measures now visible; pairs of measure and place."""

    cells: list[RolloutCell]
    visible_now: set[int]
    live_elsewhere: list[tuple[int, str]]


def news_for(user: Any) -> News:
    """Asks three questions. A cell that was never confirmed counts from the municipality's last confirmation;
    to one that never confirmed anything nothing is new, since all of it waits to be confirmed.
    """
    own = RolloutCell.objects.visible_to(user).filter(municipality=user.municipality_id)
    last = own.aggregate(last=Max("confirmed_at"))["last"]
    if last is None:
        return News([], set(), [])
    read_at = Coalesce("confirmed_at", Value(last))
    visibility_then = _as_of(Measure, "measure_id", "visibility")
    cells = own.annotate(read_at=read_at).annotate(visibility_then=visibility_then)
    seen = visibilities_for(user)
    mine = own.filter(measure=OuterRef("measure")).annotate(read_at=read_at).values("read_at")
    live = (
        RolloutCell.objects.visible_to(user)
        .filter(stage=Stage.LIVE)
        .exclude(municipality=user.municipality_id)
        .filter(measure__in=own.exclude(stage__in=[Stage.LIVE, Stage.NOT_AFFECTED]).values("measure"))
        .annotate(read_at=Subquery(mine))
        .annotate(stage_then=_as_of(RolloutCell, "pk", "stage"))
        .filter(Q(stage_then=None) | ~Q(stage_then=Stage.LIVE))
    )
    found = list(cells.select_related("measure", "municipality"))
    return News(
        found,
        {
            cell.measure_id
            for cell in found
            if cell.visibility_then not in seen  # type: ignore[attr-defined]
        },
        list(live.values_list("measure", "municipality__name")),
    )


@dataclass(frozen=True)
class Novelty:
    """A cell for whose municipality something is new, and what it is."""

    cell: RolloutCell
    reasons: list[str]


def novelties_for(user: Any) -> list[Novelty]:
    """What to tell the account of a municipality; nothing to others. As many questions as `news_for` asks."""
    if not user.is_authenticated or not user.municipality_id:
        return []
    news = news_for(user)
    elsewhere: dict[int, list[str]] = defaultdict(list)
    for measure, place in news.live_elsewhere:
        elsewhere[measure].append(place)
    found = []
    for cell in news.cells:
        reasons = []
        if cell.measure_id in news.visible_now:
            reasons.append(_("Die Maßnahme ist seitdem neu zu sehen."))
        if places := elsewhere.get(cell.measure_id):
            names = ", ".join(sorted(places, key=german_key))
            reasons.append(_("Seitdem anderswo im Regelbetrieb: %s.") % names)
        if reasons:
            found.append(Novelty(cell, reasons))
    return found


def _as_of(model: Any, key: str, field: str) -> Subquery:
    """The row's value as of `read_at`; None where the row did not exist."""
    events: QuerySet[Any] = event_model(model)._base_manager.filter(
        pgh_obj_id=OuterRef(key), pgh_created_at__lte=OuterRef("read_at")
    )
    return Subquery(events.order_by(F("pgh_created_at").desc(), F("pgh_id").desc()).values(field)[:1])
