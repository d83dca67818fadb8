"""The columns of a dataset: what one is called, means and holds, and how each format writes its value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from smartregion.base.spreadsheet import Percent, Quantity, yes_or_no

Words = str | Promise
Record = dict[str, Any]
"""A row: by the keys of its columns a text, number, day, moment, truth value, list of texts, or None."""


class Kind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    WHOLE = "whole"
    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    TEXTS = "texts"
    ADDRESS = "address"


KIND_LABELS: dict[Kind, Words] = {
    Kind.TEXT: _("Text"),
    Kind.CHOICE: _("Auswahl"),
    Kind.WHOLE: _("ganze Zahl"),
    Kind.NUMBER: _("Zahl"),
    Kind.PERCENT: _("Prozent"),
    Kind.DAY: _("Datum"),
    Kind.MOMENT: _("Zeitpunkt"),
    Kind.FLAG: _("ja oder nein"),
    Kind.TEXTS: _("Liste von Texten"),
    Kind.ADDRESS: _("Adresse im Netz"),
}
SCHEMAS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.CHOICE: {"type": "string"},
    Kind.WHOLE: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.PERCENT: {"type": "integer"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.FLAG: {"type": "boolean"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
    Kind.ADDRESS: {"type": "string", "format": "uri"},
}
WIDTHS: dict[Kind, int] = {Kind.TEXT: 30, Kind.TEXTS: 40, Kind.CHOICE: 20, Kind.MOMENT: 18, Kind.ADDRESS: 50}
IN_SHEET: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXTS: "; ".join,
    Kind.NUMBER: Quantity,
    Kind.PERCENT: Percent,
}


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: its name in CSV, JSON and GeoJSON.
        label: its name for people.
        text: what it means.
        choices: of a choice, its codes with their labels.
        may_be_empty: there are rows without a value; no value is not 0.
    """

    key: str
    label: Words
    text: Words
    kind: Kind = Kind.TEXT
    choices: type[TextChoices] | None = None
    may_be_empty: bool = False

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def width(self) -> int:
        return WIDTHS.get(self.kind, 14)

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(code, str(label)) for code, label in self.choices.choices] if self.choices else []

    def schema(self) -> dict[str, Any]:
        """The column in the words of JSON Schema."""
        schema = {**SCHEMAS[self.kind], "description": str(self.text)}
        if self.choices:
            schema["enum"] = [*self.choices.values, *([None] if self.may_be_empty else [])]
        if self.may_be_empty:
            schema["type"] = [schema["type"], "null"]
        return schema

    def in_sheet(self, value: Any) -> Any:
        """The value as a typed cell, a choice in words."""
        if value is None:
            return None
        if self.choices:
            return str(self.choices(value).label)
        return IN_SHEET.get(self.kind, _same)(value)

    def in_words(self, value: Any) -> str:
        """The value for a reader of a page."""
        if value in (None, ""):
            return "–"
        if isinstance(value, bool):
            return yes_or_no(value)
        if isinstance(value, datetime):
            return f"{localtime(value):%d.%m.%Y, %H:%M}"
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}".replace(".", ",")
        shown = self.in_sheet(value)
        return f"{shown} %" if isinstance(shown, Percent) else str(shown)


def _same(value: Any) -> Any:
    return value


def in_csv(value: Any) -> Any:
    """What `csv_lines` writes; a choice keeps its code, a number has neither exponent nor idle zeros."""
    if isinstance(value, list):
        return "; ".join(value)
    return without_idle_zeros(value) if isinstance(value, Decimal) else value


def without_idle_zeros(number: Decimal) -> Decimal:
    """60 for 60.00, where `normalize` alone says 6E+1."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def in_json(value: Any) -> Any:
    """Numbers of up to 15 digits survive as a float exactly, and no column has more; moments have a zone."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def as_json(record: Record) -> Record:
    return {key: in_json(value) for key, value in record.items()}
