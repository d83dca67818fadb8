"""Short ways to indicators and their values."""

from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from monitoring.services.indicators import create_indicator
from network.models import Municipality


def make_indicator(name: str = "Zählung", **values: Any) -> Indicator:
    """A public one of the whole concept, collected each year since 2024."""
    defaults: dict[str, Any] = {
        "level": "output",
        "unit": "Stück",
        "source": "Statistik",
        "collected_from": date(2024, 1, 1),
        "visibility": "public",
    }
    if values.get("per_municipality"):
        defaults["combination"] = "sum"
    return create_indicator(indicator=Indicator(name=name, **{**defaults, **values}), by=None)


def make_target(indicator: Indicator, on: date, value: int) -> IndicatorTarget:
    return IndicatorTarget.objects.create(indicator=indicator, on=on, value=value)


def make_value(
    indicator: Indicator,
    on: date = date(2024, 12, 31),
    value: float | None = 1,
    place: Municipality | None = None,
    **values: Any,
) -> IndicatorValue:
    number = None if value is None else Decimal(str(value))
    return IndicatorValue.objects.create(
        indicator=indicator, municipality=place, on=on, value=number, **values
    )
