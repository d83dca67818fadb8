"""The roll-out: a matrix with the three figures, and a long list with a row for each cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.measures import KEYS, ROWS_AT_ONCE
from measures.export.notes import Note, Notes, filter_in_words
from measures.filters import MatrixFilter
from measures.matrix import Wording
from measures.models import COUNTING_RULE, Measure, RolloutCell, RolloutFigures
from measures.models.rollout import CONFIRMATION_VALID_FOR
from network.models import Municipality, Region
from smartregion.base.spreadsheet import Column, LongList, Percent

Stage = RolloutCell.Stage
EXAMPLE: Final[Column] = ("Beispieldaten", 14)
CELL: Final[tuple[Column, ...]] = (
    ("Nr.", 9),
    ("Maßnahme", 44),
    ("Handlungsfeld", 28),
    ("Kommune", 24),
    ("Amtlicher Gemeindeschlüssel", 14),
    ("Stufe", 20),
    ("Seit", 12),
    ("Begründung", 40),
    ("Bestätigt am", 13),
    ("Bestätigt durch", 24),
    ("Zu bestätigen", 13),
    EXAMPLE,
)
FOR_ACCOUNTS: Final[tuple[Column, ...]] = (("Nachweis", 40), ("Ansprechstelle", 34))
FIGURES: Final[tuple[Column, ...]] = (("betroffen", 11), ("im Regelbetrieb", 11), ("Anteil Einwohner", 11))
MATRIX: Final[tuple[Column, ...]] = (("Nr.", 9), ("Maßnahme", 44), *FIGURES, EXAMPLE)
STALE_RULE: Final = gettext_lazy(
    "„Zu bestätigen“ steht bei jedem Stand, den seit mehr als %(days)d Tagen niemand bestätigt hat, auch bei "
    "denen, die noch nie bestätigt wurden."
)
MATRIX_FILTER_RULE: Final = gettext_lazy(
    "Der Filter wählt Maßnahmen und Kommunen aus. Von einer ausgewählten Maßnahme stehen alle gewählten "
    "Kommunen da; die drei Zahlen gelten für alle Kommunen."
)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with its cells in the order of the columns, and the figures of all municipalities."""

    no: str
    title: str
    is_example: bool
    cells: list[list[Any]]
    figures: RolloutFigures


class RolloutExport:
    """The cells that a reader sees, of all municipalities with the matrix's filters, or of a single one.

    Args:
        query: the query of the matrix's address.
        place: the one municipality that is wanted.
    """

    def __init__(self, query: Any, user: Any, place: Municipality | None = None) -> None:
        self.user = user
        self.place = place
        self.is_coordinator = user.has_perm("measures.change_every_cell")
        self.chosen = MatrixFilter(query, Measure.objects.visible_to(user).order_by("no"), user=user)
        self.measures = self.chosen.qs
        self.all_places = [place] if place else self.chosen.all_places
        self.places = [place] if place else self.chosen.places
        self.with_examples = False

    @property
    def columns(self) -> list[Column]:
        return [*CELL, *FOR_ACCOUNTS] if self.user.is_authenticated else list(CELL)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in self.columns]

    def rows(self) -> Iterator[list[Any]]:
        """One list for each cell, by measure and municipality."""
        for line in self.lines():
            yield from line.cells

    def lines(self, *, with_keys: bool = False) -> Iterator[Line]:
        """One measure after another, as the database hands them over: a single query, hence a single state.

        A pair without a row is "unbekannt", as in the matrix.
        """
        wording = Wording()
        for _pk, found in groupby(self._joined(), key=itemgetter(0)):
            rows = list(found)
            measure = rows[0][1:5]
            known = {row[5]: row[6:] for row in rows}
            self.with_examples = self.with_examples or measure[3]
            states = [known.get(place.pk, NOTHING_KNOWN) for place in self.places]
            yield Line(
                no=measure[0],
                title=measure[1],
                is_example=measure[3],
                cells=[
                    self._values(measure, place, state, wording, with_keys=with_keys)
                    for place, state in zip(self.places, states, strict=True)
                ],
                figures=RolloutFigures.of(
                    (known.get(place.pk, NOTHING_KNOWN)[0], place.residents) for place in self.all_places
                ),
            )

    def _joined(self) -> Iterable[tuple[Any, ...]]:
        """Measures with their cells; a measure without any has one row of None."""
        return self.measures.values_list(
            "pk",
            "no",
            "title",
            "field__name",
            "is_example",
            "cells__municipality",
            "cells__stage",
            "cells__since",
            "cells__reason",
            "cells__confirmed_at",
            "cells__confirmed_by__role",
            "cells__evidence",
            "cells__contact",
            "cells__pk",
            "cells__version",
        ).iterator(chunk_size=ROWS_AT_ONCE)

    def _values(
        self,
        measure: tuple[Any, ...],
        place: Municipality,
        state: tuple[Any, ...],
        wording: Wording,
        *,
        with_keys: bool,
    ) -> list[Any]:
        no, title, field, is_example = measure
        stage, since, reason, confirmed_at, role, evidence, contact, pk, version = state
        values = [
            no,
            title,
            field,
            place.name,
            place.ags,
            wording.labels[stage],
            since,
            reason,
            localtime(confirmed_at).date() if confirmed_at else None,
            wording.offices[role],
            confirmed_at is None or confirmed_at < wording.fresh_since,
            is_example,
        ]
        if self.user.is_authenticated:
            values += [evidence, contact]
        if with_keys:
            values += [pk, version]
        return values

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        """Matrix and long list grow side by side, so that no more than one measure is held in memory."""
        rows = self._write_cells(sheets)
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=self.place.name if self.place else filter_in_words(self.chosen),
            rows=rows,
            with_examples=self.with_examples,
            rules=self._rules(),
        ).add_to(sheets)

    def _write_cells(self, sheets: Any) -> int:
        """Returns the number of cells."""
        matrix = None if self.place else self._matrix(sheets)
        columns = self.columns
        options: dict[str, Any] = {}
        if self.is_coordinator:
            columns += KEYS
            choices = {"Stufe": [str(stage.label) for stage in Stage]}
            options = {"hidden": len(KEYS), "choices": choices}
        cells = LongList(sheets, str(_("Einzelwerte")), columns, frozen_columns=2, **options)
        stage_column = self.headings.index("Stufe")
        for line in self.lines(with_keys=self.is_coordinator):
            if matrix:
                matrix.write(_matrix_row(line, [cell[stage_column] for cell in line.cells]))
            for values in line.cells:
                cells.write(values)
        if matrix:
            matrix.close()
        return cells.close()

    def _matrix(self, sheets: Any) -> LongList:
        """The sheet measure × municipality: the stage in words, with the three figures before it."""
        columns = [*MATRIX, *((place.name, 17) for place in self.places)]
        return LongList(sheets, str(_("Roll-out")), columns, frozen_columns=2)

    def _rules(self) -> Iterator[Note]:
        if not self.place:
            yield _("Auswahl"), str(MATRIX_FILTER_RULE)
            yield _("Zählregel der drei Zahlen"), str(COUNTING_RULE)
        yield _("Zu bestätigen"), str(STALE_RULE) % {"days": CONFIRMATION_VALID_FOR.days}
        if region := Region.objects.first():
            yield _("Einwohnerzahlen"), region.residents_note


NOTHING_KNOWN: Final = (Stage.UNKNOWN.value, None, "", None, None, "", "", None, None)


def _matrix_row(line: Line, stages: list[str]) -> list[Any]:
    figures = line.figures
    share = None if figures.share is None else Percent(figures.share)
    return [line.no, line.title, figures.affected, figures.live, share, line.is_example, *stages]
