"""Forms of imports: the file, and what the columns of a foreign list stand for."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.models import ActionField
from measures.imports.tables import HEADINGS, MEASURE, suggestions
from measures.imports.words import Words, plain
from measures.models import Measure
from measures.models.imports import LARGEST_FILE
from network.models import Organisation
from smartregion.base.virus_check import NotClean, check_for_malware

NOTHING: Final = "-"
"""Sent for a word that is to be read as an empty cell."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Tabelle"),
        help_text=gettext_lazy("XLSX, ODS oder CSV, höchstens 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "empty": gettext_lazy("Die Datei ist leer."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("Die Datei ist größer als 10 MB. Bitte teilen Sie die Tabelle auf.")
            )
        try:
            check_for_malware(file.read())
        except NotClean as found:
            raise forms.ValidationError(str(found)) from found
        file.seek(0)
        return file


class MappingForm(forms.Form):
    """A choice for each column; then one for each word that the portal does not know.

    Words are asked for when the columns are known: the form comes back once, with suggestions.

    Args:
        foreign: sheet and columns as `measures.imports.tables.described` tells them.
        mapping: what was chosen before.
    """

    default_field = forms.ModelChoiceField(
        ActionField.objects.all(),
        required=False,
        label=gettext_lazy("Handlungsfeld, wo keines steht"),
        empty_label=gettext_lazy("keine Angabe"),
    )
    default_lead = forms.ModelChoiceField(
        Organisation.objects.all(),
        required=False,
        label=gettext_lazy("Federführung, wo keine steht"),
        empty_label=gettext_lazy("keine Angabe"),
    )

    def __init__(self, data: Any, *, foreign: dict[str, Any], mapping: dict[str, Any]) -> None:
        super().__init__(data.copy() if data else None)
        self.data: Any
        self.foreign, self.words = foreign, Words()
        self.is_asking = False
        headings = [column["heading"] for column in foreign["columns"]]
        chosen = mapping.get("columns") or {str(i): name for i, name in suggestions(headings).items()}
        for name, value in mapping.get("defaults", {}).items():
            self.initial[f"default_{name}"] = value
        for index, heading in enumerate(headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or _("Spalte %d") % (index + 1),
                required=False,
                choices=[("", _("nicht lesen")), *HEADINGS[MEASURE].items()],
                initial=chosen.get(str(index), ""),
            )
        if self.is_bound:
            self._ask_for_words(mapping.get("words", {}))

    def _ask_for_words(self, known: dict[str, dict[str, str]]) -> None:
        for key, name, word in self._unknown_words():
            field: Any = Measure._meta.get_field(name)
            choices = [(str(value), label) for value, label in self.words.choices(field)]
            self.fields[key] = forms.ChoiceField(
                label=f"{HEADINGS[MEASURE][name]}: „{word}“",
                choices=[("", _("Bitte wählen")), (NOTHING, _("wie eine leere Zelle")), *choices],
                error_messages={"required": _("Bitte ordnen Sie „%s“ zu.") % word},
            )
            if key not in self.data:
                self.is_asking = True
                self.data[key] = known.get(name, {}).get(plain(word)) or _alike(word, choices)

    def _unknown_words(self) -> Iterator[tuple[str, str, str]]:
        """Key of its form field, name of the measure's field, and the word."""
        for index, column in enumerate(self.foreign["columns"]):
            name = self.data.get(f"column_{index}", "")
            field: Any = Measure._meta.get_field(name) if name in HEADINGS[MEASURE] else None
            if field is None or not self.words.choices(field) or isinstance(field, models.BooleanField):
                continue
            for number, word in enumerate(column["words"]):
                if not self.words.knows(field, word):
                    yield f"word_{index}_{number}", name, word

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [name for key, name in data.items() if key.startswith("column_") and name]
        for name in sorted({name for name in chosen if chosen.count(name) > 1}):
            self.add_error(None, _("„%s“ ist zweimal gewählt.") % HEADINGS[MEASURE][name])
        if "title" not in chosen:
            self.add_error(None, _("Bitte sagen Sie, in welcher Spalte der Titel steht."))
        if self.is_asking:
            self.add_error(
                None,
                _("Einige Wörter der Liste kennt das Portal nicht. Bitte prüfen Sie, was sie bedeuten."),
            )
        return data

    @property
    def rows(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        return [(column, self[f"column_{i}"]) for i, column in enumerate(self.foreign["columns"])]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("word_")]

    @property
    def default_fields(self) -> list[forms.BoundField]:
        return [self["default_field"], self["default_lead"]]

    @property
    def headings(self) -> list[str]:
        return [column["heading"] for column in self.foreign["columns"]]

    def mapping(self) -> dict[str, Any]:
        """What was chosen, as `measures.imports.tables.foreign_table` reads it."""
        data = self.cleaned_data
        words: dict[str, dict[str, str]] = {}
        for key, name, word in self._unknown_words():
            words.setdefault(name, {})[plain(word)] = "" if data[key] == NOTHING else data[key]
        return {
            "sheet": self.foreign["sheet"],
            "columns": {
                str(index): data[f"column_{index}"]
                for index in range(len(self.foreign["columns"]))
                if data[f"column_{index}"]
            },
            "words": words,
            "defaults": {
                name: data[f"default_{name}"].pk for name in ("field", "lead") if data[f"default_{name}"]
            },
        }


def _alike(word: str, choices: list[tuple[str, str]]) -> str:
    """The stored value whose word resembles this one, if there is any."""
    values = {plain(label): value for value, label in choices}
    close = get_close_matches(plain(word), values, n=1, cutoff=0.5)
    return values[close[0]] if close else ""
