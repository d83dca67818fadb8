"""The dashboard: six fields on one screen, each figure with what it counts and what changed since a day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from governance.filters import OVERDUE
from governance.models import FollowUp
from measures.models import BudgetLine, Measure, Movement, RolloutCell
from measures.models.measure import visibilities_for
from measures.money import Figures, figures_by, ledger
from monitoring.filters.indicators import JUDGED
from monitoring.indicator_math import OnTarget
from monitoring.indicators import shown
from monitoring.models import Indicator
from monitoring.snapshot.world import moment_of
from smartregion.base.languages import German
from smartregion.base.past_rows import rows_as_of

RULES: Final = (
    _(
        "Gezählt werden Maßnahmen, die Sie sehen dürfen und die nicht archiviert sind. Die Veränderung "
        "vergleicht mit dem Stand am Ende des genannten Tages; eine Maßnahme, die damals noch nicht zu sehen "
        "war, zählt als neu."
    ),
    _("Roll-out: Paare aus Maßnahme und betroffener Kommune, und wie viele davon im Regelbetrieb sind."),
    _("Mittel: alle Jahre zusammen, auf ganze Euro gerundet; ein Strich heißt „keine Angabe“, nicht 0 €."),
    _(
        "Indikatoren: die zum Handlungsfeld und zu seinen Maßnahmen, soweit sich beurteilen lässt, ob sie im "
        "Soll sind; die zum ganzen Konzept stehen in der letzten Zeile."
    ),
)


@dataclass(frozen=True)
class Figure:
    """A number that leads to just the rows that it counts; `change` since the day of comparison, if known."""

    value: int
    url: str
    change: int | None = None


@dataclass(frozen=True)
class Line:
    """A field of action, or the sum of all."""

    name: str
    url: str
    measures: Figure
    phases: list[Figure]
    lights: list[Figure]
    affected: Figure
    live: Figure
    money: Figures | None
    money_url: str
    on_target: Figure
    judged: Figure


class Dashboard:
    """What the reader may see of everything, on one day. Costs a fixed number of queries.

    Args:
        since: the day with whose end everything is compared.
    """

    def __init__(self, user: Any, on: date, since: date) -> None:
        self.user, self.on, self.since = user, on, since

    @cached_property
    def lines(self) -> list[Line]:
        return [self._line(field) for field in self._fields]

    @cached_property
    def total(self) -> Line:
        return self._line(None)

    @property
    def follow_ups(self) -> Figure:
        return Figure(self._open["all"], reverse("resolution_control"))

    @property
    def overdue(self) -> Figure:
        return Figure(self._open["overdue"], _link("resolution_control", {"frist": OVERDUE}))

    @cached_property
    def _open(self) -> dict[str, int]:
        return FollowUp.objects.visible_to(self.user).open().in_numbers(self.on)

    @cached_property
    def sees_money(self) -> bool:
        return bool(self.user.has_perm("measures.view_money"))

    @cached_property
    def _fields(self) -> list[ActionField]:
        return list(ActionField.objects.all())

    @cached_property
    def _now(self) -> list[Any]:
        return list(Measure.objects.visible_to(self.user).only("field", "phase", "light"))

    @cached_property
    def _then(self) -> list[Any]:
        """The same measures as they stood at the end of the day of comparison, if they were to be seen."""
        seen, visible = {row.pk for row in self._now}, visibilities_for(self.user)
        return [
            Then(row["pgh_obj_id"], **{name: row[name] for name in ("field_id", "phase", "light")})
            for row in rows_as_of(Measure, moment_of(self.since))
            if row["pgh_obj_id"] in seen and row["visibility"] in visible and row["archived_at"] is None
        ]

    @cached_property
    def _cells(self) -> list[tuple[int, str, str]]:
        """Field, stage now and stage then of every cell; none then if its measure was not to be seen."""
        seen_then = {row.measure for row in self._then}
        cells = RolloutCell.objects.visible_to(self.user).with_stage_at(moment_of(self.since))
        return [
            (
                cell.measure.field_id,
                cell.stage,
                cell.stage_then if cell.measure_id in seen_then else "",  # type: ignore[attr-defined]
            )
            for cell in cells.select_related("measure")
        ]

    @cached_property
    def _money(self) -> dict[int, Figures]:
        entries = ledger(BudgetLine.objects.visible_to(self.user), Movement.objects.visible_to(self.user))
        fields = {row.pk: row.field_id for row in self._now}
        return figures_by(entries, lambda entry: fields[entry.measure]) | {0: Figures.of(entries)}

    @cached_property
    def _judged(self) -> Counter[tuple[int | None, bool]]:
        """By field (None: the concept) and whether it is on target, of those that can be judged."""
        rows = Indicator.objects.visible_to(self.user).select_related("measure").with_definition()
        found: Counter[tuple[int | None, bool]] = Counter()
        for row in shown(rows, self.on):
            measure = row.indicator.measure
            field = measure.field_id if measure else row.indicator.field_id
            if row.standing.on_target != OnTarget.UNKNOWN:
                found[field, row.standing.on_target == OnTarget.YES] += 1
        return found

    def _line(self, field: ActionField | None) -> Line:
        now, then = _of(self._now, field), _of(self._then, field)
        cells = [cell for cell in self._cells if field is None or cell[0] == field.pk]
        chosen = {"field": field.slug} if field else {}
        on_target, judged = self._indicators(field)
        return Line(
            name=German(field.name) if field else str(_("Alle Handlungsfelder")),
            url=field.get_absolute_url() if field else reverse("measures"),
            measures=Figure(len(now), _link("measures", chosen), len(now) - len(then)),
            phases=_counts(now, then, "phase", Measure.Phase.values, chosen),
            lights=_counts(now, then, "light", Measure.Light.values, chosen),
            affected=Figure(_affected(cells, 1), _link("matrix", chosen)),
            live=Figure(
                _live(cells, 1),
                _link("matrix", {**chosen, "stage": RolloutCell.Stage.LIVE.value}),
                _live(cells, 1) - _live(cells, 2),
            ),
            money=self._money.get(field.pk if field else 0) if self.sees_money else None,
            money_url=f"{_link('funding', chosen)}#massnahmen",
            on_target=Figure(on_target, _link("indicators", {**chosen, "on_target": OnTarget.YES.value})),
            judged=Figure(judged, _link("indicators", {**chosen, "on_target": JUDGED})),
        )

    def _indicators(self, field: ActionField | None) -> tuple[int, int]:
        chosen = [
            (good, count) for (key, good), count in self._judged.items() if field is None or key == field.pk
        ]
        return sum(count for good, count in chosen if good), sum(count for _good, count in chosen)


@dataclass(frozen=True)
class Then:
    """What counts of a measure (its key) on the day of comparison."""

    measure: int
    field_id: int
    phase: str
    light: str


def _of(rows: Iterable[Any], field: ActionField | None) -> list[Any]:
    return [row for row in rows if field is None or row.field_id == field.pk]


def _counts(
    now: list[Any], then: list[Any], name: str, values: list[str], chosen: dict[str, str]
) -> list[Figure]:
    counts, before = (Counter(getattr(row, name) for row in rows) for rows in (now, then))
    return [
        Figure(counts[value], _link("measures", {**chosen, name: value}), counts[value] - before[value])
        for value in values
    ]


def _affected(cells: list[tuple[int, str, str]], place: int) -> int:
    return sum(cell[place] != RolloutCell.Stage.NOT_AFFECTED for cell in cells)


def _live(cells: list[tuple[int, str, str]], place: int) -> int:
    return sum(cell[place] == RolloutCell.Stage.LIVE for cell in cells)


def _link(name: str, chosen: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(chosen)}" if chosen else reverse(name)
