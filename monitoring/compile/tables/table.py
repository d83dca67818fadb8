"""What every format prints as a table: typed rows below headings."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple

from monitoring.compile.values import NO_VALUE, in_words
from smartregion.base.spreadsheet import Year

MOST_PRINTED: Final = 400
"""Rows of a table on paper. Nobody reads more of them there; they are in the tables of the other formats."""


class Column(NamedTuple):
    """`width` in characters of a spreadsheet; `share` of a printed page's width, none: not printed.

    `short` is the heading on paper, where the other one is wider than what stands below it.
    """

    heading: str
    width: int
    share: int = 0
    short: str = ""


@dataclass(frozen=True)
class Table:
    """A sheet of a workbook, a file of the CSV archive, and, with what fits on a page, a printed table.

    Attributes:
        section: the key of the section that it belongs to; "" for what every report has.
        name: unique in the report, at most 31 characters.
        key: its name in file names and templates.
        frozen: so many first columns stay in sight.
        is_grouped: the first column names the group of a row; on paper each group is a table of its own.
    """

    section: str
    key: str
    name: str
    columns: tuple[Column, ...]
    rows: Collection[Sequence[Any]]
    frozen: int = 0
    is_grouped: bool = False

    @property
    def left_out(self) -> int:
        """How many rows there are, if that is too many for paper."""
        return len(self.rows) if len(self.rows) > MOST_PRINTED else 0

    @property
    def parts(self) -> list["Printed"]:
        """What is printed below one another, none if there are no rows."""
        printed = self.printed
        if not self.is_grouped:
            return [printed] if printed.rows else []
        groups = groupby(printed.rows, key=lambda row: row[0])
        return [printed.group(name, [row[1:] for row in rows]) for name, rows in groups]

    @property
    def printed(self) -> "Printed":
        places = [place for place, column in enumerate(self.columns) if column.share]
        columns = [self.columns[place] for place in places]
        return Printed(
            headings=[column.short or column.heading for column in columns],
            shares=[column.share for column in columns],
            numeric=[any(_is_number(row[place]) for row in self.rows) for place in places],
            rows=[[in_words(row[place]) for place in places] for row in self.rows],
        )


@dataclass(frozen=True)
class ManyRows(Collection[Sequence[Any]]):
    """So many rows that they are made anew each time rather than kept; `make` gives their iterator."""

    count: int
    make: Callable[[], Iterator[Sequence[Any]]]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return self.make()

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


@dataclass(frozen=True)
class Printed:
    """A table in words; `numeric` columns are set flush right. `name` is that of a group of rows."""

    headings: list[str]
    shares: list[int]
    numeric: list[bool]
    rows: list[list[str]]
    name: str = ""

    def group(self, name: str, rows: list[list[str]]) -> "Printed":
        """These rows, without the first column and without columns in which none of them says anything."""
        kept = [place for place, texts in enumerate(zip(*rows, strict=True)) if set(texts) != {NO_VALUE}]
        return Printed(
            headings=[self.headings[place + 1] for place in kept],
            shares=[self.shares[place + 1] for place in kept],
            numeric=[self.numeric[place + 1] for place in kept],
            rows=[[row[place] for place in kept] for row in rows],
            name=name,
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool | Year)
