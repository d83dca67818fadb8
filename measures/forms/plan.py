"""Forms of a measure's plan: criteria of phases, dependencies, tasks, risks."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import GateCheck, GateCriterion, Milestone, MilestoneLink, Risk, Task
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import date_input

LIKELIHOODS = [
    ("", gettext_lazy("Bitte wählen")),
    (1, gettext_lazy("1 – sehr unwahrscheinlich")),
    (2, gettext_lazy("2 – unwahrscheinlich")),
    (3, gettext_lazy("3 – möglich")),
    (4, gettext_lazy("4 – wahrscheinlich")),
    (5, gettext_lazy("5 – sehr wahrscheinlich")),
]
IMPACTS = [
    ("", gettext_lazy("Bitte wählen")),
    (1, gettext_lazy("1 – kaum spürbar")),
    (2, gettext_lazy("2 – gering")),
    (3, gettext_lazy("3 – mittel")),
    (4, gettext_lazy("4 – erheblich")),
    (5, gettext_lazy("5 – gefährdet das Ziel")),
]


class PartOfMeasure(forms.ModelForm[Any]):
    """The measure is no field of the form, but part of what makes a row unique."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"measure", "criterion", "milestone"}  # type: ignore[misc]


class CriterionForm(VersionedModelForm):
    class Meta:
        model = GateCriterion
        fields = ["phase", "text", "number", "is_active"]
        help_texts = {
            "phase": gettext_lazy("Die Phase, die nach dem Erfüllen verlassen werden kann."),
            "text": gettext_lazy("Eine Aussage, die erfüllt ist oder nicht. Gilt für alle Maßnahmen."),
            "is_active": gettext_lazy(
                "Ohne Haken bleibt das Kriterium stehen, wird aber nicht mehr verlangt."
            ),
        }


class CriterionAddForm(CriterionForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class GateCheckForm(VersionedModelForm, PartOfMeasure):
    class Meta:
        model = GateCheck
        fields = ["met_on", "note"]
        widgets = {"met_on": date_input(), "note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"note": gettext_lazy("Woran ist es zu erkennen? Sichtbar für alle mit Konto.")}

    def clean_met_on(self) -> Any:
        day = self.cleaned_data["met_on"]
        if day > localdate():
            raise forms.ValidationError(_("Der Tag liegt in der Zukunft."))
        return day


class GateCheckAddForm(GateCheckForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class MilestoneChoice(forms.ModelChoiceField[Milestone]):
    def label_from_instance(self, milestone: Milestone) -> str:
        return f"{milestone.measure.no} {milestone.title}"


class MilestoneLinkForm(PartOfMeasure):
    """A predecessor among the milestones of all measures that the editor may see."""

    predecessor = MilestoneChoice(
        Milestone.objects.none(),
        label=gettext_lazy("Setzt voraus"),
        empty_label=gettext_lazy("Bitte wählen"),
        help_text=gettext_lazy(
            "Der Meilenstein, der vorher erreicht sein muss, auch aus einer anderen Maßnahme."
        ),
        error_messages={"required": gettext_lazy("Bitte wählen Sie einen Meilenstein.")},
    )

    class Meta:
        model = MilestoneLink
        fields = ["predecessor"]

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["predecessor"].queryset = choices  # type: ignore[attr-defined]

    def clean_predecessor(self) -> Milestone:
        predecessor: Milestone = self.cleaned_data["predecessor"]
        if MilestoneLink.objects.closes_circle(self.instance.milestone_id, predecessor.pk):
            raise forms.ValidationError(
                _("Dieser Meilenstein wartet selbst auf den hier gewählten. Im Kreis geht es nicht.")
            )
        return predecessor


class TaskForm(VersionedModelForm):
    class Meta:
        model = Task
        fields = ["title", "seat", "function", "due_on", "done_on"]
        widgets = {"due_on": date_input(), "done_on": date_input()}
        help_texts = {
            "seat": gettext_lazy("Ein Konto auf dem Sitz findet die Aufgabe auf seinem Arbeitsplatz."),
            "function": gettext_lazy(
                "Wenn niemand aus dem Team zuständig ist. Bitte eine Funktion, kein Name."
            ),
            "done_on": gettext_lazy("Leer, solange die Aufgabe offen ist."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = self.instance.measure.team.select_related("organisation")
        self.fields["seat"].queryset = seats  # type: ignore[attr-defined]

    def clean_done_on(self) -> Any:
        day = self.cleaned_data["done_on"]
        if day and day > localdate():
            raise forms.ValidationError(_("Der Tag liegt in der Zukunft."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("seat")) == bool(data.get("function")) and not {"seat", "function"} & set(
            self.errors
        ):
            self.add_error("seat", _("Bitte wählen Sie einen Sitz oder nennen Sie eine Funktion."))
        return data


class TaskAddForm(TaskForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]

    class Meta(TaskForm.Meta):
        fields = ["title", "seat", "function", "due_on"]

    def clean_done_on(self) -> Any:
        return None


class RiskForm(VersionedModelForm):
    class Meta:
        model = Risk
        fields = [
            "title",
            "likelihood",
            "impact",
            "counter_measure",
            "owner",
            "state",
            "review_on",
            "is_public",
        ]
        widgets = {
            "likelihood": forms.Select(choices=LIKELIHOODS),
            "impact": forms.Select(choices=IMPACTS),
            "counter_measure": forms.Textarea(attrs={"rows": 3}),
            "review_on": date_input(),
        }
        help_texts = {
            "title": gettext_lazy("Was könnte eintreten?"),
            "counter_measure": gettext_lazy("Was wird getan, damit es nicht eintritt oder weniger schadet?"),
            "owner": gettext_lazy("Zum Beispiel „Projektleitung“. Bitte kein Name."),
            "is_public": gettext_lazy("Ohne Haken sehen das Risiko nur Personen mit Konto."),
        }


class RiskAddForm(RiskForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]
