"""From how many on a committee can resolve."""

import pytest

from governance.quorum import needed


@pytest.mark.parametrize(
    ("rule", "numbers"),
    [
        ("majority", {0: 1, 1: 1, 2: 2, 14: 8, 15: 8, 16: 9}),
        ("half", {0: 0, 1: 1, 2: 1, 14: 7, 15: 8, 16: 8}),
        ("none", {0: 0, 1: 0, 15: 0}),
    ],
)
def test_a_rule_gives_the_number_that_has_to_be_there(rule: str, numbers: dict[int, int]) -> None:
    assert {entitled: needed(rule, entitled) for entitled in numbers} == numbers
