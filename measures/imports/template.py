"""An empty table for new measures, with lists to choose from where the portal knows what is possible."""

from typing import IO, Final

from django.db import models
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from measures.imports.tables import HEADINGS, MEASURE
from measures.imports.words import Words
from measures.models import Measure
from smartregion.base.spreadsheet import SAFE, Column, Sheets

WIDE, NARROW = 40, 16
LISTS: Final = "Listen"


def write_template(target: IO[bytes]) -> None:
    with Workbook(target, SAFE) as workbook:
        sheets = Sheets(workbook)
        lists = _lists()
        ranges = {
            heading: f"='{LISTS}'!${chr(65 + index)}$2:${chr(65 + index)}${len(words) + 1}"
            for index, (heading, words) in enumerate(lists.items())
        }
        columns = [_column(name, heading) for name, heading in HEADINGS[MEASURE].items()]
        sheet = sheets.open(str(_("Maßnahmen")), columns, frozen_columns=2, choices=ranges)
        for index, name in enumerate(HEADINGS[MEASURE]):
            if isinstance(Measure._meta.get_field(name), models.DateField):
                sheet.set_column(index, index, NARROW, sheets.day)
        sheets.add(str(_("Hinweise")), [(_("Spalte"), 28), (_("Hinweis"), 110)], _notes())
        longest = max(len(words) for words in lists.values())
        filled = [words + [""] * (longest - len(words)) for words in lists.values()]
        sheets.add(LISTS, [(heading, 30) for heading in lists], list(zip(*filled, strict=True)))


def _column(name: str, heading: str) -> Column:
    field = Measure._meta.get_field(name)
    is_long = isinstance(field, models.TextField) or name in {"title", "lead", "field"}
    return heading, WIDE if is_long else NARROW


def _lists() -> dict[str, list[str]]:
    """By heading, the words of each column that knows its words."""
    words = Words()
    lists = {}
    for name, heading in HEADINGS[MEASURE].items():
        field = Measure._meta.get_field(name)
        if isinstance(field, models.BooleanField):
            lists[heading] = [_("ja"), _("nein")]
        elif choices := words.choices(field):  # type: ignore[arg-type]
            lists[heading] = [label for _value, label in choices]
    return lists


def _notes() -> list[tuple[str, str]]:
    notes = [
        (
            _("Allgemein"),
            _("Eine Zeile je Maßnahme. Steht eine Nummer schon im Portal, wird diese Maßnahme geändert."),
        ),
        (_("Pflicht"), _("Nr., Titel, Handlungsfeld, Federführung und Kurzbeschreibung.")),
        (_("Tage"), _("Als Datum, zum Beispiel 25.11.2026.")),
    ]
    for name, heading in HEADINGS[MEASURE].items():
        field = Measure._meta.get_field(name)
        if longest := getattr(field, "max_length", None) if not getattr(field, "choices", None) else None:
            notes.append((heading, _("Höchstens %d Zeichen.") % longest))
    notes.append((_("Ampel"), _("Gelb und Rot brauchen eine Begründung.")))
    notes.append((_("Status"), _("Ruhend und eingestellt brauchen eine Begründung zum Status.")))
    notes.append(
        (_("Sichtbarkeit"), _("Ohne Angabe wird die Maßnahme ein Entwurf, den nur die Koordination sieht."))
    )
    return notes
