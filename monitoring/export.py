"""Indicators and their values to take home, and the table in which values are collected."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.notes import Note, Notes, filter_in_words
from measures.models import Visibility
from monitoring.due import DueLines, period_label
from monitoring.filters import IndicatorFilter
from monitoring.indicator_math import (
    ATTAINMENT_RULE,
    DUE_RULE,
    ON_TARGET_RULE,
    REGION_RULE,
    TARGET_RULE,
    TREND_RULE,
    period_of,
)
from monitoring.indicators import Shown
from monitoring.models import Indicator, IndicatorValue
from monitoring.value_import import HEADINGS, NO_VALUE
from network.models import Municipality
from smartregion.base import clock
from smartregion.base.spreadsheet import Column, Percent, Quantity

COLUMNS: Final[tuple[Column, ...]] = (
    ("Kürzel", 24),
    ("Indikator", 40),
    ("Ebene", 10),
    ("Maßnahme", 12),
    ("Handlungsfeld", 24),
    ("Einheit", 16),
    ("Richtung", 14),
    ("Ausgangswert", 14),
    ("Ausgangswert vom", 14),
    ("Wert", 14),
    ("Wert vom", 14),
    ("Kommunen mit Wert", 12),
    ("Kommunen", 12),
    ("Zielwert", 14),
    ("Zielwert bis", 14),
    ("Zielerreichung", 14),
    ("Soll-Ist", 18),
    ("Trend", 16),
    ("Wert überfällig", 12),
    ("Erhebungsrhythmus", 16),
    ("Quelle", 36),
    ("Bezüge", 30),
    ("Definition", 60),
    ("Beispieldaten", 14),
    ("Adresse", 50),
)
VISIBILITY: Final[Column] = ("Sichtbarkeit", 13)
VALUE_WIDTHS: Final = (24, 40, 20, 14, 18, 14, 14, 16, 40, 40)
VALUE_COLUMNS: Final[tuple[Column, ...]] = tuple(zip(HEADINGS.values(), VALUE_WIDTHS, strict=True))
RULES: Final[tuple[tuple[Any, Any], ...]] = (
    (gettext_lazy("Zielerreichung"), ATTAINMENT_RULE),
    (gettext_lazy("Zielwert"), TARGET_RULE),
    (gettext_lazy("Soll-Ist"), ON_TARGET_RULE),
    (gettext_lazy("Trend"), TREND_RULE),
    (gettext_lazy("Kommunen mit Wert"), REGION_RULE),
    (gettext_lazy("Wert überfällig"), DUE_RULE),
)


class _Export:
    """What both exports share: the choice of the list's address.

    Args:
        absolute: makes a whole address of a path.
    """

    def __init__(self, query: Any, user: Any, absolute: Callable[[str], str]) -> None:
        self.user, self.absolute = user, absolute
        self.chosen = IndicatorFilter(query, user, clock.today())

    def _notes(self, sheets: Any, page: str, imprint: str, rows: int, rules: Iterable[Note]) -> None:
        problems = [(_("Nicht angewendet"), problem) for problem in self.chosen.problems]
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=filter_in_words(self.chosen),
            rows=rows,
            with_examples=any(row.indicator.is_example for row in self.chosen.rows),
            rules=[*problems, *rules],
        ).add_to(sheets)


class IndicatorExport(_Export):
    """The indicators that a reader sees with these filters, in their order."""

    @property
    def columns(self) -> list[Column]:
        """Who sees public indicators only has no use for their visibility."""
        return [*COLUMNS, VISIBILITY] if self.user.is_authenticated else list(COLUMNS)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        for row in self.chosen.rows:
            label = [str(Visibility(row.indicator.visibility).label)] if self.user.is_authenticated else []
            yield [*_definition(row), *_figures(row), *self._remarks(row.indicator), *label]

    def _remarks(self, indicator: Indicator) -> list[Any]:
        return [
            indicator.get_rhythm_display(),
            indicator.source,
            ", ".join(indicator.tags),
            indicator.definition,
            indicator.is_example,
            self.absolute(indicator.get_absolute_url()),
        ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(str(_("Indikatoren")), self.columns, self.rows(), frozen_columns=2)
        self._notes(sheets, page, imprint, number, [(str(term), str(rule)) for term, rule in RULES])


def _definition(row: Shown) -> list[Any]:
    indicator = row.indicator
    field = indicator.field or (indicator.measure.field if indicator.measure else None)
    return [
        indicator.key,
        indicator.name,
        indicator.get_level_display(),
        indicator.measure.no if indicator.measure else "",
        field.name if field else "",
        indicator.unit,
        indicator.get_direction_display(),
        _number(indicator.baseline),
        indicator.baseline_on,
    ]


def _figures(row: Shown) -> list[Any]:
    standing = row.standing
    return [
        _number(standing.value),
        standing.on,
        standing.counted if standing.of else None,
        standing.of or None,
        _number(standing.target.value if standing.target else None),
        standing.target.on if standing.target else None,
        None if standing.attainment is None else Percent(standing.attainment),
        str(standing.on_target.label),
        str(standing.trend.label),
        standing.is_overdue,
    ]


def _number(value: Any) -> Quantity | None:
    """Without zeros that say nothing; None stays an empty cell."""
    return None if value is None else Quantity(f"{value.normalize():f}")


class ValueExport(_Export):
    """The values of these indicators, one a line, as the import reads them again."""

    headings = list(HEADINGS.values())

    def rows(self) -> Iterator[list[Any]]:
        kept = {row.indicator.pk: row.indicator for row in self.chosen.rows}
        values = IndicatorValue.objects.filter(indicator__in=kept)
        places = {row.pk: row for row in Municipality.objects.defer("boundary")}
        order = {key: number for number, key in enumerate(kept)}
        in_order = {key: number for number, key in enumerate(places)}
        for value in sorted(
            values,
            key=lambda row: (order[row.indicator_id], row.on, in_order.get(row.municipality_id or 0, -1)),
        ):
            indicator, place = kept[value.indicator_id], places.get(value.municipality_id or 0)
            yield [
                *_line(indicator, place, period_label(period_of(indicator.rhythm, value.on)), value.on),
                NO_VALUE if value.value is None else _number(value.value),
                indicator.unit,
                value.note,
                "",
            ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(str(_("Werte")), VALUE_COLUMNS, self.rows(), frozen_columns=3)
        self._notes(sheets, page, imprint, number, [(str(_("Einlesen")), str(READ_RULE))])


READ_RULE: Final = gettext_lazy(
    "Eine Zeile ohne Wert und ohne Anmerkung wird nicht gelesen. Gibt es keinen Wert, schreiben Sie „kein "
    "Wert“ und in die Anmerkung, warum. Ein anderer Wert für denselben Tag ist eine Berichtigung und braucht "
    "einen Grund."
)


class ValueTemplate:
    """The lines that are due for this account, with their values left out."""

    def __init__(self, user: Any) -> None:
        self.lines = DueLines(user, localdate()).every

    def rows(self) -> Iterator[list[Any]]:
        for line in self.lines:
            own = _line(line.indicator, line.municipality, line.label, line.period.end)
            yield [*own, None, line.indicator.unit, "", ""]

    def write_to(self, sheets: Any) -> None:
        sheets.add(str(_("Werte")), VALUE_COLUMNS, self.rows(), frozen_columns=3)
        notes = [(str(_("Einlesen")), str(READ_RULE)), (str(_("Fällig")), str(DUE_RULE))]
        sheets.add(str(_("Hinweise")), [(str(_("Angabe")), 28), (str(_("Wert")), 110)], notes)


def _line(indicator: Indicator, place: Municipality | None, period: str, on: Any) -> list[Any]:
    return [
        indicator.key,
        indicator.name,
        place.name if place else "",
        place.ags if place else "",
        period,
        on,
    ]
