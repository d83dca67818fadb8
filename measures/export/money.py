"""Money and funding to take home: the figures of the overview, with amounts as numbers."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from measures.export.notes import Notes, filter_in_words
from measures.filters import FundingFilter
from measures.funding_overview import overview_of
from measures.money import COUNTING_RULE
from smartregion.base.spreadsheet import Column, Year

COLUMNS: Final[tuple[Column, ...]] = (
    ("Nr.", 9),
    ("Maßnahme", 44),
    ("Jahr", 8),
    ("Plan", 18),
    ("Gebunden", 18),
    ("Abgeflossen", 18),
    ("Noch frei", 18),
    ("Noch zu zahlen", 18),
    ("Beispieldaten", 14),
)
GRANT_COLUMNS: Final[tuple[Column, ...]] = (
    ("Nr.", 9),
    ("Maßnahme", 44),
    ("Förderprogramm", 36),
    ("Aktenzeichen", 20),
    ("Bewilligt von", 14),
    ("Bewilligt bis", 14),
    ("Bewilligter Betrag", 20),
    ("Abgerufen", 18),
    ("Nicht abgerufen", 18),
    ("Beispieldaten", 14),
)


class FundingExport:
    """One row for each measure and year that has any money; the workbook also lists the grants."""

    def __init__(self, query: QueryDict, user: Any) -> None:
        self.user = user
        self.filter = FundingFilter(query, user)
        self.overview = overview_of(self.filter, user)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in COLUMNS]

    def rows(self) -> Iterator[list[Any]]:
        for measure, year, figures in self.overview.by_measure_and_year():
            yield [
                measure.no,
                measure.title,
                Year(year),
                figures.plan,
                figures.committed,
                figures.spent,
                figures.free,
                figures.to_pay,
                measure.is_example,
            ]

    def grants(self) -> Iterator[list[Any]]:
        for sheet in self.overview.grants:
            grant = sheet.grant
            yield [
                grant.measure.no,
                grant.measure.title,
                grant.programme.name,
                grant.reference,
                grant.starts_on,
                grant.ends_on,
                grant.amount,
                sheet.called_off,
                sheet.not_called_off,
                grant.measure.is_example,
            ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(_("Mittel nach Jahr"), COLUMNS, self.rows(), frozen_columns=2)
        sheets.add(_("Zuwendungen"), GRANT_COLUMNS, self.grants(), frozen_columns=2)
        owners = [
            *self.overview.measures.values(),
            *(sheet.grant.measure for sheet in self.overview.grants),
        ]
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=filter_in_words(self.filter),
            rows=number,
            with_examples=any(measure.is_example for measure in owners),
            rules=[(_("Plan, gebunden, abgeflossen"), str(COUNTING_RULE))],
        ).add_to(sheets)
