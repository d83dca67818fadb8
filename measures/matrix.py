"""The matrix measure × municipality, put together from two queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from measures.models import Measure, RolloutCell, RolloutFigures
from measures.models.rollout import is_stale, office_of
from network.models import Municipality
from smartregion.base.text import german_order

Stage = RolloutCell.Stage


@dataclass(frozen=True)
class State:
    """What the matrix knows of a cell. `person` is empty for readers without an account."""

    stage: str = Stage.UNKNOWN
    since: date | None = None
    confirmed_at: datetime | None = None
    role: str | None = None
    person: str = ""

    @property
    def is_stale(self) -> bool:
        return is_stale(self.confirmed_at)

    @property
    def in_words(self) -> str:
        """Stage, since when, confirmed when and by which office (or whom)."""
        words = str(Stage(self.stage).label)
        if self.since:
            words += _(" seit %s") % self.since.strftime("%d.%m.%Y")
        if self.confirmed_at is None:
            return words + _("; noch nie bestätigt")
        words += _("; bestätigt am %s") % localtime(self.confirmed_at).strftime("%d.%m.%Y")
        who = self.person or office_of(self.role)
        words += f" ({who})" if who else ""
        return words + (_("; zu bestätigen") if self.is_stale else "")


@dataclass(frozen=True)
class Row:
    measure: Measure
    figures: RolloutFigures
    cells: list[SafeString]


def states_of(measures: Iterable[Measure], user: Any) -> dict[tuple[int, int], State]:
    """By measure and municipality. One query, whatever their number."""
    rows = RolloutCell.objects.filter(measure__in=[measure.pk for measure in measures]).order_by()
    values = rows.values_list(
        "measure",
        "municipality",
        "stage",
        "since",
        "confirmed_at",
        "confirmed_by__role",
        "confirmed_by__name",
    )
    names = user.is_authenticated
    return {
        (measure, place): State(stage, since, at, role, (name or "") if names else "")
        for measure, place, stage, since, at, role, name in values
    }


def matrix_rows(measures: Sequence[Measure], places: Sequence[Municipality], user: Any) -> Iterator[Row]:
    states = states_of(measures, user)
    columns = [(place.pk, place.residents, place.get_absolute_url(), escape(place.name)) for place in places]
    for measure in measures:
        row = [states.get((measure.pk, pk), State()) for pk, *_rest in columns]
        yield Row(
            measure=measure,
            figures=RolloutFigures.of(
                (state.stage, people) for state, (_pk, people, *_rest) in zip(row, columns, strict=True)
            ),
            cells=[
                _cell(state, f"{url}#{measure.slug}", name)
                for state, (_pk, _people, url, name) in zip(row, columns, strict=True)
            ],
        )


def _cell(state: State, url: str, name: str) -> SafeString:
    """One cell as HTML, made here because a page has many hundred and a template loop is far slower.

    `url` consists of slugs and `name` is escaped.
    """
    stale = f"<i>{_(', zu bestätigen')}</i>" if state.is_stale else ""
    return mark_safe(  # noqa: S308
        f'<td><a class="stage stage--{state.stage}{" stage--stale" if stale else ""}" href="{url}" '
        f'title="{escape(state.in_words)}"><b>{name}: </b>{escape(Stage(state.stage).short)}{stale}</a></td>'
    )


def rollout_summary(measure: Measure) -> dict[str, Any]:
    """`cells` (alphabetical) and `figures` of one measure, for `measures/_rollout_summary.html`."""
    cells = list(
        RolloutCell.objects.filter(measure=measure)
        .select_related("municipality", "confirmed_by")
        .order_by(*german_order("municipality__name"))
    )
    figures = RolloutFigures.of((cell.stage, cell.municipality.residents) for cell in cells)
    return {"cells": cells, "figures": figures}
