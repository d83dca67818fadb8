"""The matrix measure × municipality, put together from two queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from measures.models import Measure, RolloutCell, RolloutFigures
from measures.models.rollout import CONFIRMATION_VALID_FOR, office_of
from network.models import Municipality, Role
from smartregion.base.text import german_order

Stage = RolloutCell.Stage


@dataclass(frozen=True, slots=True)
class State:
    """What the matrix knows of a cell. `person` is empty for readers without an account."""

    stage: str = Stage.UNKNOWN.value
    since: date | None = None
    confirmed_at: datetime | None = None
    role: str | None = None
    person: str = ""


class Wording:
    """States in words. The words are looked up once for the many hundred cells of a page."""

    def __init__(self) -> None:
        self.labels = {stage.value: str(stage.label) for stage in Stage}
        self.short = {stage.value: escape(stage.short) for stage in Stage}
        self.offices = {role: office_of(role) for role in (None, *Role.values)}
        self.fresh_since = now() - CONFIRMATION_VALID_FOR
        self.since, self.confirmed = _(" seit %s"), _("; bestätigt am %s")
        self.never, self.stale = _("; noch nie bestätigt"), _("zu bestätigen")

    def is_stale(self, state: State) -> bool:
        return state.confirmed_at is None or state.confirmed_at < self.fresh_since

    def of(self, state: State) -> str:
        """Stage, since when, confirmed when and by which office (or whom)."""
        words = self.labels[state.stage]
        if state.since:
            words += self.since % f"{state.since:%d.%m.%Y}"
        if state.confirmed_at is None:
            return words + self.never
        words += self.confirmed % f"{localtime(state.confirmed_at):%d.%m.%Y}"
        who = state.person or self.offices[state.role]
        words += f" ({who})" if who else ""
        return f"{words}; {self.stale}" if self.is_stale(state) else words


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
        "confirmed_in",
    )
    names = user.is_authenticated
    return {
        (measure, place): State(
            stage, since, at, Role.MUNICIPALITY if by_link else role, (name or "") if names else ""
        )
        for measure, place, stage, since, at, role, name, by_link in values
    }


def matrix_rows(measures: Sequence[Measure], places: Sequence[Municipality], user: Any) -> Iterator[Row]:
    states, wording = states_of(measures, user), Wording()
    columns = [(place.pk, place.residents, place.get_absolute_url(), escape(place.name)) for place in places]
    for measure in measures:
        row = [states.get((measure.pk, pk), State()) for pk, *_rest in columns]
        yield Row(
            measure=measure,
            figures=RolloutFigures.of(
                (state.stage, people) for state, (_pk, people, *_rest) in zip(row, columns, strict=True)
            ),
            cells=[
                _cell(state, wording, f"{url}#{measure.slug}", name)
                for state, (_pk, _people, url, name) in zip(row, columns, strict=True)
            ],
        )


def _cell(state: State, wording: Wording, url: str, name: str) -> SafeString:
    """One cell as HTML, made here because a page has many hundred and a template loop is far slower.

    `url` consists of slugs and `name` is escaped.
    """
    is_stale = wording.is_stale(state)
    return mark_safe(  # noqa: S308
        f'<td><a class="stage stage--{state.stage}{" stage--stale" if is_stale else ""}" href="{url}" '
        f'title="{name}: {escape(wording.of(state))}">'
        f"<b>{name}: </b><span>{wording.short[state.stage]}</span>"
        f"{f'<i>, {wording.stale}</i>' if is_stale else ''}</a></td>"
    )


def rollout_summary(measure: Measure) -> dict[str, Any]:
    """`cells` (alphabetical) and `figures` of one measure, for `measures/_rollout_summary.html`."""
    cells = list(
        measure.cells.select_related("municipality", "confirmed_by").order_by(
            *german_order("municipality__name")
        )
    )
    figures = RolloutFigures.of((cell.stage, cell.municipality.residents) for cell in cells)
    return {"cells": cells, "figures": figures}
