"""A cell of somebody's spreadsheet as the value of a field, and a value in words."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from fields.models import ActionField
from network.models import Organisation

FIRST_DAY: Final = date(1899, 12, 30)
"""Day 0 of the spreadsheet programs' serial numbers."""
SERIAL_NUMBERS: Final = range(10_000, 110_000)
"""1927 to 2201; another number in a date's cell is a mistake."""
GERMAN_DAY: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:\s+0?0:00(?::00)?)?")
YES: Final = {"ja", "j", "wahr", "true", "x", "1", "yes"}
NO: Final = {"nein", "n", "falsch", "false", "0", "no", ""}


class BadValue(Exception):
    """The cell cannot be read as what its column holds; the German message says why."""


def plain(text: Any) -> str:
    """A heading or word without what does not tell it from another: case, spaces, line breaks."""
    return " ".join(str(text).split()).casefold()


class Words:
    """Reads cells. Asks once for the names that a cell may hold.

    Args:
        own: for a foreign list, what its words stand for: by field name and plain word the stored value.
    """

    def __init__(self, own: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.own = own or {}
        fields = list(ActionField.objects.values_list("pk", "name"))
        leads = list(Organisation.objects.values_list("pk", "name", "short_name"))
        self.names: dict[str, dict[int, str]] = {
            "field": dict(fields),
            "lead": {pk: name for pk, name, _short in leads},
        }
        self.keys: dict[str, dict[str, int]] = {
            "field": {plain(name): pk for pk, name in fields},
            "lead": {plain(short): pk for pk, _name, short in leads}
            | {plain(name): pk for pk, name, _short in leads},
        }

    def says_nothing(self, name: str, cell: Any) -> bool:
        """Whether a foreign list's word is to be read as an empty cell."""
        return self.own.get(name, {}).get(plain(cell)) == ""

    def knows(self, field: models.Field[Any, Any], word: str) -> bool:
        try:
            self.read(field, word)
        except BadValue:
            return False
        return True

    def choices(self, field: models.Field[Any, Any]) -> list[tuple[Any, str]]:
        """Stored values with their words, where a cell can hold nothing else; else empty."""
        if field.name in self.names:
            return list(self.names[field.name].items())
        return [(value, str(label)) for value, label in field.flatchoices]

    def read(self, field: models.Field[Any, Any], cell: Any) -> Any:
        """The value as the row stores it; a related row's is its key.

        Raises:
            BadValue: it is none.
        """
        if isinstance(field, models.DateField):
            return read_day(cell)
        if isinstance(field, models.BooleanField):
            return read_yes_or_no(cell)
        text = read_text(cell)
        if not (choices := self.choices(field)):
            return text
        word = plain(text)
        if word in self.own.get(field.name, {}):
            return field.to_python(self.own[field.name][word])
        known = self.keys.get(field.name) or {
            plain(name): value for value, label in choices for name in (value, label)
        }
        if word not in known:
            words = ", ".join(label for _value, label in choices[:12]) + (", …" if choices[12:] else "")
            raise BadValue(
                _("„%(text)s“ gibt es hier nicht. Möglich: %(words)s.") % {"text": text, "words": words}
            )
        return known[word]

    def show(self, field: models.Field[Any, Any], value: Any) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return _("ja") if value else _("nein")
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}"
        return dict(self.choices(field)).get(value, str(value))


def read_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return _("ja") if cell else _("nein")
    if isinstance(cell, date):
        raise BadValue(
            _("Hier steht ein Datum statt eines Textes. Bitte geben Sie der Zelle das Format „Text“.")
        )
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def read_day(cell: Any) -> date | None:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if isfinite(cell) and int(cell) in SERIAL_NUMBERS:
            return FIRST_DAY + timedelta(days=int(cell))
        raise _no_day(cell)
    text = str(cell).strip()
    if not text:
        return None
    try:
        if found := GERMAN_DAY.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise _no_day(text) from None


def _no_day(cell: Any) -> BadValue:
    return BadValue(_("„%s“ ist kein Datum. Erwartet wird zum Beispiel 25.11.2026.") % str(cell)[:60])


def read_yes_or_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = plain(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    if word in YES or word in NO:
        return word in YES
    raise BadValue(_("„%s“ ist weder ja noch nein.") % str(cell)[:60])


def read_number(cell: Any) -> int | None:
    """A key or version, whatever the program made of it; None for an empty cell.

    Raises:
        BadValue: it is no such number.
    """
    text = read_text(cell).replace(".", "").replace("\u202f", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadValue(_("„%s“ ist keine Nummer des Portals.") % text[:60])
    return int(text)
