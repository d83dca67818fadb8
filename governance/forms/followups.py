"""Forms of follow-ups."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import FollowUp, Meeting
from smartregion.base.widgets import date_input

EVIDENCE_URL_HELP = gettext_lazy("Beginnt mit https://, zum Beispiel ein Bericht oder eine Seite.")


class DayOfReport:
    """A report is made neither ahead of time nor before the resolution."""

    instance: FollowUp
    cleaned_data: dict[str, Any]

    def clean_reported_on(self) -> date | None:
        day: date | None = self.cleaned_data["reported_on"]
        if day and not self.instance.resolution.resolved_on <= day <= localdate():
            raise ValidationError(_("Der Tag liegt nicht zwischen dem Beschluss und heute."))
        return day


class FollowUpForm(DayOfReport, RecordForm):
    class Meta:
        model = FollowUp
        fields = ["what", "responsible", "due_on", "reported_on", "evidence", "evidence_url"]
        widgets = {"due_on": date_input(), "reported_on": date_input()}
        help_texts = {
            "responsible": gettext_lazy("Die Stelle, nicht der Name einer Person."),
            "evidence_url": EVIDENCE_URL_HELP,
        }


class ReportForm(DayOfReport, RecordForm):
    """Says that something was done, and by what that is shown; the committee notes it in its next meeting."""

    class Meta:
        model = FollowUp
        fields = ["evidence", "evidence_url", "reported_on"]
        widgets = {"reported_on": date_input()}
        help_texts = {
            "evidence": gettext_lazy("Was ist geschehen, und woran lässt es sich sehen?"),
            "evidence_url": EVIDENCE_URL_HELP,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reported_on"] = self.instance.reported_on or localdate()
        for name in ("evidence", "reported_on"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = (
                _("Bitte geben Sie „%s“ an.") % self.fields[name].label
            )


class DoneForm(forms.Form):
    """In which meeting the committee noted something as done."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label=gettext_lazy("Sitzung"))

    def __init__(self, *args: Any, follow_up: FollowUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.filter(committee=follow_up.resolution.committee_id)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
