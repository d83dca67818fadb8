"""The words that are planted: one in each text, with who may read it and where it was put."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from django.db import models

from governance.models import (
    Committee,
)
from network.models import User
from smartregion.base.fields import HTTPS_ONLY

READERS: Final = ["visitor", "coordination", "municipality", "member", "other", "team", "administration"]
"""`member` sits in the open committee, `other` in the closed one; both have the role of the steering."""


ALL: Final = frozenset(READERS)


KEEPER: Final = frozenset({"coordination"})


NOBODY: Final[frozenset[str]] = frozenset()


VISIBILITIES: Final = ["public", "internal", "draft"]


COMPUTED: Final = {"sha256", "token_hash", "sealed", "slug"}
"""Fields that hold no words of people."""


GIVEN: Final = {("Series", "rule"), ("Circular", "withdrawn_reason")}
"""Fields that cannot hold any word, or not in each state; the rows below fill them."""


WITHOUT_WORDS: Final = {
    "Ballot": "has its comment from the vote that is cast",
    "CalendarLink": "a secret address, of which only the hash is kept",
    "Consultation": "links a paper, a committee and an item",
    "Entitlement": "is a seat, as it was called when the circular was opened",
    "MinutesFile": "its bytes are written from the other rows, and read here",
    "ResolutionBias": "links a resolution and a seat",
    "ResolutionBudget": "links a resolution and a budget line",
    "ResolutionCell": "links a resolution and a cell",
    "ResolutionMeasure": "links a resolution and a measure",
}


def plantable(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField)
        and not column.choices
        and column.name not in COMPUTED
        and (model.__name__, column.name) not in GIVEN
    ]


@dataclass(frozen=True)
class Word:
    """Where a word was planted, and who may read it."""

    label: str
    field: str
    readers: frozenset[str]


@dataclass
class Garden:
    """All planted words, the keys of the rows, and the readers."""

    words: dict[str, Word] = field(default_factory=dict)
    places: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, User] = field(default_factory=dict)
    letters: dict[frozenset[str], str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def word(self, label: str, name: str, readers: Iterable[str]) -> str:
        """A new one. Its third letter is that of its readers, so that a search can find all of theirs."""
        who = frozenset(readers)
        letter = self.letters.setdefault(who, chr(ord("a") + len(self.letters)))
        word = f"kv{letter}{next(self.numbers):04d}"
        self.words[word] = Word(label, name, who)
        return word

    def texts(
        self, model: type[models.Model], label: str, readers: frozenset[str], **other: frozenset[str]
    ) -> dict[str, str]:
        """A word for each text field.

        Args:
            other: who may read these fields, if not everybody who may read the row.
        """
        found = {}
        for column in plantable(model):
            name = f"{model.__name__}.{column.name}"
            word = self.word(f"{label} {name}", name, other.get(column.name, readers))
            if HTTPS_ONLY in column.validators:
                word = f"https://example.org/{word}"
            elif name == "Series.left_out":
                word = f"24.12.2026 {word}"
            found[column.name] = word
        return found

    def at(self, **keys: Any) -> None:
        """An address to be read, by the words before its keys."""
        self.places.append(keys)


@dataclass(frozen=True)
class Circle:
    """A committee, and who may read its rows by their visibility."""

    committee: Committee
    public: frozenset[str]
    internal: frozenset[str]

    def readers(self, *visibilities: str) -> frozenset[str]:
        """Of a row that is read only where all of these may be."""
        return frozenset.intersection(*(getattr(self, name, KEEPER) for name in visibilities))

    @property
    def slug(self) -> str:
        return self.committee.slug

    @property
    def visibilities(self) -> list[str]:
        """Those that can make a difference: below a committee that is not public few do."""
        return VISIBILITIES[: 3 - VISIBILITIES.index(self.committee.visibility)]
