"""On which day a dataset changed last, by the history.

Only what is told counts: an edit of an internal note moves no date, nor does anything while a row was hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Func, QuerySet, TextField, Value, Window
from django.db.models.functions import Lag
from django.utils.timezone import localdate

from smartregion.base.history import event_model


@dataclass(frozen=True)
class Source:
    """The rows that are to be seen, and which of their columns are told or decide that they are."""

    rows: QuerySet[Any]
    told: tuple[str, ...]


def last_change(sources: Iterable[Source]) -> date | None:
    """Just the day: nobody needs to know at which minute an office works. One query for each source."""
    days = [day for source in sources if (day := _last(source))]
    return max(days, default=None)


def _last(source: Source) -> date | None:
    events = event_model(source.rows.model)._base_manager
    told = Func(*map(F, source.told), template="MD5(ROW(%(expressions)s)::text)", output_field=TextField())
    before = Window(Lag("told", default=Value("")), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc())
    changes = (
        events.filter(pgh_obj_id__in=source.rows.order_by().values("pk"))
        .alias(told=told)
        .alias(before=before)
        .exclude(before=F("told"))
    )
    moment = changes.order_by("-pgh_created_at").values_list("pgh_created_at", flat=True).first()
    return localdate(moment) if moment else None
