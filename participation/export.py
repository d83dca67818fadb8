"""The participants of an event as a table, for the coordinator alone."""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.notes import Notes
from participation.models import Event, Registration
from smartregion.base.spreadsheet import Column

COLUMNS: Final[tuple[Column, ...]] = (
    ("Name", 28),
    ("Organisation", 32),
    ("E-Mail", 32),
    ("Stand", 18),
    ("Bedarf", 44),
    ("Angemeldet am", 18),
    ("Anwesend seit", 18),
    ("Beispieldaten", 14),
)
PARTICIPANT, WAITING = gettext_lazy("Platz"), gettext_lazy("Warteliste")


class ParticipantsExport:
    """Who has a place and who waits for one; who has not confirmed is in no list."""

    def __init__(self, event: Event, user: Any) -> None:
        self.event, self.user = event, user

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in COLUMNS]

    def rows(self) -> Iterator[list[Any]]:
        rows = Registration.objects.filter(event=self.event)
        for state, found in ((PARTICIPANT, rows.participants()), (WAITING, rows.waiting())):
            for row in found:
                yield [
                    row.name,
                    row.organisation,
                    row.email,
                    str(state),
                    row.needs,
                    localtime(row.created_at),
                    localtime(row.checked_in_at) if row.checked_in_at else None,
                    self.event.is_example,
                ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(_("Teilnahme"), COLUMNS, self.rows(), frozen_columns=1)
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=self.event.title,
            rows=number,
            with_examples=self.event.is_example,
            rules=[
                (
                    _("Personenbezogene Daten"),
                    _("Nur für diese Veranstaltung. Bitte löschen Sie die Datei, sobald es geht."),
                )
            ],
        ).add_to(sheets)
