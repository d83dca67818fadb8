"""The coordinator's forms for measures, and for what belongs to one. Messages say what to do."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.gates import WHY_WITH_OPEN_CRITERIA, leaves_open
from measures.forms.publishing import PublishingForm
from measures.models import Measure, Milestone
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input


class MeasureForm(PublishingForm):
    """Everything about a measure."""

    PUBLISH = (
        gettext_lazy("Ja, diese Maßnahme soll öffentlich sein"),
        gettext_lazy("Alle können sie dann lesen, auch Roll-out, Meilensteine und öffentliche Sachstände."),
    )
    WITHDRAW = (
        gettext_lazy("Ja, diese Maßnahme soll nicht mehr öffentlich sein"),
        gettext_lazy(
            "Sie verschwindet aus Liste, Karte und künftigen Berichten. Veröffentlichte Berichte bleiben."
        ),
    )
    GROUPS = (
        (gettext_lazy("Steckbrief"), ["no", "title", "field", "summary", "goal", "benefit", "target_group"]),
        (gettext_lazy("Zuständigkeit und Laufzeit"), ["lead", "contact", "starts_on", "ends_on"]),
        (gettext_lazy("Einordnung"), ["is_starter", "guidelines"]),
        (
            gettext_lazy("Stand"),
            [
                *["phase", "status", "status_reason", "review_on"],
                *["light", "light_reason", "needed_decision", "update_rhythm"],
            ],
        ),
        (gettext_lazy("Veröffentlichung"), ["visibility", "confirm_visibility", "reason_for_change"]),
    )

    class Meta:
        model = Measure
        fields = [
            "no",
            "title",
            "field",
            "summary",
            "goal",
            "benefit",
            "target_group",
            "lead",
            "contact",
            "starts_on",
            "ends_on",
            "is_starter",
            "guidelines",
            "phase",
            "status",
            "status_reason",
            "review_on",
            "light",
            "light_reason",
            "needed_decision",
            "update_rhythm",
            "visibility",
        ]
        widgets = {
            "starts_on": date_input(),
            "ends_on": date_input(),
            "review_on": date_input(),
            "guidelines": forms.CheckboxSelectMultiple,
            "goal": MarkdownInput,
            "benefit": MarkdownInput,
            "status_reason": MarkdownInput,
            "light_reason": MarkdownInput,
            "needed_decision": MarkdownInput,
        }
        error_messages = {
            "no": {"unique": gettext_lazy("Diese Nummer ist vergeben. Bitte wählen Sie eine andere.")}
        }
        help_texts = {
            "no": gettext_lazy("Eindeutig und dauerhaft, zum Beispiel „M-07“."),
            "summary": gettext_lazy("Ein bis drei Sätze für die Liste und den Bericht."),
            "contact": gettext_lazy("Eine Funktion, kein Name: Die Angabe ist öffentlich."),
            "status_reason": gettext_lazy("Nötig bei „ruhend“ und „eingestellt“."),
            "review_on": gettext_lazy("Wann soll wieder auf die Maßnahme geschaut werden?"),
            "light_reason": gettext_lazy("Nötig bei Gelb und Rot: Was weicht ab, was wird getan?"),
            "needed_decision": gettext_lazy("Was muss wer entscheiden, und bis wann? Leer, wenn nichts."),
            "update_rhythm": gettext_lazy("Wie oft ein Sachstand erwartet wird, solange die Maßnahme läuft."),
            "visibility": gettext_lazy(
                "Entwurf: nur die Koordination. Intern: alle mit Konto. Öffentlich: alle, auch im Bericht."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["update_rhythm"].required = False

    def clean_update_rhythm(self) -> str:
        """A table that is imported does not know it."""
        return str(self.cleaned_data["update_rhythm"] or self.instance.update_rhythm)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("light") in {Measure.Light.YELLOW, Measure.Light.RED} and not data.get("light_reason"):
            self.add_error("light_reason", _("Bitte begründen Sie die gelbe oder rote Ampel."))
        ended = {Measure.Status.ON_HOLD, Measure.Status.DISCONTINUED}
        if data.get("status") in ended and not data.get("status_reason"):
            self.add_error(
                "status_reason", _("Bitte begründen Sie, warum die Maßnahme ruht oder eingestellt ist.")
            )
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        self._ask_why_with_open_criteria(data)
        return data

    def _ask_why_with_open_criteria(self, data: dict[str, Any]) -> None:
        phase, reason = data.get("phase"), data.get("reason_for_change")
        if phase and not reason and leaves_open(self.stored_measures, phase):
            self.add_error("reason_for_change", str(WHY_WITH_OPEN_CRITERIA))

    @property
    def stored_measures(self) -> list[Measure]:
        """Those to which the form's values will be given; none for a new one."""
        return [self.instance] if self.instance.pk else []


class MeasureAddForm(MeasureForm):
    """A new measure has no version and no change to give a reason for."""

    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class MilestoneForm(VersionedModelForm):
    """A changed date needs its reason (glossary: Abweichungsbegründung)."""

    class Meta:
        model = Milestone
        fields = ["title", "planned_date", "forecast_date", "actual_date", "weight"]
        widgets = {"planned_date": date_input(), "forecast_date": date_input(), "actual_date": date_input()}
        help_texts = {
            "planned_date": gettext_lazy("Der ursprünglich vereinbarte Tag."),
            "forecast_date": gettext_lazy("Nur, wenn der Meilenstein an einem anderen Tag erwartet wird."),
            "actual_date": gettext_lazy("Der Tag, an dem der Meilenstein erreicht war."),
            "weight": gettext_lazy(
                "Anteil am Fortschritt im Verhältnis zu den anderen Meilensteinen, 1 bis 100."
            ),
        }

    def clean_actual_date(self) -> Any:
        day = self.cleaned_data["actual_date"]
        if day and day > localdate():
            raise forms.ValidationError(
                _("Der Ist-Termin liegt in der Zukunft. Einen erwarteten Tag tragen Sie als Prognose ein.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        moved = {"planned_date", "forecast_date"} & set(self.changed_data)
        if "reason_for_change" in self.fields and moved and not data.get("reason_for_change"):
            self.add_error("reason_for_change", _("Ein geänderter Termin braucht einen Grund."))
        return data


class MilestoneAddForm(MilestoneForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]
