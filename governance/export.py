"""The resolutions to take home: wording, vote, what is to be done, and whether it is done."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.filters import ResolutionFilter
from measures.export.notes import Notes, filter_in_words
from measures.models import Measure
from smartregion.base.spreadsheet import Column
from smartregion.base.worklist import day_or_dash

COLUMNS: Final[tuple[Column, ...]] = (
    ("Nummer", 16),
    ("Gremium", 26),
    ("Beschlossen am", 12),
    ("Verfahren", 20),
    ("Art", 18),
    ("Titel", 40),
    ("Wortlaut", 60),
    ("Ergebnis", 20),
    ("Ja", 6),
    ("Nein", 6),
    ("Enthaltungen", 10),
    ("Anwesend", 10),
    ("Befangen", 10),
    ("Stimmberechtigte", 12),
    ("Hinweis zur Abstimmung", 30),
    ("Aufträge", 50),
    ("Nächste Frist", 12),
    ("Noch offen", 10),
    ("In Kraft", 10),
    ("Maßnahmen", 24),
    ("Beispieldaten", 14),
    ("Adresse", 50),
)
OPEN_RULE: Final = gettext_lazy(
    "Offen ist ein Beschluss in Kraft, solange das Gremium nicht alle seine Aufträge als erledigt "
    "festgestellt hat."
)


class ResolutionExport:
    """The resolutions that a reader sees with these filters.

    Args:
        query: the query of the list's address.
        absolute: makes a whole address of a path.
    """

    def __init__(self, query: Any, user: Any, absolute: Callable[[str], str]) -> None:
        self.user = user
        self.absolute = absolute
        self.chosen = ResolutionFilter(query, user)
        measures = Prefetch("measures", Measure.objects.reachable_by(user), to_attr="visible_measures")
        self.resolutions = list(self.chosen.qs.with_control().prefetch_related(measures))

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in COLUMNS]

    def rows(self) -> Iterator[list[Any]]:
        for row in self.resolutions:
            yield [
                *[row.number, row.committee.name, row.resolved_on, row.get_procedure_display()],
                _("Beschlussempfehlung") if row.is_recommendation else _("Beschluss"),
                *[row.title, row.wording, row.get_outcome_display()],
                *[row.votes_for, row.votes_against, row.abstentions],
                *[row.present, row.excluded, row.entitled, row.vote_note],
                "\n".join(map(follow_up_in_words, row.follow_ups.all())),
                *[row.next_due_on, row.is_open, not row.is_superseded],
                ", ".join(sorted(measure.no for measure in row.visible_measures)),
                *[row.is_example, self.absolute(row.get_absolute_url())],
            ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(str(_("Beschlüsse")), COLUMNS, self.rows(), frozen_columns=1)
        problems = [(_("Nicht angewendet"), problem) for problem in self.chosen.problems]
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=filter_in_words(self.chosen),
            rows=number,
            with_examples=any(row.is_example for row in self.resolutions),
            rules=[*problems, (_("Noch offen"), str(OPEN_RULE))],
        ).add_to(sheets)


def follow_up_in_words(follow_up: Any) -> str:
    names = {"what": follow_up.what, "who": follow_up.responsible or _("ohne Angabe")}
    return _("%(what)s (zuständig: %(who)s, bis %(day)s)") % {**names, "day": day_or_dash(follow_up.due_on)}
