"""The map's shapes: tiles of a grid or real boundaries, in the units of the SVG that shows them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import ngettext

from measures.matrix import State, Wording, states_of
from measures.models import Measure, RolloutCell, RolloutFigures
from network.models import Municipality
from smartregion.base.charts import TONES as TONES_ON_PAPER

TILE, GAP = 92, 8
WIDTH = 640
TONES = {
    RolloutCell.Stage.NOT_STARTED: "step0",
    RolloutCell.Stage.INTERESTED: "step1",
    RolloutCell.Stage.COMMITTED: "step2",
    RolloutCell.Stage.PREPARING: "step3",
    RolloutCell.Stage.INTRODUCING: "step4",
    RolloutCell.Stage.LIVE: "step5",
}
OFF_THE_WAY = "off"
MARKED = {True: TONES_ON_PAPER["step5"].fill, False: TONES_ON_PAPER["out"].fill}


@dataclass(frozen=True)
class Shape:
    """A municipality on the map: its outline, where its two lines of text stand, and what it says."""

    place: Municipality
    path: str
    x: float
    y: float
    tone: str
    text: str
    words: str
    is_stale: bool
    is_dimmed: bool


@dataclass(frozen=True)
class Map:
    shapes: list[Shape]
    width: int
    height: int
    description: str
    figures: RolloutFigures | None


Look = Callable[[Municipality], tuple[str, str, str, bool, bool]]
"""Tone, short text, words, whether it is stale, whether it is dimmed because it was not asked for."""
Outline = tuple[str, float, float]


def map_of_measure(
    measure: Measure,
    places: Sequence[Municipality],
    user: Any,
    *,
    as_tiles: bool,
    wanted: Collection[int] | None = None,
    stage: str = "",
) -> Map:
    """Each municipality in the tone of the measure's stage.

    Args:
        wanted: keys of the municipalities that are asked for, all by default.
        stage: the one that is asked for, any by default.
    """
    states, wording = states_of([measure], user), Wording()

    def look(place: Municipality) -> tuple[str, str, str, bool, bool]:
        state = states.get((measure.pk, place.pk), State())
        own = RolloutCell.Stage(state.stage)
        is_dimmed = _is_beside(place, wanted) or stage not in ("", own)
        return TONES.get(own, OFF_THE_WAY), own.short, wording.of(state), wording.is_stale(state), is_dimmed

    figures = RolloutFigures.of(
        (states.get((measure.pk, place.pk), State()).stage, place.residents) for place in places
    )
    return _map(places, look, as_tiles, figures)


def _is_beside(place: Municipality, wanted: Collection[int] | None) -> bool:
    return wanted is not None and place.pk not in wanted


def map_of_live_counts(
    measures: QuerySet[Measure],
    places: Sequence[Municipality],
    *,
    as_tiles: bool,
    wanted: Collection[int] | None = None,
) -> Map:
    """Each municipality with the number of measures that are live there, out of `measures`. Two queries."""
    live = RolloutCell.objects.filter(measure__in=measures.order_by(), stage=RolloutCell.Stage.LIVE)
    counts = Counter(dict(live.order_by().values_list("municipality").annotate(Count("pk"))))
    return map_of_counts(counts, measures.count(), places, as_tiles=as_tiles, wanted=wanted)


def map_of_counts(
    counts: Counter[int],
    total: int,
    places: Sequence[Municipality],
    *,
    as_tiles: bool,
    wanted: Collection[int] | None = None,
) -> Map:
    """Each municipality with its number of live measures, out of so many measures."""

    def look(place: Municipality) -> tuple[str, str, str, bool, bool]:
        count = counts[place.pk]
        tone = f"step{1 + 4 * count // max(total, 1)}" if count else "step0"
        words = ngettext("%d Maßnahme im Regelbetrieb", "%d Maßnahmen im Regelbetrieb", count) % count
        return tone, str(count), words, False, _is_beside(place, wanted)

    return _map(places, look, as_tiles, None)


def _map(places: Sequence[Municipality], look: Look, as_tiles: bool, figures: RolloutFigures | None) -> Map:
    outlines, height = _tiles(places) if as_tiles else _boundaries(places)
    shapes = []
    for place, (path, x, y) in zip(places, outlines, strict=True):
        shapes.append(Shape(place, path, x, y, *look(place)))
    description = "; ".join(f"{shape.place.name}: {shape.words}" for shape in shapes)
    width = max((TILE + GAP) * (place.tile_column + 1) for place in places) if as_tiles and places else WIDTH
    return Map(shapes, width, height, description, figures)


def locator(places: Sequence[Municipality], here: Municipality) -> str:
    """A small map as SVG without words, one municipality marked; tiles where a boundary is missing."""
    as_tiles = any(place.boundary is None for place in places)
    outlines, height = _tiles(places) if as_tiles else _boundaries(places)
    width = max((TILE + GAP) * (place.tile_column + 1) for place in places) if as_tiles else WIDTH
    shapes = "".join(
        f'<path d="{path}" fill="{MARKED[place == here]}" stroke="#ffffff" stroke-width="3"/>'
        for place, (path, _x, _y) in zip(places, outlines, strict=True)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{shapes}</svg>'


def _tiles(places: Sequence[Municipality]) -> tuple[list[Outline], int]:
    step, outlines = TILE + GAP, []
    for place in places:
        left, top = place.tile_column * step + GAP // 2, place.tile_row * step + GAP // 2
        path = f"M{left} {top}h{TILE}v{TILE}h-{TILE}z"
        outlines.append((path, left + TILE / 2, top + TILE / 2))
    return outlines, step * (max((place.tile_row for place in places), default=0) + 1)


def _boundaries(places: Sequence[Municipality]) -> tuple[list[Outline], int]:
    projection = Projection.of(places)
    outlines = [(projection.outline(place), *projection.middle(place)) for place in places]
    return outlines, projection.height


@dataclass(frozen=True)
class Projection:
    """Equirectangular: at a county's size nobody sees the difference to a better one."""

    west: float
    north: float
    per_longitude: float
    per_latitude: float
    height: int

    @classmethod
    def of(cls, places: Sequence[Municipality]) -> "Projection":
        """That in which all these places fill the map's width."""
        points = [point for place in places for ring in rings_of(place.boundary or {}) for point in ring]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        south, north = min(y for _x, y in points), max(y for _x, y in points)
        squeeze = cos(radians((south + north) / 2))
        scale = WIDTH / ((east - west) * squeeze)
        return cls(west, north, squeeze * scale, scale, round((north - south) * scale))

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            round((longitude - self.west) * self.per_longitude, 1),
            round((self.north - latitude) * self.per_latitude, 1),
        )

    def middle(self, place: Municipality) -> tuple[float, float]:
        """Where the name of a place stands: in the middle of its largest part, between the borders there."""
        largest = max(rings_of(place.boundary or {}), key=len)
        ring = [self.at(x, y) for x, y in largest]
        turned = [(y, x) for x, y in ring]
        x, y = _middle(ring)
        for _round in range(2):
            y = _between(ring, x, y)
            x = _between(turned, y, x)
        return round(x, 1), round(y, 1)

    def outline(self, place: Municipality) -> str:
        return "".join(
            "M" + "L".join("{} {}".format(*self.at(x, y)) for x, y in ring) + "z"
            for ring in rings_of(place.boundary or {})
        )


def rings_of(geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """The rings of a GeoJSON Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            yield [(point[0], point[1]) for point in ring]


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The centre of a ring's area."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if not area:
        return ring[0]
    return x / (3 * area), y / (3 * area)


def _between(ring: list[tuple[float, float]], x: float, y: float) -> float:
    """The middle of the longest way up or down through the ring at `x`; `y` where it has none."""
    crossings = sorted(
        y1 + (y2 - y1) * (x - x1) / (x2 - x1)
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)
        if (x1 <= x) != (x2 <= x)
    )
    ways = zip(crossings[::2], crossings[1::2], strict=True)
    first, last = max(ways, key=lambda way: way[1] - way[0], default=(y, y))
    return (first + last) / 2
