"""A map of the municipalities on which a point can be shown and chosen: own outlines, no tiles of others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from measures.rollout_map import WIDTH, Projection, rings_of
from network.models import Municipality

Point = tuple[Decimal | float, Decimal | float]
"""Longitude and latitude, as in GeoJSON."""


@dataclass(frozen=True)
class PlaceMap:
    """Outlines in the units of the SVG, and how a page's script finds the place of a click."""

    outlines: list[tuple[Municipality, str, float, float]]
    """Each with the middle of its area, where its name stands."""
    projection: Projection
    x: float | None = None
    y: float | None = None

    @property
    def width(self) -> int:
        return WIDTH


def place_map(point: Point | None = None) -> PlaceMap | None:
    """The map, with a point if there is one; None where the region has no boundaries."""
    places = list(Municipality.objects.exclude(boundary=None))
    if not places:
        return None
    projection = Projection.of(places)
    outlines = [(place, projection.outline(place), *projection.middle(place)) for place in places]
    if point is None:
        return PlaceMap(outlines, projection)
    return PlaceMap(outlines, projection, *projection.at(float(point[0]), float(point[1])))


def municipality_at(point: Point, places: Iterable[Municipality]) -> Municipality | None:
    """The one within whose boundary the point lies."""
    return next((place for place in places if place.boundary and _contains(place.boundary, point)), None)


def _contains(geometry: dict[str, Any], point: Point) -> bool:
    """By how often a line to the east crosses the rings: an odd number of times from within."""
    return sum(_crossings(ring, point) for ring in rings_of(geometry)) % 2 == 1


def _crossings(ring: Sequence[tuple[float, float]], point: Point) -> int:
    x, y = float(point[0]), float(point[1])
    crossed = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            crossed += 1
    return crossed
