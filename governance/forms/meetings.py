"""Forms of meetings."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import Meeting
from smartregion.base.editing import SENSIBLE_YEARS


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class MeetingForm(RecordForm):
    class Meta:
        model = Meeting
        fields = ["title", "starts_at", "ends_at", "place", "online_url", "status", "visibility"]
        widgets = {"starts_at": moment_input(), "ends_at": moment_input()}
        help_texts = {
            "online_url": gettext_lazy("Beginnt mit https:// und steht für alle da, die die Sitzung sehen.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = self._steps()  # type: ignore[attr-defined]

    def _steps(self) -> list[tuple[Any, Any]]:
        """Inviting, calling off and the minutes have buttons of their own."""
        before = Meeting.Status.INVITED if self.instance.invited_at else Meeting.Status.PLANNED
        possible = {before, Meeting.Status.HELD, self.instance.status}
        return [choice for choice in Meeting.Status.choices if choice[0] in possible]

    def clean_starts_at(self) -> datetime:
        return self._sensible("starts_at")

    def clean_ends_at(self) -> datetime | None:
        return self._sensible("ends_at") if self.cleaned_data["ends_at"] else None

    def _sensible(self, name: str) -> datetime:
        moment: datetime = self.cleaned_data[name]
        if moment.year not in SENSIBLE_YEARS:
            raise ValidationError(_("Bitte prüfen Sie das Jahr."))
        return moment


class InviteForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
