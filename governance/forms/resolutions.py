"""Forms of resolutions."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import AgendaItem, Meeting, Resolution
from governance.services.resolutions import next_number
from measures.models import Measure
from smartregion.base.widgets import date_input


class ResolutionForm(forms.ModelForm[Resolution]):
    """What is recorded for good. The agenda item gives committee and day."""

    class Meta:
        model = Resolution
        fields = [
            "number",
            "title",
            "wording",
            "outcome",
            "votes_for",
            "votes_against",
            "abstentions",
            "vote_note",
            "responsible",
            "due_on",
            "measures",
            "visibility",
        ]
        widgets = {"wording": forms.Textarea(attrs={"rows": 8}), "due_on": date_input()}
        help_texts = {
            "votes_for": gettext_lazy("Ja, Nein und Enthaltungen: alle drei angeben oder keines."),
            "vote_note": gettext_lazy("Zum Beispiel „ohne förmliche Abstimmung“."),
            "measures": gettext_lazy("Mehrere wählen Sie mit gedrückter Strg-Taste."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = False
        proposal = next_number(committee=self.instance.committee, day=self.instance.resolved_on)
        self.fields["number"].help_text = _("Bleibt sie leer, wird es die nächste freie: %(number)s.") % {
            "number": proposal
        }
        self.fields["measures"].queryset = Measure.objects.order_by("no")  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Beschluss"): ["item", "resolved_on", "number", "title", "wording"],
            _("Ergebnis"): ["outcome", "votes_for", "votes_against", "abstentions", "vote_note"],
            _("Umsetzung"): ["responsible", "due_on", "measures", "visibility", "reason"],
        }
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in split.items()
        ]

    def number_it(self) -> None:
        """Fix the number that the resolution shall get, so that sending it twice does not record it twice."""
        if not self.instance.number:
            row = self.instance
            row.number = next_number(committee=row.committee, day=row.resolved_on)
            data = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("number")] = row.number
            self.data = data


class SupersedeForm(ResolutionForm):
    """A corrected resolution; it may stem from an agenda item or only mend a slip of the pen."""

    item = forms.ModelChoiceField(AgendaItem.objects.none(), label=gettext_lazy("TOP"), required=False)
    reason = forms.CharField(label=gettext_lazy("Grund der Ersetzung"), max_length=300)

    class Meta(ResolutionForm.Meta):
        fields = ["item", "resolved_on", *ResolutionForm.Meta.fields]
        widgets = {**ResolutionForm.Meta.widgets, "resolved_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = AgendaItem.objects.filter(meeting__committee=self.instance.committee_id)
        self.fields["item"].queryset = items.select_related("meeting").order_by(  # type: ignore[attr-defined]
            "-meeting__starts_at", "number"
        )
        self.fields["item"].label_from_instance = (  # type: ignore[attr-defined]
            lambda item: f"{item.meeting.day:%d.%m.%Y} · {item}"
        )

    def clean_resolved_on(self) -> date:
        day: date = self.cleaned_data["resolved_on"]
        if day > localdate():
            raise ValidationError(_("Das Datum liegt in der Zukunft."))
        return day


class ResolutionFollowUpForm(RecordForm):
    """The only things about a resolution that may change."""

    class Meta:
        model = Resolution
        fields = ["responsible", "due_on", "visibility"]
        widgets = {"due_on": date_input()}


class DoneForm(forms.Form):
    """In which meeting the committee noted a resolution as done."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label=gettext_lazy("Sitzung"))

    def __init__(self, *args: Any, resolution: Resolution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.filter(committee=resolution.committee_id)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
