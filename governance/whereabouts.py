"""What became of a resolution: from the paper to the effect, each part as far as the reader may see it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.timezone import make_aware

from governance.models import AgendaItem, Committee, Consultation, Paper, Resolution
from governance.panels import cells_of
from measures.models import Measure, RolloutCell, RolloutFigures


@dataclass(frozen=True)
class Effect:
    """A measure with its roll-out on the evening of the resolution and today."""

    measure: Measure
    then: RolloutFigures
    now: RolloutFigures


@dataclass(frozen=True)
class Station:
    """A committee on the paper's way, with the item where it dealt with it, if that may be seen."""

    consultation: Consultation
    item: AgendaItem | None


def evening_of(resolution: Resolution) -> datetime:
    return make_aware(datetime.combine(resolution.resolved_on + timedelta(days=1), time()))


def effects_of(resolution: Resolution, user: Any) -> list[Effect]:
    measures = list(
        Measure.objects.visible_to(user)
        .filter(resolution_links__resolution=resolution)
        .with_progress()
        .order_by("no")
    )
    cells = RolloutCell.objects.visible_to(user).filter(measure__in=measures)
    rows: dict[int, list[tuple[str, str, int]]] = {measure.pk: [] for measure in measures}
    found: Any = cells.with_stage_at(evening_of(resolution))
    for key, then, stage, people in found.values_list(
        "measure", "stage_then", "stage", "municipality__residents"
    ):
        rows[key].append((then, stage, people))
    return [
        Effect(
            measure,
            RolloutFigures.of((then, people) for then, _now, people in rows[measure.pk]),
            RolloutFigures.of((stage, people) for _then, stage, people in rows[measure.pk]),
        )
        for measure in measures
    ]


def cells_then_and_now(resolution: Resolution, user: Any) -> list[RolloutCell]:
    """The states that the resolution is about, each with `was` in words."""
    cells: list[Any] = list(cells_of(resolution, user).with_stage_at(evening_of(resolution)))
    for cell in cells:
        cell.was = RolloutCell.Stage(cell.stage_then).label
    return cells


def item_of(resolution: Resolution, user: Any) -> AgendaItem | None:
    visible = AgendaItem.objects.visible_to(user).select_related("meeting__committee")
    return visible.filter(resolutions=resolution).first()


def paper_of(item: AgendaItem | None, user: Any) -> Paper | None:
    if item is None:
        return None
    return Paper.objects.visible_to(user).filter(agenda_items=item).select_related("committee").first()


def stations_of(paper: Paper | None, user: Any) -> list[Station]:
    if paper is None:
        return []
    committees = Committee.objects.visible_to(user)
    rows = Consultation.objects.filter(paper=paper, committee__in=committees)
    consultations = list(rows.select_related("committee"))
    items = (
        AgendaItem.objects.visible_to(user)
        .select_related("meeting__committee")
        .in_bulk([row.item_id for row in consultations if row.item_id])
    )
    return [Station(row, items.get(row.item_id)) for row in consultations]
