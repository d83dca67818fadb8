"""The list of measures with the columns of their profile."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.export.notes import Note, Notes, filter_in_words
from measures.filters import MUNICIPALITY_RULE, filter_for
from measures.models import Measure, Visibility
from measures.models.measure import MeasureQuerySet
from measures.models.tags import with_tags
from smartregion.base.spreadsheet import Column, LongList, Percent

ROWS_AT_ONCE: Final = 2000
COLUMNS: Final[tuple[Column, ...]] = (
    ("Nr.", 9),
    ("Titel", 44),
    ("Handlungsfeld", 28),
    ("Federführung", 30),
    ("Phase", 14),
    ("Status", 15),
    ("Begründung zum Status", 40),
    ("Ampel", 10),
    ("Begründung zur Ampel", 40),
    ("Entscheidungsbedarf", 40),
    ("Beginn", 12),
    ("Ende", 12),
    ("Fortschritt", 11),
    ("Nächster Meilenstein", 34),
    ("Fällig am", 12),
    ("Startermaßnahme", 16),
    ("Schlagworte", 30),
    ("Beispieldaten", 14),
    ("Adresse", 50),
)
VISIBILITY: Final[Column] = ("Sichtbarkeit", 13)
KEYS: Final[tuple[Column, ...]] = (("Schlüssel", 10), ("Version", 9))
"""Hidden at the end of the coordinator's workbook: which row was read, and in which version."""
CHOICES: Final[dict[str, type[TextChoices]]] = {
    "Phase": Measure.Phase,
    "Status": Measure.Status,
    "Ampel": Measure.Light,
}
PROGRESS_RULE: Final = gettext_lazy(
    "Anteil der erreichten Meilensteine nach ihrem Gewicht. Ohne Meilensteine bleibt das Feld leer; das ist "
    "nicht 0 %."
)
LIGHT_RULE: Final = gettext_lazy(
    "Wie die Federführung die Maßnahme einschätzt: grün im Plan, gelb mit Abweichung, rot kritisch, grau "
    "nicht bewertet. Gelb und Rot sind begründet."
)


class MeasureExport:
    """The measures that a reader sees with these filters.

    Args:
        query: the query of the list's address.
        absolute: makes a whole address of a path.
    """

    def __init__(self, query: Any, user: Any, absolute: Callable[[str], str]) -> None:
        self.user = user
        self.absolute = absolute
        self.is_coordinator = user.has_perm("measures.change_measure")
        self.chosen = filter_for(user, query)
        self.measures: MeasureQuerySet = self.chosen.qs
        self.with_examples = False

    @property
    def columns(self) -> list[Column]:
        """Who sees public measures only has no use for their visibility."""
        return [*COLUMNS, VISIBILITY] if self.user.is_authenticated else list(COLUMNS)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _width in self.columns]

    def rows(self, *, with_keys: bool = False) -> Iterator[list[Any]]:
        """One list for each measure, read from the database as they are taken."""
        labels = {kind: words_of(kind) for kind in CHOICES.values()}
        visibilities = words_of(Visibility)
        for measure in with_tags(self.measures.for_list()).iterator(chunk_size=ROWS_AT_ONCE):
            self.with_examples = self.with_examples or measure.is_example
            progress = measure.progress
            values = [
                measure.no,
                measure.title,
                measure.field.name,
                measure.lead.name,
                labels[Measure.Phase][measure.phase],
                labels[Measure.Status][measure.status],
                measure.status_reason,
                labels[Measure.Light][measure.light],
                measure.light_reason,
                measure.needed_decision,
                measure.starts_on,
                measure.ends_on,
                None if progress is None else Percent(progress),
                measure.next_milestone,
                measure.next_milestone_on,
                measure.is_starter,
                measure.tag_names,
                measure.is_example,
                self.absolute(measure.get_absolute_url()),
            ]
            if self.user.is_authenticated:
                values.append(visibilities[measure.visibility])
            if with_keys:
                values += [measure.pk, measure.version]
            yield values

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None:
        columns = self.columns
        options: dict[str, Any] = {}
        if self.is_coordinator:
            columns += KEYS
            choices = {heading: list(words_of(kind).values()) for heading, kind in CHOICES.items()}
            options = {"hidden": len(KEYS), "choices": choices}
        listed = LongList(sheets, str(_("Maßnahmen")), columns, frozen_columns=2, **options)
        for values in self.rows(with_keys=self.is_coordinator):
            listed.write(values)
        Notes(
            user=self.user,
            page=page,
            imprint=imprint,
            chosen=filter_in_words(self.chosen),
            rows=listed.close(),
            with_examples=self.with_examples,
            rules=self._rules(),
        ).add_to(sheets)

    def _rules(self) -> Iterator[Note]:
        for problem in self.chosen.problems:
            yield _("Nicht angewendet"), problem
        yield _("Fortschritt"), str(PROGRESS_RULE)
        yield _("Ampel"), str(LIGHT_RULE)
        if self.chosen.form.cleaned_data.get("municipality"):
            yield _("Filter Kommune"), str(MUNICIPALITY_RULE)


def words_of(choices: type[TextChoices]) -> dict[str, str]:
    """The label of each value, looked up once for all rows."""
    return {value: str(label) for value, label in choices.choices}
