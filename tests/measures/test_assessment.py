"""The Ampel that dates alone suggest."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from measures.assessment import (
    RED_AFTER_DAYS,
    UPDATE_RED_AFTER_DAYS,
    UPDATE_YELLOW_AFTER_DAYS,
    assess,
    inputs_of,
)

ON = date(2026, 6, 30)


@dataclass
class Due:
    title: str
    planned_date: date
    forecast_date: date | None = None
    actual_date: date | None = None


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


@pytest.mark.parametrize("status", ["planned", "on_hold", "completed", "discontinued"])
def test_a_measure_that_does_not_run_is_not_assessed(status: str) -> None:
    assert assess(status, [Due("Aufbau", days_ago(400))], None, ON).light == "grey"


@pytest.mark.parametrize(
    ("overdue", "light"),
    [(0, "green"), (1, "yellow"), (RED_AFTER_DAYS, "yellow"), (RED_AFTER_DAYS + 1, "red")],
)
def test_an_overdue_milestone_makes_it_yellow_and_after_a_quarter_red(overdue: int, light: str) -> None:
    assert assess("active", [Due("Aufbau", days_ago(overdue))], ON, ON).light == light


@pytest.mark.parametrize(
    ("age", "light"),
    [
        (UPDATE_YELLOW_AFTER_DAYS, "green"),
        (UPDATE_YELLOW_AFTER_DAYS + 1, "yellow"),
        (UPDATE_RED_AFTER_DAYS, "yellow"),
        (UPDATE_RED_AFTER_DAYS + 1, "red"),
    ],
)
def test_silence_makes_it_yellow_and_after_half_a_year_red(age: int, light: str) -> None:
    assert assess("active", [], days_ago(age), ON).light == light


def test_a_forecast_moves_the_day_on_which_a_milestone_is_due() -> None:
    postponed = Due("Aufbau", days_ago(100), forecast_date=ON)

    assert assess("active", [postponed], ON, ON).light == "green"


def test_a_milestone_reached_after_the_day_counts_as_open_on_it() -> None:
    later = Due("Aufbau", days_ago(1), actual_date=ON + timedelta(days=5))

    assert assess("active", [later], ON, ON).light == "yellow"
    assert assess("active", [later], ON, ON + timedelta(days=5)).light == "green"


def test_every_reason_is_named_and_the_worst_decides() -> None:
    milestones = [Due("Aufbau", days_ago(1)), Due("Abnahme", days_ago(120))]

    assessment = assess("active", milestones, None, ON)

    assert assessment.light == "red"
    assert assessment.reasons == [
        "Meilenstein „Aufbau“ ist seit 1 Tag überfällig.",
        "Meilenstein „Abnahme“ ist seit 120 Tagen überfällig.",
        "Es liegt noch kein Sachstand vor.",
    ]


def test_each_input_is_told_with_its_threshold_and_the_worst_one_decides() -> None:
    milestones = [Due("Aufbau", days_ago(91)), Due("Test", days_ago(1)), Due("Ende", ON)]

    inputs = inputs_of(milestones, days_ago(100), ON)

    assert [(each.label, each.value, each.threshold, each.light) for each in inputs] == [
        ("Aufbau", "91 Tage überfällig", "gelb ab 1 Tag, rot nach 90 Tagen", "red"),
        ("Test", "1 Tag überfällig", "gelb ab 1 Tag, rot nach 90 Tagen", "yellow"),
        (
            "letzter Sachstand",
            f"{days_ago(100):%d.%m.%Y}, 100 Tage alt",
            "gelb nach 100 Tagen, rot nach 190 Tagen",
            "green",
        ),
    ]
    assert assess("active", milestones, days_ago(100), ON).light == "red"
