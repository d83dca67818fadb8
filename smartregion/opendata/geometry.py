"""Where municipalities lie: their outlines as GeoJSON (WGS 84), and which of them meet a rectangle."""

from collections.abc import Iterable, Iterator
from typing import Any

from network.models import Municipality

Geometry = dict[str, Any]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north."""


def geometries() -> dict[str, Geometry]:
    """By key (AGS) the outline, or a point in the place where no outline is known. One query."""
    places = Municipality.objects.only("ags", "boundary", "longitude", "latitude")
    return {place.ags: place.boundary or _point(place) for place in places}


def _point(place: Municipality) -> Geometry:
    return {"type": "Point", "coordinates": [float(place.longitude), float(place.latitude)]}


def box_of(geometries: Iterable[Geometry]) -> Box | None:
    points = [point for geometry in geometries for ring in rings_of(geometry) for point in ring]
    if not points:
        return None
    return (
        min(x for x, _y in points),
        min(y for _x, y in points),
        max(x for x, _y in points),
        max(y for _x, y in points),
    )


def rings_of(geometry: Geometry) -> Iterator[list[Point]]:
    """The rings of a Polygon or MultiPolygon; a Point is a ring of itself."""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Point":
        yield [(coordinates[0], coordinates[1])]
        return
    for polygon in [coordinates] if geometry["type"] == "Polygon" else coordinates:
        for ring in polygon:
            yield [(point[0], point[1]) for point in ring]


def meets(geometry: Geometry, box: Box) -> bool:
    """Whether shape and rectangle have a point in common, by the shape and not by its extent."""
    rings = list(rings_of(geometry))
    if any(_is_within(point, box) for ring in rings for point in ring):
        return True
    if any(_crosses(start, end, box) for ring in rings for start, end in _edges(ring)):
        return True
    corner = (box[0], box[1])
    return sum(_goes_around(ring, corner) for ring in rings) % 2 == 1


def _edges(ring: list[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, ring[1:] + ring[:1], strict=True)


def _is_within(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _crosses(start: Point, end: Point, box: Box) -> bool:
    """Whether the way from start to end passes through the box (Liang and Barsky)."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        way = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if way == 0:
            if low > 0 or high < 0:
                return False
            continue
        enters, leaves = sorted((low / way, high / way))
        first, last = max(first, enters), min(last, leaves)
    return first <= last


def _goes_around(ring: list[Point], point: Point) -> bool:
    """Whether a ray from the point eastwards leaves the ring an odd number of times."""
    x, y = point
    return (
        sum(
            (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
            for (x1, y1), (x2, y2) in _edges(ring)
        )
        % 2
        == 1
    )
