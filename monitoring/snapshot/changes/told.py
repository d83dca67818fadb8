"""What a subject tells: in full, and in short for when all in full would fill more than a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitoring.snapshot.schema import Measure

LINES_OF_A_PAGE: Final = 44
LETTERS_OF_A_LINE: Final = 90
MOST_NAMES: Final = 12
"""How many things one sentence names."""


@dataclass(frozen=True)
class Told:
    """The sentences about one subject; without short ones it is short anyway."""

    full: list[str]
    short: list[str] = field(default_factory=list)


def fitting(subjects: Sequence[Told]) -> list[str]:
    """All sentences in their order; the longest subjects in short, until they are no more than a page."""
    chosen = [subject.full for subject in subjects]
    longest_first = sorted(range(len(subjects)), key=lambda number: -lines_of(chosen[number]))
    for number in longest_first:
        if lines_of(sentence for sentences in chosen for sentence in sentences) <= LINES_OF_A_PAGE:
            break
        chosen[number] = subjects[number].short or chosen[number]
    return [sentence for sentences in chosen for sentence in sentences]


def lines_of(sentences: Iterable[str]) -> int:
    return sum(-(-len(sentence) // LETTERS_OF_A_LINE) for sentence in sentences)


def listed(names: Iterable[str]) -> str:
    """The names, and how many more there are."""
    names = list(names)
    more = len(names) - MOST_NAMES
    told = ", ".join(names[:MOST_NAMES])
    return _("%(names)s und %(more)s weitere") % {"names": told, "more": more} if more > 0 else told


def name_of(measure: Measure) -> str:
    return f"{measure['no']} {measure['title']}"


def day_in_words(day: str) -> str:
    return date_format(date.fromisoformat(day), "d.m.Y")
