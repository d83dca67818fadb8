"""The coordinator's forms for maturity: assessing a solution, publishing the next version of the scale."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Level, MaturityCriterion, MaturityRating, MaturityScale
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.fields import UnclippedField
from smartregion.base.widgets import date_input

SPARE_CRITERIA = 2
FIRST_CRITERIA = 5
PARTS_OF_CRITERION = ["question", *(f"level_{number}" for number in Level.values)]


class AssessmentForm(forms.Form):
    """Every criterion of the scale with its level, reason and evidence; a level may be left open.

    Args:
        earlier: ratings by this scale that the form begins with.
    """

    on = forms.DateField(label=gettext_lazy("Bewertet am"), widget=date_input())

    def __init__(
        self, *args: Any, scale: MaturityScale, earlier: Iterable[MaturityRating], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(scale.criteria.all())
        self.initial["on"] = localdate()
        for criterion in self.criteria:
            self._ask_for(criterion)
        for rating in earlier:
            for part in ("level", "reason", "evidence"):
                self.initial[f"{part}_{rating.criterion.position}"] = getattr(rating, part)

    def _ask_for(self, criterion: MaturityCriterion) -> None:
        position = criterion.position
        meanings = [(number, f"{number}: {text}") for number, text in enumerate(criterion.levels)]
        self.fields[f"level_{position}"] = forms.TypedChoiceField(
            label=_("Stufe"),
            required=False,
            choices=[("", _("nicht bewertet")), *meanings],
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            help_text=criterion.question,
        )
        self.fields[f"reason_{position}"] = UnclippedField(
            label=_("Begründung"),
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("Nötig zu jeder Stufe."),
        )
        self.fields[f"evidence_{position}"] = forms.CharField(
            label=_("Nachweis"),
            required=False,
            max_length=300,
            help_text=_("Nötig ab Stufe 1: Woran ist sie zu erkennen? Nur für angemeldete Konten sichtbar."),
        )

    @property
    def groups(self) -> list[dict[str, Any]]:
        parts = ("level", "reason", "evidence")
        return [
            {"legend": _("Bewertung"), "fields": [self["on"]]},
            *(
                {"legend": row.name, "fields": [self[f"{part}_{row.position}"] for part in parts]}
                for row in self.criteria
            ),
        ]

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > localdate():
            raise forms.ValidationError(_("Bewertet wird, was war. Bitte wählen Sie keinen künftigen Tag."))
        if day.year not in SENSIBLE_YEARS:
            raise forms.ValidationError(_("Bitte prüfen Sie das Jahr %04d.") % day.year)
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for row in self.criteria:
            level, reason, evidence = (
                data.get(f"{part}_{row.position}") for part in ("level", "reason", "evidence")
            )
            if level is None and (reason or evidence) and f"level_{row.position}" not in self.errors:
                self.add_error(
                    f"level_{row.position}",
                    _("Bitte wählen Sie zu „%s“ eine Stufe, oder leeren Sie Begründung und Nachweis.")
                    % row.name,
                )
            if level is not None and not reason:
                self.add_error(
                    f"reason_{row.position}", _("Bitte begründen Sie die Stufe von „%s“.") % row.name
                )
            if level and not evidence:
                self.add_error(
                    f"evidence_{row.position}", _("Ab Stufe 1 braucht „%s“ einen Nachweis.") % row.name
                )
        if not self.errors and not list(self.ratings()):
            raise forms.ValidationError(_("Bitte bewerten Sie mindestens ein Kriterium."))
        return data

    def ratings(self) -> Iterator[MaturityRating]:
        """The criteria that were rated, ready to be stored."""
        data = self.cleaned_data
        for row in self.criteria:
            if data[f"level_{row.position}"] is not None:
                yield MaturityRating(
                    criterion=row,
                    level=data[f"level_{row.position}"],
                    reason=data[f"reason_{row.position}"],
                    evidence=data[f"evidence_{row.position}"],
                )


class ScaleForm(forms.Form):
    """The next version of the scale as a copy of the newest one, with room for some more criteria."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    note = UnclippedField(
        label=gettext_lazy("Was ist neu?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Steht auf der Seite der Skala. Bewertungen nach früheren Fassungen bleiben."),
    )

    def __init__(self, *args: Any, newest: MaturityScale | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criteria = list(newest.criteria.all()) if newest else []
        self.next_number = newest.number + 1 if newest else 1
        self.initial["number"] = self.next_number
        self.slots = range(1, (len(criteria) + SPARE_CRITERIA if criteria else FIRST_CRITERIA) + 1)
        for slot in self.slots:
            for part in ["name", *PARTS_OF_CRITERION]:
                field: Any = MaturityCriterion._meta.get_field(part)
                self.fields[f"{part}_{slot}"] = forms.CharField(
                    label=field.verbose_name, max_length=field.max_length, required=False
                )
            self.fields[f"name_{slot}"].help_text = _(
                "Ohne Namen entfällt das Kriterium; mit einem sind alle Felder nötig."
            )
        for slot, criterion in enumerate(criteria, start=1):
            for part in ["name", *PARTS_OF_CRITERION]:
                self.initial[f"{part}_{slot}"] = getattr(criterion, part)

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"legend": _("Fassung %d") % self.next_number, "fields": [self["note"]]},
            *(
                {
                    "legend": _("%d. Kriterium") % slot,
                    "fields": [self[f"{part}_{slot}"] for part in ["name", *PARTS_OF_CRITERION]],
                }
                for slot in self.slots
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("number") != self.next_number:
            raise forms.ValidationError(ANOTHER_SCALE)
        seen: set[str] = set()
        for slot in self._named():
            name = data[f"name_{slot}"]
            if name.casefold() in seen:
                self.add_error(f"name_{slot}", _("Das Kriterium „%s“ steht schon da.") % name)
            seen.add(name.casefold())
            for part in PARTS_OF_CRITERION:
                if not data.get(f"{part}_{slot}") and f"{part}_{slot}" not in self.errors:
                    self.add_error(f"{part}_{slot}", _("Bitte füllen Sie dieses Feld von „%s“ aus.") % name)
        if not seen and not self.errors:
            raise forms.ValidationError(_("Eine Skala braucht mindestens ein Kriterium."))
        return data

    def _named(self) -> list[int]:
        return [slot for slot in self.slots if self.cleaned_data.get(f"name_{slot}")]

    def criteria(self) -> list[MaturityCriterion]:
        """Those that were kept or added, in their order."""
        return [
            MaturityCriterion(
                position=position,
                **{part: self.cleaned_data[f"{part}_{slot}"] for part in ["name", *PARTS_OF_CRITERION]},
            )
            for position, slot in enumerate(self._named(), start=1)
        ]


ANOTHER_SCALE = gettext_lazy(
    "Inzwischen wurde eine andere Fassung veröffentlicht. Bitte öffnen Sie diese Seite neu; Ihre Texte "
    "stehen hier noch, damit Sie sie mitnehmen können."
)
