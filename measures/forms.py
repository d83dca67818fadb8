"""Forms of measures and of what belongs to them."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.models import Measure, Milestone, StatusUpdate
from smartregion.base.editing import VersionedModelForm


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MeasureForm(VersionedModelForm):
    class Meta:
        model = Measure
        fields = [
            "no", "title", "field", "lead", "summary", "goal", "benefit", "target_group", "contact", "guidelines",
            "phase", "status", "status_reason", "review_on", "light", "light_reason", "starts_on", "ends_on",
            "is_starter", "visibility",
        ]  # fmt: skip
        widgets = {
            "review_on": day_input(),
            "starts_on": day_input(),
            "ends_on": day_input(),
            "guidelines": forms.CheckboxSelectMultiple,
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("light") in {"yellow", "red"} and not values.get("light_reason"):
            self.add_error("light_reason", _("Begründen Sie die gelbe oder rote Ampel."))
        if values.get("status") in {"on_hold", "discontinued"} and not values.get("status_reason"):
            self.add_error("status_reason", _("Begründen Sie, warum die Maßnahme ruht oder eingestellt ist."))
        starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Das Ende liegt vor dem Beginn."))
        return values


class MilestoneForm(VersionedModelForm):
    class Meta:
        model = Milestone
        fields = ["title", "planned_date", "forecast_date", "actual_date", "weight"]
        widgets = {"planned_date": day_input(), "forecast_date": day_input(), "actual_date": day_input()}

    def clean_actual_date(self) -> Any:
        reached = self.cleaned_data["actual_date"]
        if reached and reached > localdate():
            raise forms.ValidationError(
                _("Der Ist-Termin liegt in der Zukunft. Tragen Sie ihn als Prognose ein.")
            )
        return reached


class StatusUpdateForm(VersionedModelForm):
    class Meta:
        model = StatusUpdate
        fields = ["on", "text", "next_steps", "visibility"]
        widgets = {"on": day_input()}

    def __init__(self, *args: Any, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["visibility"]

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > localdate():
            raise forms.ValidationError(_("Ein Sachstand kann nicht in der Zukunft liegen."))
        return self.cleaned_data["on"]
