"""Sums of money: made from the rows, and the same however one adds them."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from measures.models import BudgetLine, Movement
from measures.money import Figures, figures_by, figures_by_year, grid, ledger, source_of, total
from network.models import Role
from smartregion.base.money import MOST, euro, parse_euro
from tests.factories import make_budget_line, make_measure, make_movement, make_region, make_user

CENTS = st.decimals("0.01", MOST, places=2)
YEARS = st.integers(2000, 2100)
PLANNED = st.tuples(st.sampled_from([0, 1]), YEARS, st.sampled_from(["county", "other"]), CENTS)
MOVED = st.tuples(st.sampled_from([0, 1]), YEARS, st.sampled_from(["commitment", "outflow"]), CENTS)


@pytest.fixture
def rows_of(db: None) -> Callable[[Any, Any], None]:
    """Two measures, with these rows."""
    make_region()
    measures = [make_measure("Netz"), make_measure("Karte")]

    def store(planned: Any, moved: Any) -> None:
        for which, year, source, amount in planned:
            lines = BudgetLine.objects.filter(measure=measures[which], year=year, source=source)
            if source == "other" or not lines.exists():
                make_budget_line(measures[which], year=year, source=source, amount=amount)
        for which, year, kind, amount in moved:
            make_movement(measures[which], kind=kind, on=date(year, 12, 31), amount=amount)

    return store


def plain_sum(rows: Any) -> Decimal | None:
    """In whole cents, apart from the code that is looked at."""
    amounts = [int(row.amount * 100) for row in rows]
    return Decimal(sum(amounts)) / 100 if amounts else None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planned=st.lists(PLANNED, max_size=8), moved=st.lists(MOVED, max_size=8))
def test_every_way_to_add_the_rows_gives_the_same_cents(
    rows_of: Callable[[Any, Any], None], client: Client, planned: Any, moved: Any
) -> None:
    client.force_login(make_user(Role.COORDINATION))
    with transaction.atomic():
        rows_of(planned, moved)
        lines, movements = list(BudgetLine.objects.all()), list(Movement.objects.all())
        entries = ledger(BudgetLine.objects.all(), Movement.objects.all())
        whole = Figures.of(entries)

        assert whole.plan == plain_sum(lines)
        assert whole.committed == plain_sum(row for row in movements if row.kind == "commitment")
        assert whole.spent == plain_sum(row for row in movements if row.kind == "outflow")
        for parts in (figures_by_year(entries), figures_by(entries, lambda entry: entry.measure)):
            for name in ("plan", "committed", "spent", "free", "to_pay"):
                assert total(getattr(part, name) for part in parts.values()) == getattr(whole, name)
        by_source = grid(lines, source_of)
        assert by_source.total == whole.plan == total(by_source.totals)

        page = client.get("/foerderung/").context["overview"]
        workbook = b"".join(client.get("/foerderung/export.xlsx"))  # type: ignore[arg-type]
        exported = sheet_of(workbook, "Mittel nach Jahr")
        assert [row[3:8] for row in exported] == [
            ["" if value is None else float(value) for value in shown]
            for _measure, _year, figures in page.by_measure_and_year()
            for shown in [[figures.plan, figures.committed, figures.spent, figures.free, figures.to_pay]]
        ]
        transaction.set_rollback(True)


def sheet_of(workbook: bytes, name: str) -> list[list[Any]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name(name)
    return [row for row in sheet.to_python() if isinstance(row[2], float)]


@pytest.mark.django_db
def test_the_exported_cells_are_numbers_and_the_csv_is_read_as_numbers_too(client: Client) -> None:
    make_region()
    measure = make_measure("Netz", no="M-1")
    make_budget_line(measure, amount=Decimal("1573.45"))
    make_movement(measure, amount=Decimal("2000.05"))
    client.force_login(make_user(Role.COORDINATION))

    workbook = b"".join(client.get("/foerderung/export.xlsx"))  # type: ignore[arg-type]
    lines = b"".join(client.get("/foerderung/export.csv")).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]

    assert sheet_of(workbook, "Mittel nach Jahr") == [
        ["M-1", "Netz", 2024.0, 1573.45, 2000.05, "", -426.6, 2000.05, "nein"]
    ]
    assert lines[1:] == ["M-1;Netz;2024;1573,45;2000,05;;-426,60;2000,05;nein"]


@pytest.mark.django_db
def test_the_page_shows_the_sums_of_its_rows_and_a_dash_where_there_is_none(client: Client) -> None:
    measure = make_measure("Netz")
    make_budget_line(measure, amount=Decimal("0.10"))
    make_budget_line(measure, source="other", amount=Decimal("0.20"))
    make_budget_line(measure, source="other", amount=Decimal("1000"))
    client.force_login(make_user(Role.TEAM))

    page = client.get("/massnahmen/netz/geld/")

    figures = page.context["figures"]
    assert (figures.plan, figures.committed, figures.spent) == (Decimal("1000.30"), None, None)
    assert "1.000,30\u00a0€" in page.content.decode()
    assert ">0,00\u00a0€" not in page.content.decode()
    assert parse_euro(euro(figures.free)) == Decimal("1000.30")
