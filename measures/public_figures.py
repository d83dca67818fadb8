"""Figures for pages that sum up many measures. PostgreSQL counts: a page costs the same at any size."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from fields.models import ActionField
from measures.models import Measure, RolloutCell


@dataclass
class Figures:
    """What is going on in a field, or in all of them together."""

    measures: int = 0
    active: int = 0
    live: int = 0
    """States "im Regelbetrieb": one measure in one municipality each."""
    places: set[int] = field(default_factory=set)
    """Keys of the municipalities in which at least one measure is live."""

    @classmethod
    def summed(cls, parts: Iterable["Figures"]) -> "Figures":
        whole = cls()
        for part in parts:
            whole.measures += part.measures
            whole.active += part.active
            whole.live += part.live
            whole.places |= part.places
        return whole


@dataclass(frozen=True)
class Overview:
    by_field: dict[int, Figures]
    live_by_place: Counter[int]

    @property
    def all(self) -> Figures:
        return Figures.summed(self.by_field.values())


def overview_for(user: Any, *, of: ActionField | None = None) -> Overview:
    """The figures of all measures that the user may see, or of those of one field. Two queries."""
    measures, cells = Measure.objects.visible_to(user), RolloutCell.objects.visible_to(user)
    if of is not None:
        measures, cells = measures.filter(field=of), cells.filter(measure__field=of)
    found: dict[int, Figures] = defaultdict(Figures)
    by_place: Counter[int] = Counter()
    for key, status, number in measures.order_by().values_list("field", "status").annotate(Count("pk")):
        found[key].measures += number
        found[key].active += number if status == Measure.Status.ACTIVE else 0
    live = cells.filter(stage=RolloutCell.Stage.LIVE).order_by()
    for key, place, number in live.values_list("measure__field", "municipality").annotate(Count("pk")):
        found[key].live += number
        found[key].places.add(place)
        by_place[place] += number
    return Overview(found, by_place)
