"""Which parts of a snapshot a report needs: what no section prints is left out (least data)."""

from collections.abc import Iterable
from typing import Final

from monitoring.sections import Section

NEEDED_BY: Final[dict[str, frozenset[Section]]] = {
    "profiles": frozenset({Section.PROFILES}),
    "roll_out": frozenset({Section.OVERVIEW, Section.FIELDS, Section.ROLL_OUT, Section.PROFILES}),
    "money": frozenset({Section.MONEY}),
    "indicators": frozenset({Section.INDICATORS, Section.PROFILES, Section.DATA_SHEET}),
    "resolutions": frozenset({Section.OVERVIEW, Section.DECISIONS}),
    "follow_ups": frozenset({Section.DECISIONS}),
    "participation": frozenset({Section.PARTICIPATION}),
    "assessment": frozenset({Section.ASSESSMENT}),
    "outlook": frozenset({Section.OUTLOOK}),
}
"""By part the sections of which at least one has to be there; "profiles": a measure's Steckbrief fields."""


def needed_parts(sections: Iterable[str]) -> set[str]:
    """The parts that a report with these sections has."""
    chosen = set(sections)
    return {part for part, printed_in in NEEDED_BY.items() if printed_in & chosen}
