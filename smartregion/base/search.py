"""What can be found: each app names in its `search.py` the kinds of rows that the search page finds.

    search.register(
        key="massnahmen",
        label=_("Maßnahmen"),
        model=Measure,
        seen_by=Measure.objects.visible_to,
        texts={"A": ["no", "title"], "B": ["summary"], "C": ["goal", "benefit"]},
        values=["no", "title", "slug"],
        show=lambda no, title, slug: Shown(title, reverse("measure", args=[slug]), no),
        field="field",
    )

`seen_by` decides while it is searched, in the statement that searches, who finds a row. So it must find no
row that the user may not see, and `texts` must name only what everybody may read who sees the row at all: by
a text for fewer readers the others would find the row. Triggers keep the index (`search_index`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import Model, QuerySet

Weight = Literal["A", "B", "C", "D"]
"""How much a text counts, as PostgreSQL names it: "A" what it is called, "B" what it is, then the rest."""


@dataclass(frozen=True)
class Shown:
    """What a hit says besides the passages found: its heading, where it leads, and a line that places it."""

    title: str
    url: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of rows that can be found.

    Attributes:
        key: stands in the address of the search (`?art=`): German, small letters without umlauts.
        label: its name in the plural.
        seen_by: the QuerySet of all rows that a user may find, whatever is searched for.
        texts: the model's own columns by weight. A column with choices is found by its German labels, a date
            by day, month in words, and year.
        values: lookups from the model whose values `show` gets, in this order; dates as "2026-11-26".
        show: makes of them what the hit says, in the reader's language.
        field: lookup of the field of action that the row belongs to, "" if it belongs to none; of several
            lookups the first that leads to one.
        on: lookup of its date or moment. Of hits that are as good, those without come first, then the newer.
        visibility: lookup of its visibility; what is not public is marked so.
        is_example: lookup of whether it is example data, which is marked so.
    """

    key: str
    label: Any
    model: type[Model]
    seen_by: Callable[[Any], QuerySet[Any]]
    texts: Mapping[Weight, Sequence[str]]
    values: Sequence[str]
    show: Callable[..., Shown]
    field: str | Sequence[str] = ""
    on: str = ""
    visibility: str = ""
    is_example: str = ""


_kinds: Final[dict[str, Kind]] = {}


def register(**facts: Any) -> None:
    """Let rows of one kind be found; the arguments are those of `Kind`."""
    kind = Kind(**facts)
    _kinds[kind.key] = kind


def kinds() -> list[Kind]:
    """All kinds, in the order of their keys, so that it does not depend on which app was loaded first."""
    return sorted(_kinds.values(), key=lambda kind: kind.key)
