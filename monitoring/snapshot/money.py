"""Money of the report's measures, by the same rule as on their pages; for those with a role only."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from measures.models import BudgetLine, FundingProgramme, Grant, Movement
from measures.money import COUNTING_RULE, PLAN, Entry, Figures, figures_by_year, total
from monitoring.snapshot import schema
from monitoring.snapshot.past import Row
from monitoring.snapshot.world import World


def money_of(world: World) -> schema.Money | None:
    """None for the public, as on the pages, and where no section prints it."""
    if world.past.is_public or "money" not in world.parts:
        return None
    lines = _of_report(world, world.past.rows(BudgetLine, "measure_id", "year", "source", "amount"))
    movements = _of_report(world, world.past.rows(Movement, "measure_id", "kind", "on", "amount"))
    entries = [Entry(row.measure_id, row.year, PLAN, row.amount) for row in lines]
    entries += [Entry(row.measure_id, row.on.year, row.kind, row.amount) for row in movements]
    by_measure: dict[int, list[Entry]] = {row.pk: [] for row in world.measures}
    by_field: dict[int, list[Entry]] = {row.pk: [] for row in world.fields}
    field_of = {row.pk: row.field_id for row in world.measures}
    for entry in entries:
        by_measure[entry.measure].append(entry)
        by_field[field_of[entry.measure]].append(entry)
    return schema.Money(
        total=_figures(entries),
        years=[
            schema.MoneyYear(year=year, figures=_in_cents(figures))
            for year, figures in figures_by_year(entries).items()
        ],
        fields=[
            schema.MoneyRow(key=row.slug, label=row.name, figures=_figures(by_field[row.pk]))
            for row in world.fields
        ],
        measures=[
            schema.MoneyRow(key=row.no, label=row.title, figures=_figures(by_measure[row.pk]))
            for row in world.measures
        ],
        sources=_sources(lines),
        entries=_entries(world, lines, movements),
        grants=_grants(world),
        counting_rule=str(COUNTING_RULE),
    )


def _of_report(world: World, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.measure_id in world.nos]


def _figures(entries: Iterable[Entry]) -> schema.MoneyFigures:
    return _in_cents(Figures.of(entries))


def _in_cents(figures: Figures) -> schema.MoneyFigures:
    return schema.MoneyFigures(
        plan=_cents(figures.plan), committed=_cents(figures.committed), spent=_cents(figures.spent)
    )


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _sources(lines: list[Row]) -> list[schema.MoneySource]:
    """What is planned by origin; of which municipality a share is, is said on the pages alone."""
    found = []
    for source in BudgetLine.Source:
        planned = _cents(total(line.amount for line in lines if line.source == source))
        if planned is not None:
            found.append(schema.MoneySource(label=str(source.label), plan=planned))
    return found


KINDS: Final = {Movement.Kind.COMMITMENT: "committed", Movement.Kind.OUTFLOW: "spent"}


def _entries(world: World, lines: list[Row], movements: list[Row]) -> list[schema.MoneyEntry]:
    """One for each measure, year, kind and origin."""
    labels = {source: str(source.label) for source in BudgetLine.Source}
    sums: dict[tuple[str, int, str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[world.nos[line.measure_id], line.year, PLAN, labels[line.source]] += line.amount
    for row in movements:
        sums[world.nos[row.measure_id], row.on.year, KINDS[row.kind], ""] += row.amount
    return [
        schema.MoneyEntry(
            measure_no=no, year=year, kind=kind, source=source or None, amount=int(amount * 100)
        )
        for (no, year, kind, source), amount in sorted(sums.items())
    ]


def _grants(world: World) -> list[schema.MoneyGrant]:
    names = {row.pk: row.name for row in world.past.rows(FundingProgramme, "name")}
    grants = _of_report(world, world.past.rows(Grant, "measure_id", "programme_id", "ends_on", "amount"))
    return [
        schema.MoneyGrant(
            programme=names[row.programme_id],
            measure_no=world.nos[row.measure_id],
            ends_on=row.ends_on.isoformat(),
            amount=int(row.amount * 100),
        )
        for row in sorted(grants, key=lambda row: (row.ends_on, world.nos[row.measure_id], row.pk))
    ]
