"""Forms of meetings."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.forms.base import RecordForm
from governance.models import Meeting
from smartregion.base.editing import SENSIBLE_YEARS

BY_OWN_WAY = [Meeting.Status.CANCELLED, Meeting.Status.MINUTES_READY, Meeting.Status.MINUTES_APPROVED]
"""States that a meeting reaches by a button of its own only."""


class MeetingForm(RecordForm):
    class Meta:
        model = Meeting
        fields = ["title", "starts_at", "place", "status", "visibility"]
        widgets = {
            "starts_at": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_way = {*BY_OWN_WAY} - {self.instance.status}
        choices = [choice for choice in Meeting.Status.choices if choice[0] not in own_way]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at.year not in SENSIBLE_YEARS:
            raise ValidationError(_("Bitte prüfen Sie das Jahr."))
        return starts_at
