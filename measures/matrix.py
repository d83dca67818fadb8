"""The matrix measure × municipality: its cells as HTML, the three figures of each row, what has moved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from measures.models import Measure, RolloutCell, RolloutFigures
from measures.models.ladder import WAY
from measures.models.rollout import CONFIRMATION_VALID_FOR, office_of
from network.models import Municipality, Role
from smartregion.base import clock, written
from smartregion.base.templatetags.base_tags import german
from smartregion.base.text import german_order
from smartregion.base.written import percent

Stage = RolloutCell.Stage
CELL_VALUES = (
    "measure",
    "municipality",
    "stage",
    "since",
    "confirmed_at",
    "confirmed_by__role",
    "confirmed_by__name",
    "confirmed_in",
)
GAP = "-"
STEP_OF = {stage.value: step for step, stage in enumerate(WAY)}


class State(NamedTuple):
    """What the matrix knows of a cell.

    Attributes:
        person: who confirmed it; empty for readers without an account.
        stage_then: its stage at the moment that it is compared with; "" without comparison.
    """

    stage: str = Stage.UNKNOWN.value
    since: date | None = None
    confirmed_at: datetime | None = None
    role: str | None = None
    person: str = ""
    stage_then: str = ""

    @property
    def direction(self) -> int | None:
        """1 for a step forward, -1 for one back, 0 from or to a stage off the way; None without a change."""
        if self.stage_then in ("", self.stage):
            return None
        if self.stage not in STEP_OF or self.stage_then not in STEP_OF:
            return 0
        return 1 if STEP_OF[self.stage] > STEP_OF[self.stage_then] else -1


@lru_cache(maxsize=4096)
def _local_day(moment: datetime) -> date:
    return localtime(moment).date()


class Wording:
    """States in words. The words are looked up once for the many hundred cells of a page."""

    def __init__(self) -> None:
        self.labels = {stage.value: str(stage.label) for stage in Stage}
        self.day = cache(written.day)
        self.short = {stage.value: escape(stage.short) for stage in Stage}
        offices = {role: office_of(role) for role in (None, *Role.values)}
        self.offices = {role: str(office.label) if office else "" for role, office in offices.items()}
        self.fresh_since = clock.now() - CONFIRMATION_VALID_FOR
        self.since, self.confirmed = _(" seit %s"), _("; bestätigt am %s")
        self.moves = {
            1: ("▲", _("weiter, zuvor „%s“")),
            -1: ("▼", _("zurück, zuvor „%s“")),
            0: ("●", _("geändert, zuvor „%s“")),
        }
        self.never, self.stale = _("; noch nie bestätigt"), _("zu bestätigen")
        self.stale_suffix = f", {self.stale}"

    def is_stale(self, state: State) -> bool:
        return state.confirmed_at is None or state.confirmed_at < self.fresh_since

    def move_of(self, state: State) -> tuple[str, str]:
        """Sign and words of what became of the stage since the moment of comparison; empty for nothing."""
        direction = state.direction
        if direction is None:
            return "", ""
        sign, words = self.moves[direction]
        return sign, words % self.labels[state.stage_then]

    def of(self, state: State) -> str:
        """Stage, since when, confirmed when and by which office (or whom)."""
        words = self.labels[state.stage]
        if state.since:
            words += self.since % self.day(state.since)
        if state.confirmed_at is None:
            return words + self.never
        words += self.confirmed % self.day(_local_day(state.confirmed_at))
        who = state.person or self.offices[state.role]
        words += f" ({who})" if who else ""
        return f"{words}; {self.stale}" if self.is_stale(state) else words


@dataclass(frozen=True)
class Row:
    measure: Measure
    url: str
    figures: RolloutFigures
    cells: list[str]
    labels: tuple[str, str, str]
    """What the three figures are called where they do not stand in columns."""

    @property
    def html(self) -> SafeString:
        """Made here because a page has many hundred cells and a template's loop is far slower."""
        figures, measure = self.figures, self.measure
        values = figures.affected, figures.live, percent(figures.share)
        numbers = "".join(
            f'<td class="number" data-label="{label}">{value}</td>'
            for label, value in zip(self.labels, values, strict=True)
        )
        return mark_safe(  # noqa: S308 - every text of a person is escaped
            f'<th scope="row"><a href="{self.url}">{conditional_escape(german(measure.title))}</a> '
            f'<span class="small muted">{escape(measure.no)}</span></th>{numbers}{"".join(self.cells)}'
        )


def states_of(
    measures: Iterable[Measure],
    user: Any,
    *,
    places: Iterable[Municipality] | None = None,
    compared_with: datetime | None = None,
) -> dict[tuple[int, int], State]:
    """By measure and municipality. One query, whatever their number.

    Args:
        places: only these municipalities.
        compared_with: the moment since which it is told what has moved.
    """
    rows = RolloutCell.objects.filter(measure__in=[measure.pk for measure in measures]).order_by()
    if places is not None:
        rows = rows.filter(municipality__in=[place.pk for place in places])
    columns: tuple[str, ...] = CELL_VALUES
    if compared_with:
        rows, columns = rows.with_stage_at(compared_with), (*CELL_VALUES, "stage_then")
    names = user.is_authenticated
    return {
        (measure, place): State(
            stage, since, at, Role.MUNICIPALITY if by_link else role, (name or "") if names else "", *then
        )
        for measure, place, stage, since, at, role, name, by_link, *then in rows.values_list(*columns)
    }


def matrix_rows(
    measures: Sequence[Measure],
    places: Sequence[Municipality],
    user: Any,
    *,
    all_places: Sequence[Municipality],
    compared_with: datetime | None = None,
    beside: str = "",
) -> Iterator[Row]:
    """A row for each measure with cells of `places`; its figures are those of `all_places`.

    Args:
        beside: an address that opens a cell named at its end; without one, cells lead to their municipality.
    """
    is_part = len(places) < len(all_places)
    states = states_of(measures, user, places=places if is_part else None, compared_with=compared_with)
    figures = figures_of(measures, all_places) if is_part else {}
    wording = Wording()
    labels = escape(_("betroffen")), escape(_("Regelbetrieb")), escape(_("Reichweite"))
    measure_url, place_url = _url_with_gap("measure"), _url_with_gap("municipality")
    columns = [
        (
            place.pk,
            place.residents,
            f"{escape(beside)}{place.slug}/" if beside else f"{place_url.replace(GAP, place.slug)}#",
            escape(place.name),
        )
        for place in places
    ]
    for measure in measures:
        row = [states.get((measure.pk, pk), State()) for pk, *_rest in columns]
        yield Row(
            measure=measure,
            url=measure_url.replace(GAP, measure.slug),
            labels=labels,
            figures=figures.get(measure.pk)
            or RolloutFigures.of(
                (state.stage, people) for state, (_pk, people, *_rest) in zip(row, columns, strict=True)
            ),
            cells=[
                _cell(state, wording, f"{url}{measure.slug}", name)
                for state, (_pk, _people, url, name) in zip(row, columns, strict=True)
            ],
        )


def _url_with_gap(name: str) -> str:
    """A subject's address with `GAP` for its slug: asked once for a page, not for each row and column."""
    return reverse(name, args=[GAP])


def figures_of(measures: Iterable[Measure], places: Sequence[Municipality]) -> dict[int, RolloutFigures]:
    """The three figures by measure, counted by the database: one query, and no cell is read."""
    keys = [measure.pk for measure in measures]
    counted = RolloutCell.objects.filter(measure__in=keys, stage__in=[Stage.LIVE, Stage.NOT_AFFECTED])
    groups = counted.order_by().values_list("measure", "stage")
    sums = {
        (measure, stage): (number, people)
        for measure, stage, number, people in groups.annotate(Count("pk"), Sum("municipality__residents"))
    }
    everybody = sum(place.residents for place in places)
    figures = {}
    for key in keys:
        live, reached = sums.get((key, Stage.LIVE.value), (0, 0))
        outside, spared = sums.get((key, Stage.NOT_AFFECTED.value), (0, 0))
        figures[key] = RolloutFigures.from_sums(
            affected=len(places) - outside, live=live, reached=reached, residents=everybody - spared
        )
    return figures


def _cell(state: State, wording: Wording, url: str, name: str) -> str:
    """One cell as HTML; `url` and `name` are escaped."""
    is_stale = wording.is_stale(state)
    words, hidden, sign = wording.of(state), wording.stale_suffix if is_stale else "", ""
    if state.direction is not None:
        sign, move = wording.move_of(state)
        sign, words, hidden = f'<em aria-hidden="true">{sign}</em>', f"{words}; {move}", f"{hidden}, {move}"
    return (
        f'<td><a class="stage stage--{state.stage}{" stage--stale" if is_stale else ""}" href="{url}" '
        f'title="{name}: {escape(words)}">'
        f"<b>{name}: </b><span>{wording.short[state.stage]}</span>{sign}"
        f"{f'<i>{hidden}</i>' if hidden else ''}</a></td>"
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
