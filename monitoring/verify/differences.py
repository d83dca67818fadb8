"""Where two snapshots of one moment differ in what people have recorded.

Left out is what the portal words itself, since a later release may word it differently; addresses, which
change with the host; the changes since the report before, drawn from snapshots that are checked themselves;
and the names behind a figure, in part worded and sorted anew by an erasure. All are named by path, so that
a name that people gave is never taken for one of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from monitoring.snapshot.build import EXAMPLE_NOTICE
from monitoring.snapshot.measures import OTHER_PLACE
from smartregion.base.erasure import GONE


def _in_each(of: str, names: str) -> set[str]:
    return {f"{of}.{name}" for name in names.split()}


LEFT_OUT: Final = frozenset(
    {"changes", "method", "scales", "region.portal_url", "outlook.period_label", "assessment.title"}
    | _in_each("report", "title occasion period_label audience_label sections.*.title")
    | _in_each("fields.*.measures.*", "url phase.label status.label light_stated.label")
    | _in_each("fields.*.measures.*", "light_computed.label light_computed_reasons team.*.sector.label")
    | _in_each("fields.*.measures.*", "milestones.*.state.label milestones_in_period.*.result.label")
    | _in_each("roll_out", "counting_rule stale_rule")
    | _in_each("money", "counting_rule sources.*.label entries.*.source")
    | _in_each("indicators.*", "level.label direction.label on_target.label trend.label")
    | _in_each("indicators.*", "combination rhythm tags")
    | _in_each("resolutions.*", "outcome.label votes.label")
    | _in_each("follow_ups.*", "state.label")
    | _in_each("participation.figures.*", "label rule rows.*.label")
    | _in_each("participation.sectors.*", "label rule rows.*.label")
    | _in_each("assessment.fields.*", "criterion.label rating.label")
    | _in_each("assessment.teams.*", "criterion.label rating.label")
    | _in_each("assessment.recommendations.*", "state.label")
)
FILLED_IN: Final = {
    "report.example_notice": EXAMPLE_NOTICE,
    "fields.*.measures.*.team.*.organisation": OTHER_PLACE,
}
"""Left out where the portal says this itself, having nothing from people or not wanting to name it."""


@dataclass(frozen=True)
class Difference:
    """A place by its path. `is_erased`: only because a person was erased there."""

    path: str
    is_erased: bool

    def __str__(self) -> str:
        return self.path


def differences(told: Any, again: Any, path: str = "", place: str = "") -> Iterator[Difference]:
    """But for what is left out.

    Args:
        place: the path with an asterisk for each position in a list.
    """
    if place in LEFT_OUT or (place in FILLED_IN and again == FILLED_IN[place]):
        return
    if isinstance(told, dict) and isinstance(again, dict):
        for name in sorted(told.keys() | again.keys()):
            yield from differences(told.get(name), again.get(name), _in(path, name), _in(place, name))
    elif isinstance(told, list) and isinstance(again, list) and len(told) == len(again):
        for index, (left, right) in enumerate(zip(told, again, strict=True)):
            yield from differences(left, right, _in(path, index), _in(place, "*"))
    elif told != again:
        yield Difference(path, is_erased(told, again))


def _in(path: str, name: str | int) -> str:
    return f"{path}.{name}" if path else str(name)


def is_erased(told: Any, recorded: Any) -> bool:
    """What is recorded is what was told, but for what an erasure has replaced."""
    if not (isinstance(told, str) and isinstance(recorded, str) and GONE in recorded):
        return False
    pattern = ".+".join(map(re.escape, recorded.split(GONE)))
    return told != recorded and re.fullmatch(pattern, told, re.DOTALL) is not None
