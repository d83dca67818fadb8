"""The logic model of a measure: from what goes in to what comes of it, as far as the reader may see it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from measures.models import Milestone
from monitoring.indicators import shown
from monitoring.logic_model import logic_model
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from network.models import Role
from smartregion.base.text import german_slug
from tests.factories import make_budget_line, make_measure, make_user

pytestmark = pytest.mark.django_db


def make_indicator(measure: Any, level: str, name: str, **values: Any) -> Indicator:
    defaults = {
        "key": german_slug(name),
        "unit": "Stück",
        "source": "Zählung",
        "collected_from": date(2025, 1, 1),
        "visibility": "public",
    }
    return Indicator.objects.create(measure=measure, level=level, name=name, **{**defaults, **values})


def chain(measure: Any, user: Any) -> dict[str, list[tuple[str, str]]]:
    indicators = Indicator.objects.visible_to(user).filter(measure=measure).with_definition()
    steps = logic_model(measure, shown(indicators, date(2026, 1, 1)), user)
    return {step.key: [(element.label, element.state) for element in step.elements] for step in steps}


def test_each_step_holds_what_belongs_to_it_with_value_and_target() -> None:
    measure = make_measure()
    make_budget_line(measure, amount=1_500)
    Milestone.objects.create(
        measure=measure, title="Aufbau", planned_date=date(2025, 3, 1), actual_date=date(2025, 3, 2)
    )
    sensors = make_indicator(measure, "output", "Sensoren")
    IndicatorTarget.objects.create(indicator=sensors, on=date(2026, 12, 31), value=40)
    IndicatorValue.objects.create(indicator=sensors, on=date(2025, 6, 30), value=Decimal(12))
    make_indicator(measure, "impact", "Schäden")

    assert chain(measure, make_user(Role.COORDINATION)) == {
        "input": [("Geplante Mittel", "1.500,00\u00a0€")],
        "activity": [("Aufbau", "erreicht")],
        "output": [("Sensoren", "12 von 40 Stück")],
        "outcome": [],
        "impact": [("Schäden", "noch kein Wert")],
    }


def test_a_visitor_sees_neither_money_nor_internal_indicators(client: Client) -> None:
    measure = make_measure()
    make_budget_line(measure, amount=1_500)
    make_indicator(measure, "output", "Offenes")
    make_indicator(measure, "outcome", "Internes", visibility="internal")

    page = client.get(measure.get_absolute_url()).content.decode()

    assert "Wirkungsmodell" in page and "Offenes" in page
    assert "Internes" not in page and "Geplante Mittel" not in page


def test_without_an_indicator_there_is_no_picture(client: Client) -> None:
    assert "Wirkungsmodell" not in client.get(make_measure().get_absolute_url()).content.decode()
