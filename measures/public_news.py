"""What is new in public about measures and their roll-out."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.models import ActionField
from measures.changes import changed_in_words, milestone_in_words
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, Visibility
from network.models import Municipality
from smartregion.base import written
from smartregion.base.public_news import (
    VISITOR,
    Choice,
    Life,
    News,
    Topic,
    choices_of,
    key_of,
    lives,
    source,
    topics,
)
from smartregion.base.text import plain_text

FIELDS, MUNICIPALITIES, MEASURES = "handlungsfelder", "kommunen", "massnahmen"
WORDS_OF_UPDATE: Final = 60


@topics(FIELDS, label=gettext_lazy("Handlungsfelder"), order=10)
def fields(keys: Collection[str] | None) -> dict[str, Choice]:
    return choices_of(ActionField.objects.all(), keys)


@topics(MUNICIPALITIES, label=gettext_lazy("Kommunen"), order=20)
def municipalities(keys: Collection[str] | None) -> dict[str, Choice]:
    return choices_of(Municipality.objects.defer("boundary"), keys)


@topics(MEASURES, label=gettext_lazy("Maßnahmen"), order=40, is_listed=False)
def measures(keys: Collection[str] | None) -> dict[str, Choice]:
    return choices_of(Measure.objects.visible_to(VISITOR), keys)


def topics_of(measure: Measure) -> set[Topic]:
    """What somebody follows who wants to know of the measure; it comes with its field."""
    return {Topic(MEASURES, measure.slug), Topic(FIELDS, measure.field.slug)}


@source("measures")
def tell(since: datetime) -> Iterator[News]:
    """New measures, changes of what their pages say, milestones, status updates and steps of the roll-out."""
    visible = Measure.objects.visible_to(VISITOR)
    own = lives(visible, since, _is_public)
    milestones = lives(Milestone.objects.filter(measure__in=visible), since, _is_of_same)
    updates = StatusUpdate.objects.visible_to(VISITOR).filter(measure__in=visible)
    told = lives(updates, since, _is_public_of_same)
    cells = lives(RolloutCell.objects.visible_to(VISITOR), since, _is_of_same)
    parts = [life.newest.measure_id for found in (milestones, told, cells) for life in found.values()]
    rows = Measure.objects.filter(pk__in={*own, *parts}).select_related("field").in_bulk()
    yield from _measures(rows, own)
    yield from _milestones(rows, own, milestones)
    yield from _updates(rows, own, told)
    yield from _cells(rows, own, cells)


def _is_public(event: Any, newest: Any) -> bool:
    return event.visibility == Visibility.PUBLIC and getattr(event, "archived_at", None) is None


def _is_of_same(event: Any, newest: Any) -> bool:
    """What came from another measure, as by merging, had a page there that may have been hidden."""
    return bool(event.measure_id == newest.measure_id)


def _is_public_of_same(event: Any, newest: Any) -> bool:
    return _is_public(event, newest) and _is_of_same(event, newest)


Rows = dict[int, Measure]
Lives = dict[int, Life]


def _news(
    measure: Measure, event: Any, text: str, *, anchor: str = "", also: set[Topic] | None = None
) -> News:
    return News(
        key=key_of(event),
        at=event.pgh_created_at,
        about=str(measure),
        text=text,
        url=f"{measure.get_absolute_url()}{anchor}",
        subject=subject_of(measure),
        topics=frozenset(topics_of(measure) | (also or set())),
        is_example=measure.is_example,
    )


def subject_of(row: Model) -> tuple[str, int]:
    return row._meta.label_lower, row.pk


def _measures(rows: Rows, own: Lives) -> Iterator[News]:
    words = changed_in_words(step for life in own.values() for step in life.steps)
    for key, life in own.items():
        if life.shown:
            yield _news(
                rows[key],
                life.shown,
                f"{_('Die Maßnahme ist neu zu sehen.')} {plain_text(rows[key].summary)}",
            )
        for step in life.steps:
            if sentences := words.get(step.before.pk):
                yield _news(rows[key], step.after, " ".join(sentences))


def _milestones(rows: Rows, own: Lives, milestones: Lives) -> Iterator[News]:
    for life in milestones.values():
        measure, parent = rows[life.newest.measure_id], own.get(life.newest.measure_id)
        if life.is_new(parent):
            yield _news(measure, life.shown, milestone_in_words(None, life.shown), anchor="#meilensteine")
        for step in life.changes(parent):
            if text := milestone_in_words(step.before, step.after):
                yield _news(measure, step.after, text, anchor="#meilensteine")


def _updates(rows: Rows, own: Lives, updates: Lives) -> Iterator[News]:
    for life in updates.values():
        if life.is_new(own.get(life.newest.measure_id)):
            text = _("Neuer Sachstand vom %s.") % written.day(life.newest.on)
            words = Truncator(plain_text(life.newest.text)).words(WORDS_OF_UPDATE)
            yield _news(rows[life.newest.measure_id], life.shown, f"{text} {words}", anchor="#sachstand")


def _cells(rows: Rows, own: Lives, cells: Lives) -> Iterator[News]:
    moves = [
        (life.newest, step)
        for life in cells.values()
        for step in life.changes(own.get(life.newest.measure_id))
        if step.before.stage != step.after.stage
    ]
    keys = {cell.municipality_id for cell, _step in moves}
    places = Municipality.objects.only("name", "slug").in_bulk(keys) if keys else {}
    for cell, step in moves:
        place = places[cell.municipality_id]
        text = _("%(place)s: jetzt %(now)s, zuvor %(before)s.") % {
            "place": place.name,
            "now": RolloutCell.Stage(step.after.stage).label,
            "before": RolloutCell.Stage(step.before.stage).label,
        }
        topic = Topic(MUNICIPALITIES, place.slug)
        yield _news(rows[cell.measure_id], step.after, text, anchor="#rollout", also={topic})
