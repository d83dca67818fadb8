"""The catalogue of solutions with the columns of their profile."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.measures import words_of
from measures.export.notes import Note, Notes, filter_in_words
from measures.forms.solutions import SolutionFilter
from measures.models import MATURITY_RULE, Solution, Visibility
from measures.solutions import REACH_RULE, Reach, reaches
from smartregion.base.spreadsheet import Column, Quantity

COLUMNS: Final[tuple[Column, ...]] = (
    ("Name", 36),
    ("Kurzbeschreibung", 50),
    ("Reifegrad", 10),
    ("Reifegrad in Worten", 18),
    ("Anbieter oder Entwickler", 30),
    ("Betreiber", 30),
    ("Lizenz", 18),
    ("Schnittstellen", 30),
    ("Adresse des Quelltexts", 40),
    ("Ort des Hostings", 24),
    ("Aufwand in Personentagen", 14),
    ("Einmalige Kosten", 14),
    ("Jährliche Kosten", 14),
    ("Läuft in (Zahl)", 10),
    ("Betroffene Kommunen", 12),
    ("Läuft in", 40),
    ("Beispieldaten", 14),
    ("Adresse", 50),
)
VISIBILITY: Final[Column] = ("Sichtbarkeit", 13)
EMPTY_RULE: Final = gettext_lazy("Ein leeres Feld heißt „keine Angabe“, nicht 0.")


class SolutionExport:
    """The solutions that a reader sees with these filters.

    Args:
        query: the query of the catalogue's address.
        absolute: makes a whole address of a path.
    """

    def __init__(self, query: Any, user: Any, absolute: Callable[[str], str]) -> None:
        self.user = user
        self.absolute = absolute
        self.chosen = SolutionFilter(query, user)
        self.solutions = list(Solution.objects.filter(pk__in=self.chosen.qs.values("pk")).for_list())
        self.reaches = reaches(self.solutions, user)

    @property
    def columns(self) -> list[Column]:
        """Who sees public solutions only has no use for their visibility."""
        return [*COLUMNS, VISIBILITY] if self.user.is_authenticated else list(COLUMNS)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        licences, visibilities = words_of(Solution.Licence), words_of(Visibility)
        for solution in self.solutions:
            level, days = solution.level, solution.effort_days
            reach = self.reaches.get(solution.pk)
            yield [
                solution.title,
                solution.summary,
                None if level is None else level.value,
                _("nicht bewertet") if level is None else str(level.label),
                solution.provided_by,
                solution.operator,
                licences.get(solution.licence, ""),
                ", ".join(solution.interfaces),
                solution.source_url,
                solution.hosting,
                None if days is None else Quantity(days),
                solution.cost_once,
                solution.cost_yearly,
                *_counted(reach),
                solution.is_example,
                self.absolute(solution.get_absolute_url()),
                *([visibilities[solution.visibility]] if self.user.is_authenticated else []),
            ]

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        number = sheets.add(str(_("Lösungen")), self.columns, self.rows(), frozen_columns=1)
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=filter_in_words(self.chosen),
            rows=number,
            with_examples=any(solution.is_example for solution in self.solutions),
            rules=self._rules(),
        ).add_to(sheets)

    def _rules(self) -> Iterator[Note]:
        for problem in self.chosen.problems:
            yield _("Nicht angewendet"), problem
        yield _("Reifegrad"), str(MATURITY_RULE)
        yield _("Läuft in"), str(REACH_RULE)
        yield _("Leere Felder"), str(EMPTY_RULE)


def _counted(reach: Reach | None) -> tuple[int | None, int | None, str]:
    """Without a visible measure there is no figure."""
    return (len(reach.live), reach.affected, ", ".join(reach.live)) if reach else (None, None, "")
