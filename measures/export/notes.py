"""The sheet "Hinweise": whose figures these are, how they were chosen and counted, who may use them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import FilterSet

from measures.models import Visibility
from measures.models.measure import visibilities_for
from network.models import Region
from smartregion.base import clock
from smartregion.base.spreadsheet import Column

NAME: Final = gettext_lazy("Hinweise")
COLUMNS: Final[tuple[Column, ...]] = (("Angabe", 28), ("Wert", 110))
EXAMPLE_NOTICE: Final = gettext_lazy(
    "Beispieldaten sind frei erfunden und beschreiben keine wirklichen Vorhaben."
)
EXAMPLE_RULE: Final = gettext_lazy("In der Spalte „Beispieldaten“ steht bei jeder solchen Zeile „ja“.")

Note = tuple[str, Any]


def filter_in_words(chosen: FilterSet) -> str:
    """The active filters with their values, as the page names them."""
    words = []
    for name, value in chosen.form.cleaned_data.items():
        if value in ("", None, False, []):
            continue
        entry = chosen.filters[name]
        choices = dict(entry.extra.get("choices", ()))
        values = ", ".join(
            str(choices.get(each, each)) for each in (value if isinstance(value, list) else [value])
        )
        words.append(str(entry.label) if value is True else f"{entry.label}: {values}")
    return "; ".join(words) or _("keiner")


@dataclass(frozen=True)
class Notes:
    """What the sheet says of its workbook.

    Attributes:
        page: address of the page that shows the same rows.
        imprint: address of the page that says who answers for the data.
        chosen: the filter in words.
        with_examples: some row is example data.
        rules: how the figures are counted, as term and sentence.
        terms: under which they may be used; the imprint's, if there are none.
    """

    user: Any
    page: str
    imprint: str
    chosen: str
    rows: int
    with_examples: bool
    rules: Iterable[Note]
    terms: Sequence[Note] = ()

    def add_to(self, sheets: Any) -> None:
        sheets.add(str(NAME), COLUMNS, [*self._lines(Region.objects.first()), *self.rules])

    def _lines(self, region: Region | None) -> Iterator[Note]:
        visibilities = visibilities_for(self.user)
        yield _("Exportiert am"), now()
        if clock.is_past():
            yield _("Stand"), clock.today()
        if region:
            yield _("Portal"), region.portal_title
            yield _("Herausgeber"), region.coordination_office
        yield _("Dieselben Angaben im Portal"), self.page
        yield _("Filter"), self.chosen
        yield _("Zeilen"), self.rows
        yield (
            _("Sichtbarkeit"),
            _("Enthalten ist, was für Sie sichtbar ist: %s.")
            % ", ".join(str(Visibility(value).label) for value in visibilities),
        )
        if visibilities != [Visibility.PUBLIC]:
            yield (
                _("Weitergabe"),
                _("Nicht alles hier ist öffentlich. Bitte geben Sie die Datei nicht weiter."),
            )
        if self.with_examples:
            yield _("Beispieldaten"), (region.example_notice if region else "") or str(EXAMPLE_NOTICE)
            yield _("Beispieldaten erkennen"), str(EXAMPLE_RULE)
        yield from self.terms or [
            (
                _("Lizenz und Nutzung"),
                _("Für eine Weiterverwendung gilt, was das Impressum des Portals nennt: %s") % self.imprint,
            )
        ]
