"""What is stored about a person, as files for that person: JSON for programs, an accessible PDF to read."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from smartregion.base.personal import Stored, in_words
from smartregion.base.typst import in_our_fonts, make_pdf

TEMPLATE: Final = Path(__file__).with_name("personal.typ")


def as_plain(stored: list[Stored]) -> list[dict[str, Any]]:
    """By data type what it is for, and the rows."""
    return [
        {
            "art": str(each.type.title),
            "zweck": str(each.type.purpose),
            "rechtsgrundlage": str(each.type.basis),
            "aufbewahrung": str(each.type.kept),
            "eintraege": [{label: as_data(value) for label, value in row.items()} for row in each.facts],
        }
        for each in stored
    ]


def as_data(value: Any) -> Any:
    """A value as programs read it: moments and days by ISO 8601, in the time of the region."""
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_data(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def as_pdf(stored: list[Stored], *, email: str, office: str, moment: datetime) -> bytes:
    """The same as one PDF/UA-1 and PDF/A-2a file, dated that moment, which is given in UTC.

    Raises:
        CompileError: the fonts are missing.
    """
    data = {
        "title": _("Auskunft über gespeicherte Daten"),
        "about": _("Gespeichert zur Adresse %s") % email,
        "office": office,
        "on": in_words(moment),
        "nothing": _("Zu dieser Adresse ist nichts gespeichert."),
        "labels": {"purpose": _("Zweck"), "basis": _("Rechtsgrundlage"), "kept": _("Aufbewahrung")},
        "parts": [
            {
                "title": str(each.type.title),
                "purpose": str(each.type.purpose),
                "basis": str(each.type.basis),
                "kept": str(each.type.kept),
                "rows": [list(map(list, row.items())) for row in each.rows],
            }
            for each in stored
        ],
    }
    return make_pdf(TEMPLATE, in_our_fonts(data), moment)
