"""Sums of money, always made from the rows, and what the rows contradict."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.models import BudgetLine, CallOff, Grant, Movement
from smartregion.base.charts import Chart, Row, Segment, grouped_bars
from smartregion.base.money import euro

PLAN: Final = "plan"
NOTHING: Final = Decimal(0)
COUNTING_RULE: Final = gettext_lazy(
    "Plan ist die Summe der Planansätze eines Jahres. Gebunden ist jeder Auftrag mit seinem vollen Betrag im "
    "Jahr der Bindung, auch was davon schon bezahlt ist. Abgeflossen ist, was im Jahr ausgezahlt wurde. Noch "
    "frei ist Plan weniger gebunden, noch zu zahlen gebunden weniger abgeflossen; ist davon nur eines "
    "angegeben, zählt das andere als 0 €, damit die Jahre die Summe ergeben. Ein Strich heißt: keine Angabe; "
    "das ist nicht 0 €."
)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what there is; None where there is nothing to add."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, NOTHING) if known else None


class Entry(NamedTuple):
    """So much of one kind in one measure and year."""

    measure: int
    year: int
    kind: str
    amount: Decimal


def ledger(lines: Any, movements: Any) -> list[Entry]:
    """What page, chart and export add up, from querysets of budget lines and of movements. Two queries."""
    planned = [Entry(measure, year, PLAN, amount) for measure, year, _source, amount in lines.sums()]
    return planned + [Entry(*row) for row in movements.sums()]


@dataclass(frozen=True)
class Figures:
    plan: Decimal | None
    committed: Decimal | None
    spent: Decimal | None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Figures":
        entries = list(entries)
        kinds = (PLAN, Movement.Kind.COMMITMENT, Movement.Kind.OUTFLOW)
        return cls(*(total(entry.amount for entry in entries if entry.kind == kind) for kind in kinds))

    @property
    def free(self) -> Decimal | None:
        return _less(self.plan, self.committed)

    @property
    def to_pay(self) -> Decimal | None:
        return _less(self.committed, self.spent)


def _less(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    """One of both missing counts as nothing here, so that the remainders of years add up to that of all."""
    return None if whole is None and part is None else (whole or NOTHING) - (part or NOTHING)


def figures_by(entries: Iterable[Entry], key: Callable[[Entry], Any]) -> dict[Any, Figures]:
    """The figures of each group, in the order of their keys."""
    groups: dict[Any, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return {group: Figures.of(groups[group]) for group in sorted(groups)}


def figures_by_year(entries: Iterable[Entry]) -> dict[int, Figures]:
    return figures_by(entries, lambda entry: entry.year)


def year_chart(by_year: dict[int, Figures]) -> Chart:
    """Plan, bound and spent of each year beside one another."""
    return grouped_bars(
        chart_id="money-years",
        title=_("Plan, gebunden und abgeflossen nach Jahr"),
        rows=[
            Row(
                str(year),
                [
                    _bar(_("Plan"), "step1", figures.plan),
                    _bar(_("gebunden"), "step3", figures.committed),
                    _bar(_("abgeflossen"), "step5", figures.spent),
                ],
            )
            for year, figures in by_year.items()
        ],
    )


def _bar(label: str, tone: str, amount: Decimal | None) -> Segment:
    return Segment(label, label, tone, int((amount or NOTHING) * 100), euro(amount))


@dataclass(frozen=True)
class GridRow:
    head: Any
    cells: list[list[BudgetLine]]

    @property
    def total(self) -> Decimal | None:
        return total(line.amount for cell in self.cells for line in cell)


@dataclass(frozen=True)
class Grid:
    """Budget lines in rows of one kind and columns of years, with sums at both edges."""

    years: list[int]
    rows: list[GridRow]

    @property
    def totals(self) -> list[Decimal | None]:
        return [
            total(line.amount for row in self.rows for line in row.cells[column])
            for column in range(len(self.years))
        ]

    @property
    def total(self) -> Decimal | None:
        return total(row.total for row in self.rows)


def grid(lines: Iterable[BudgetLine], head: Callable[[BudgetLine], Any]) -> Grid:
    """Rows appear in the order of their first line, years in theirs."""
    lines = list(lines)
    years = sorted({line.year for line in lines})
    rows: dict[Any, list[list[BudgetLine]]] = {}
    for line in lines:
        cells = rows.setdefault(head(line), [[] for _year in years])
        cells[years.index(line.year)].append(line)
    return Grid(years, [GridRow(name, cells) for name, cells in rows.items()])


def source_of(line: BudgetLine) -> str:
    """Where the money of a line comes from, in words."""
    if line.source == BudgetLine.Source.GRANT:
        return _("Zuwendung: %s") % line.grant
    if line.source == BudgetLine.Source.MUNICIPALITY:
        return _("Eigenanteil: %s") % line.municipality
    return line.get_source_display()


@dataclass(frozen=True)
class GrantSheet:
    """A grant with what was planned, called off and borne beside it, out of its measure's rows."""

    grant: Grant
    lines: list[BudgetLine]
    calloffs: list[CallOff]

    @property
    def planned(self) -> Decimal | None:
        return total(line.amount for line in self.lines if line.source == BudgetLine.Source.GRANT)

    @cached_property
    def shares(self) -> Grid:
        """The municipalities' own shares of what the grant supports."""
        borne = [line for line in self.lines if line.source == BudgetLine.Source.MUNICIPALITY]
        return grid(borne, lambda line: line.municipality)

    @property
    def called_off(self) -> Decimal:
        return called_off(self.calloffs)

    @property
    def not_called_off(self) -> Decimal:
        return self.grant.amount - self.called_off


def called_off(calloffs: Iterable[CallOff]) -> Decimal:
    return sum((calloff.amount for calloff in calloffs if calloff.done_on), NOTHING)


def grant_sheets(grants: Iterable[Grant], lines: Iterable[BudgetLine]) -> list[GrantSheet]:
    lines = list(lines)
    return [
        GrantSheet(grant, [line for line in lines if line.grant_id == grant.pk], list(grant.calloffs.all()))
        for grant in grants
    ]


def contradictions(
    sheets: Iterable[GrantSheet], figures: Figures, movements: Iterable[Movement]
) -> Iterator[str]:
    """What no row shows by itself, one sentence each."""
    for sheet in sheets:
        granted = sheet.grant.amount
        foreseen = total(calloff.amount for calloff in sheet.calloffs)
        for amount, text in (
            (sheet.planned, _("Aus „%(grant)s“ sind %(amount)s geplant, bewilligt sind %(granted)s.")),
            (foreseen, _("Die Abrufe aus „%(grant)s“ ergeben %(amount)s, bewilligt sind %(granted)s.")),
        ):
            if amount is not None and amount > granted:
                yield text % {"grant": sheet.grant, "amount": euro(amount), "granted": euro(granted)}
    if figures.spent is not None and figures.spent > (figures.committed or NOTHING):
        yield _("Abgeflossen sind %(spent)s, gebunden nur %(committed)s. Fehlt eine Mittelbindung?") % {
            "spent": euro(figures.spent),
            "committed": euro(figures.committed or NOTHING),
        }
    outside = [movement for movement in movements if movement.is_outside_grant]
    if outside:
        yield ngettext(
            "Ein Mittelabfluss über %(amount)s liegt außerhalb des Bewilligungszeitraums seiner Zuwendung.",
            "%(number)d Mittelabflüsse über zusammen %(amount)s liegen außerhalb des Bewilligungszeitraums "
            "ihrer Zuwendung.",
            len(outside),
        ) % {"number": len(outside), "amount": euro(total(movement.amount for movement in outside))}
