"""What monitoring shows on the pages of others."""

from typing import Any

from fields.models import ActionField, Concept
from measures.models import Measure
from monitoring.indicator_math import RULES
from monitoring.indicators import Shown, place_of, shown
from monitoring.logic_model import logic_model
from monitoring.models import Indicator, Report
from network.models import Municipality
from smartregion.base import clock
from smartregion.base.panels import register


@register(subject="home", key="reports", order=40, template="monitoring/_home_panel.html")
def latest_report(_home: None, user: Any) -> dict[str, Any] | None:
    report = Report.objects.visible_to(user).sealed().for_list().order_by("-as_of", "-pk").first()
    return {"report": report} if report else None


@register(subject="home", key="indicators", order=35, template="monitoring/_indicator_figures.html")
def key_figures(_home: None, user: Any) -> dict[str, Any] | None:
    """What the concept as a whole has changed, as far as there are figures."""
    effects = Indicator.objects.visible_to(user).of_concept().effects()
    rows = [row for row in _rows(effects) if row.standing.on]
    return {"rows": rows[:4]} if rows else None


@register(subject="concept", key="indicators", order=30, template="monitoring/_indicator_panel.html")
def indicators_of_concept(_concept: Concept, user: Any) -> dict[str, Any] | None:
    return _panel(Indicator.objects.visible_to(user).of_concept())


@register(subject="field", key="indicators", order=30, template="monitoring/_indicator_panel.html")
def indicators_of_field(field: ActionField, user: Any) -> dict[str, Any] | None:
    """The field's own; those of its measures stand on their pages."""
    return _panel(Indicator.objects.visible_to(user).filter(field=field))


@register(subject="measure", key="indicators", order=30, template="monitoring/_measure_panel.html")
def indicators_of_measure(measure: Measure, user: Any) -> dict[str, Any] | None:
    """The measure's indicators, and the logic model in which they stand."""
    panel = _panel(Indicator.objects.visible_to(user).filter(measure=measure))
    return panel and {**panel, "steps": logic_model(measure, panel["rows"], user)}


@register(subject="municipality", key="indicators", order=45, template="monitoring/_indicator_places.html")
def values_of_municipality(municipality: Municipality, user: Any) -> dict[str, Any] | None:
    """The municipality's own latest value of each indicator that is collected in all of them."""
    rows = _rows(Indicator.objects.visible_to(user).filter(per_municipality=True))
    return {"places": [place_of(row, municipality) for row in rows]} if rows else None


def _panel(indicators: Any) -> dict[str, Any] | None:
    rows = _rows(indicators)
    return {"rows": rows, "rules": RULES} if rows else None


def _rows(indicators: Any) -> list[Shown]:
    return shown(indicators.with_definition(), clock.today())
