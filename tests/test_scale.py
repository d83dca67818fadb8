"""What the small size leaves out has its turn on another day."""

from collections import Counter
from pathlib import Path

import pytest

from tests import scale

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "IS_FULL", False)


def days_of(place: int, days: range, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found = []
    for day in days:
        monkeypatch.setattr(scale, "TURN", day)
        if scale.has_day(place):
            found.append(day)
    return found


@pytest.mark.parametrize("place", range(6))
def test_each_module_has_its_turn_once_in_so_many_days(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = Counter(day // scale.DAYS for day in days_of(place, range(420), monkeypatch))

    assert rounds == dict.fromkeys(range(420 // scale.DAYS), 1)


@pytest.mark.parametrize("of", [2, 3, 4, 5, 7, 10])
def test_what_takes_turns_within_a_module_has_its_turn_too(of: int, monkeypatch: pytest.MonkeyPatch) -> None:
    days = days_of(0, range(420), monkeypatch)

    assert {day % of for day in days} == set(range(of))


def test_the_list_of_costly_modules_names_each_once_and_none_that_is_gone() -> None:
    assert [name for name in scale.COSTLY if not (ROOT / name).is_file()] == []
    assert len(scale.COSTLY) == len(set(scale.COSTLY))
    assert [name for name in scale.COSTLY if name.startswith(scale.WITH_PROCESSES)] == []


def test_in_full_size_every_module_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "IS_FULL", True)

    assert days_of(1, range(8), monkeypatch) == list(range(8))
