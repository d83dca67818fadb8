"""What is new in the measures: the latest updates, and where something has gone into regular operation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.models import Measure, RolloutCell, StatusUpdate
from smartregion.base.text import plain_text

LONGEST = 180


@dataclass(frozen=True)
class Novelty:
    """One piece of news, as the front page tells it."""

    on: date
    kind: str
    title: str
    text: str
    url: str
    is_example: bool


def latest_for(user: Any, number: int) -> list[Novelty]:
    """The newest ones that the user may see, newest first. Two queries, both along an index."""
    found = [*_updates(user, number), *_live(user, number)]
    return sorted(found, key=lambda novelty: novelty.on, reverse=True)[:number]


def _updates(user: Any, number: int) -> Iterator[Novelty]:
    measures = Measure.objects.visible_to(user)
    updates = StatusUpdate.objects.visible_to(user).filter(measure__in=measures).select_related("measure")
    for update in updates.order_by("-on", "-pk")[:number]:
        yield Novelty(
            on=update.on,
            kind=_("Sachstand"),
            title=update.measure.title,
            text=Truncator(plain_text(update.text)).chars(LONGEST),
            url=f"{update.measure.get_absolute_url()}#sachstand-{update.pk}",
            is_example=update.measure.is_example,
        )


def _live(user: Any, number: int) -> Iterator[Novelty]:
    live = RolloutCell.objects.visible_to(user).filter(stage=RolloutCell.Stage.LIVE)
    newest = live.exclude(stage_changed_at=None).order_by("-stage_changed_at")
    for cell in newest.select_related("measure", "municipality").defer("municipality__boundary")[:number]:
        yield Novelty(
            on=localdate(cell.stage_changed_at),
            kind=_("Roll-out"),
            title=cell.measure.title,
            text=_("Jetzt im Regelbetrieb: %s") % cell.municipality.name,
            url=f"{cell.municipality.get_absolute_url()}#{cell.measure.slug}",
            is_example=cell.measure.is_example,
        )
