"""Indicators by their level in the logic model, with where each stands (`monitoring.indicator_math`)."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from monitoring import indicator_math
from monitoring.indicator_math import Definition, Point, Standing, Target
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from monitoring.snapshot import schema
from monitoring.snapshot.measures import said
from monitoring.snapshot.past import Row
from monitoring.snapshot.scales import coded
from monitoring.snapshot.world import World
from smartregion.base.text import german_key

COLUMNS = (
    *("key", "name", "definition", "level", "unit", "decimals", "direction", "measure_id", "field_id"),
    *("baseline", "baseline_on", "source", "rhythm", "collected_from", "combination"),
    *("sdgs", "din_spec_91387", "u4ssc", "is_example"),
)


def indicators_of(world: World) -> list[schema.Indicator]:
    """Level by level; in each those of the concept first, then field by field, then measure by measure."""
    if "indicators" not in world.parts:
        return []
    rows = [row for row in world.past.shown(Indicator, *COLUMNS) if _belongs(row, world)]
    data = _Data(world, {row.pk for row in rows})
    return [_indicator(row, data, world) for row in sorted(rows, key=lambda row: _order(row, world))]


def _belongs(row: Row, world: World) -> bool:
    """A report on one municipality tells the indicators of which the municipality has values of its own."""
    if world.scope.place is not None and not row.combination:
        return False
    if row.measure_id is not None:
        return row.measure_id in world.nos
    return row.field_id in world.scope.fields if row.field_id is not None else world.scope.is_whole


def _order(row: Row, world: World) -> tuple[Any, ...]:
    level = list(Indicator.Level).index(Indicator.Level(row.level))
    fields = {field.pk: field.position for field in world.fields}
    measure = world.by_key.get(row.measure_id)
    field = row.field_id if measure is None else measure.field_id
    return level, fields.get(field, 0), measure.no if measure else "", german_key(row.name), row.pk


class _Data:
    """Targets and values of these indicators, the values in the order of their days."""

    def __init__(self, world: World, indicators: set[int]) -> None:
        self.targets: dict[int, list[Target]] = defaultdict(list)
        for row in world.past.rows(IndicatorTarget, "indicator_id", "on", "value"):
            if row.indicator_id in indicators:
                self.targets[row.indicator_id].append(Target(row.on, row.value))
        self.values: dict[int, list[Row]] = defaultdict(list)
        columns = ("indicator_id", "municipality_id", "on", "value", "note")
        for row in world.past.rows(IndicatorValue, *columns):
            if row.indicator_id in indicators and row.on <= world.past.day:
                self.values[row.indicator_id].append(row)
        for values in self.values.values():
            values.sort(key=lambda row: (row.on, row.pk))


def _indicator(row: Row, data: _Data, world: World) -> schema.Indicator:
    targets, values = sorted(data.targets[row.pk]), data.values[row.pk]
    definition = Definition(
        direction=row.direction,
        rhythm=row.rhythm,
        collected_from=row.collected_from,
        baseline=row.baseline,
        baseline_on=row.baseline_on,
        targets=targets,
        combination=row.combination,
    )
    points = [Point(value.on, value.value, value.municipality_id) for value in values]
    places = [place.pk for place in world.all_places]
    stands = indicator_math.standing(definition, points, places, world.past.day)
    fields = {field.pk: field for field in world.fields}
    return schema.Indicator(
        key=row.key,
        name=row.name,
        definition=said(row.definition),
        level=coded(Indicator.Level(row.level)),
        unit=row.unit,
        decimals=row.decimals,
        direction=coded(Indicator.Direction(row.direction)),
        subject=_subject(row, world),
        measure_no=world.nos.get(row.measure_id),
        field_slug=fields[row.field_id].slug if row.field_id is not None else None,
        baseline=None
        if row.baseline is None
        else schema.IndicatorPoint(
            on=row.baseline_on.isoformat(), value=_digits(row.baseline, row), note=None
        ),
        targets=[_target(target, row) for target in targets],
        target=_target(stands.target, row) if stands.target else None,
        value=_digits(stands.value, row),
        on=stands.on.isoformat() if stands.on else None,
        attainment=stands.attainment,
        on_target=coded(stands.on_target),
        trend=coded(stands.trend),
        is_overdue=stands.is_overdue,
        points=_points(row, values, stands),
        places=_places(row, values, world) if row.combination else [],
        combination=_combination(row, stands),
        source=row.source,
        rhythm=str(Indicator.Rhythm(row.rhythm).label),
        tags=_tags(row),
        is_example=row.is_example,
    )


def _digits(value: Decimal | None, row: Row) -> str | None:
    """With as many digits behind the point as the indicator has, halves away from zero."""
    if value is None:
        return None
    return str(value.quantize(Decimal(1).scaleb(-row.decimals), rounding=ROUND_HALF_UP))


def _target(target: Target, row: Row) -> schema.IndicatorTarget:
    return schema.IndicatorTarget(on=target.on.isoformat(), value=_digits(target.value, row) or "")


def _subject(row: Row, world: World) -> str:
    if row.measure_id is not None:
        measure = world.by_key[row.measure_id]
        return f"{measure.no} {measure.title}"
    named = (field.name for field in world.fields if field.pk == row.field_id)
    return next(named, world.concept.title)


def _points(row: Row, values: Iterable[Row], stands: Standing) -> list[schema.IndicatorPoint]:
    """The region's values where it is collected in municipalities; else all, also those that say "none"."""
    if row.combination:
        return [
            schema.IndicatorPoint(on=point.on.isoformat(), value=_digits(point.value, row), note=None)
            for point in stands.series
        ]
    return [
        schema.IndicatorPoint(
            on=value.on.isoformat(),
            value=_digits(value.value, row),
            note=value.note if value.value is None else None,
        )
        for value in values
        if value.municipality_id is None
    ]


def _places(row: Row, values: Iterable[Row], world: World) -> list[schema.IndicatorPlace]:
    latest = {value.municipality_id: value for value in values if value.value is not None}
    return [
        schema.IndicatorPlace(
            name=place.name,
            on=latest[place.pk].on.isoformat() if place.pk in latest else None,
            value=_digits(latest[place.pk].value, row) if place.pk in latest else None,
        )
        for place in world.places
    ]


def _combination(row: Row, stands: Standing) -> str | None:
    if not row.combination:
        return None
    return _("%(how)s; Werte von %(counted)s von %(of)s") % {
        "how": Indicator.Combination(row.combination).label,
        "counted": stands.counted,
        "of": stands.of,
    }


def _tags(row: Row) -> list[str]:
    tags = [_("SDG %s") % number for number in sorted(row.sdgs)]
    tags += [_("DIN SPEC 91387: %s") % row.din_spec_91387] if row.din_spec_91387 else []
    return tags + ([_("U4SSC: %s") % row.u4ssc] if row.u4ssc else [])
