"""Indicators as of a past day: what was known then, to those who might see it since."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from monitoring.models import Indicator, IndicatorValue
from tests.factories import make_region, make_user
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value
from tests.past import happened_on

pytestmark = pytest.mark.django_db
BEGIN, BEFORE, THEN, LATER = date(2024, 1, 2), date(2025, 1, 10), date(2025, 3, 31), date(2025, 5, 10)
STAND = f"?stand={THEN}"
END = date(2024, 12, 31)


@pytest.fixture
def indicator() -> Indicator:
    """In March 5 of 10 since January; in May corrected to 6, the target to 20, and another one added."""
    with happened_on(BEGIN):
        make_region()
    with happened_on(BEFORE):
        indicator = make_indicator(baseline=0, baseline_on=date(2023, 12, 31))
        value, target = make_value(indicator, END, 5), make_target(indicator, date(2025, 12, 31), 10)
    with happened_on(LATER):
        value.value, target.value = Decimal(6), Decimal(20)
        value.save_over(1)
        target.save_over(1)
        make_indicator("Später")
    return indicator


def test_page_and_list_show_what_was_known_on_that_day(indicator: Indicator) -> None:
    client = Client()
    now = client.get(indicator.get_absolute_url()).context["standing"]
    then = client.get(f"{indicator.get_absolute_url()}{STAND}").context["standing"]

    assert (now.value, now.attainment) == (Decimal(6), 30)
    assert (then.value, then.attainment) == (Decimal(5), 50)
    assert [due.period.end for due in then.due] == []
    rows = client.get(f"/indikatoren/{STAND}").context["rows"]
    assert [(row.indicator.name, row.standing.value) for row in rows] == [("Zählung", Decimal(5))]
    lines = b"".join(client.get(f"/indikatoren/werte/export.csv{STAND}")).decode().splitlines()
    assert [line.split(";")[6] for line in lines[1:]] == ["5"]


def test_nothing_can_be_entered_into_the_past(indicator: Indicator) -> None:
    client = Client()
    client.force_login(make_user())

    page = client.get(f"{indicator.get_absolute_url()}{STAND}")
    sent = {"on": "2023-12-31", "value": "1"}
    refused = client.post(f"{indicator.get_absolute_url()}werte/neu/{STAND}", sent)

    assert (page.context["enters"], page.context["own_values"]) == (False, set())
    assert refused.status_code == 409
    assert IndicatorValue.objects.count() == 1


def test_what_was_taken_back_since_is_not_shown_in_the_past_either(indicator: Indicator) -> None:
    Indicator.objects.filter(pk=indicator.pk).update(visibility="draft")

    page = Client().get(f"/indikatoren/{STAND}")

    assert list(page.context["rows"]) == []
