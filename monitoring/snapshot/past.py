"""The history at one moment for one audience, from which all parts of a snapshot are read.

Two rules decide what gets in. What the audience might not see at the moment stays out; and so does what was
taken back since then (public made internal), even for a while, because a report compiled later must not
publish it again (docs/decisions/0012).
"""

from collections import namedtuple
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from measures.models import Visibility
from monitoring.models import Audience
from smartregion.base.past_rows import hidden_since, rows_as_of

Row = Any
"""A row of the history: `pk`, and the columns that were asked for, as attributes."""


@dataclass(frozen=True)
class Past:
    """What stood at `moment`, as the audience may read it.

    Attributes:
        as_then: with what was taken back since; only for comparing, never for showing.
    """

    audience: str
    moment: datetime
    as_then: bool = False

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.PUBLIC

    @property
    def visible(self) -> set[str]:
        seen = {Visibility.PUBLIC.value}
        return seen if self.is_public else {*seen, Visibility.INTERNAL.value}

    @property
    def day(self) -> date:
        """The local day of the moment: what is dated later has not happened yet."""
        return localdate(self.moment)

    @property
    def on(self) -> date:
        """The first day that is not over: a milestone due before it and not reached is overdue."""
        return localdate(self.moment + timedelta(microseconds=1))

    def rows(self, model: type[models.Model], *names: str, keys: Collection[int] | None = None) -> list[Row]:
        """All rows of the model, or those with these keys, in order of their primary key. One query."""
        make = _row_class(names)
        return [make(*row.values()) for row in rows_as_of(model, self.moment, names, keys=keys)]

    def shown(self, model: type[models.Model], *names: str) -> list[Row]:
        """Those of the model's rows that the audience might see then and at any time since."""
        return self.readable(model, self.rows(model, "visibility", *names))

    def readable(self, model: type[models.Model], rows: list[Row]) -> list[Row]:
        """Those of these rows, which have their `visibility`, that the audience may read. One query."""
        taken_back = self.taken_back(model, Q(visibility__in=self.visible))
        return [row for row in rows if row.visibility in self.visible and row.pk not in taken_back]

    def taken_back(self, model: type[models.Model], seen: Q) -> set[int]:
        """The keys of rows of which `seen` did not hold at some time since. One query."""
        return set() if self.as_then else hidden_since(model, self.moment, seen)


@lru_cache(maxsize=128)
def _row_class(names: tuple[str, ...]) -> type[Any]:
    return namedtuple("Row", ("pk", *names))
