"""Who has a measure already, those first whose answer helps most; never a ranking by success."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from measures.models import Document, Experience, Measure, RolloutCell
from measures.models.ladder import OPEN, Stage
from network.models import Municipality
from smartregion.base.text import german_order

HAS_IT = [Stage.LIVE, Stage.INTRODUCING]
NEIGHBOUR, LIKE_SIZE = _("Nachbarkommune"), _("ähnliche Größe")
ORDER_RULE = _(
    "Zuerst stehen Nachbarkommunen (gemeinsame Grenze), dann Kommunen ähnlicher Größe (die eine hat "
    "höchstens anderthalbmal so viele Einwohnerinnen und Einwohner wie die andere), dann alle anderen; "
    "innerhalb jeder Gruppe nach dem Alphabet."
)


def is_like_size(one: int, other: int) -> bool:
    """Whether the larger one has at most one and a half times the residents of the smaller one."""
    return 2 * max(one, other) <= 3 * min(one, other)


@dataclass(frozen=True)
class Adopter:
    """A municipality that has the measure; `why` it comes first, and what the reader may learn of it."""

    cell: RolloutCell
    why: list[str | Promise]
    experience: Experience | None
    documents: list[Document]


def adopters_of(measure: Measure, user: Any, viewpoint: Municipality | None) -> list[Adopter]:
    """Live or introducing municipalities, in the order of `ORDER_RULE` as seen from `viewpoint`.

    Costs a fixed number of questions.
    """
    cells = cells_with_it(measure)
    seen = Experience.objects.visible_to(user).filter(cell__in=cells)
    experiences = {each.cell_id: each for each in seen if not each.is_empty}
    wanted = {key for each in experiences.values() for key in each.documents}
    visible = Document.objects.visible_to(user).filter(measure=measure, pk__in=wanted)
    documents = {document.pk: document for document in visible.with_files()}
    near = set(viewpoint.neighbours.values_list("pk", flat=True)) if viewpoint else set()
    adopters = []
    for cell in cells:
        cell.measure = measure
        experience = experiences.get(cell.pk)
        named = experience.documents if experience else []
        adopters.append(
            Adopter(
                cell,
                _why(cell.municipality, viewpoint, near),
                experience,
                [documents[key] for key in named if key in documents],
            )
        )
    return sorted(adopters, key=_rank)


def cells_with_it(measure: Measure) -> list[RolloutCell]:
    """In alphabetical order."""
    cells = measure.cells.filter(stage__in=HAS_IT).select_related("municipality")
    return list(cells.defer("municipality__boundary").order_by(*german_order("municipality__name")))


def _why(place: Municipality, viewpoint: Municipality | None, near: set[int]) -> list[str | Promise]:
    if viewpoint is None or place == viewpoint:
        return []
    reasons = {
        NEIGHBOUR: place.pk in near,
        LIKE_SIZE: is_like_size(place.residents, viewpoint.residents),
    }
    return [words for words, holds in reasons.items() if holds]


def _rank(adopter: Adopter) -> int:
    """Sorting keeps the alphabet within each group."""
    if NEIGHBOUR in adopter.why:
        return 0
    return 1 if adopter.why else 2


@dataclass(frozen=True)
class Ahead:
    """A measure that neighbours have and the municipality has not."""

    measure: Measure
    places: list[str]


def ahead_of(own: Iterable[RolloutCell], municipality: Municipality, user: Any) -> list[Ahead]:
    """What neighbours have and the municipality, by its `own` cells, has not begun. One question."""
    missing = {cell.measure_id: cell.measure for cell in own if cell.stage in {Stage.UNKNOWN, *OPEN}}
    found: dict[int, list[str]] = {}
    pairs = (
        RolloutCell.objects.visible_to(user)
        .filter(stage__in=HAS_IT, measure__in=missing, municipality__in=municipality.neighbours.values("pk"))
        .order_by(*german_order("municipality__name"))
    )
    for measure, name in pairs.values_list("measure", "municipality__name"):
        found.setdefault(measure, []).append(name)
    return [Ahead(measure, found[key]) for key, measure in missing.items() if key in found]
