"""Forms of the coordinator for committees and what belongs to them."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Committee, Meeting, Paper, Resolution, Seat
from governance.services import next_number
from measures.models import Measure
from network.models import User
from smartregion.base.editing import SENSIBLE_YEARS, VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input


class RecordForm(VersionedModelForm):
    """Adds or edits: a new row has neither a version that was read nor a reason for its change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"], self.fields["reason_for_change"]


class CommitteeForm(RecordForm):
    class Meta:
        model = Committee
        fields = ["name", "task", "rhythm", "host", "source", "visibility"]


class SeatForm(RecordForm):
    class Meta:
        model = Seat
        fields = ["group", "function", "organisation", "is_chair", "user"]
        help_texts = {
            "function": gettext_lazy("Die Funktion, nicht der Name einer Person."),
            "user": gettext_lazy("Wer hier ein Konto hat, liest auch die internen Unterlagen des Gremiums."),
        }

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.committee = committee
        self.fields["user"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The constraints of a seat speak of its committee, which the address gives."""
        return super()._get_validation_exclusions() - {"committee"}  # type: ignore[misc]


class MeetingForm(RecordForm):
    class Meta:
        model = Meeting
        fields = ["title", "starts_at", "place", "status", "visibility"]
        widgets = {
            "starts_at": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.status != Meeting.Status.CANCELLED:
            choices = [choice for choice in Meeting.Status.choices if choice[0] != Meeting.Status.CANCELLED]
            self.fields["status"].choices = choices  # type: ignore[attr-defined]

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at.year not in SENSIBLE_YEARS:
            raise ValidationError(_("Bitte prüfen Sie das Jahr."))
        return starts_at


class PaperChoice(forms.ModelChoiceField[Paper]):
    def label_from_instance(self, obj: Paper) -> str:
        return " · ".join(filter(None, [obj.number, obj.title, obj.committee.name]))


class AgendaItemForm(RecordForm):
    paper = PaperChoice(
        Paper.objects.select_related("committee"), label=gettext_lazy("Vorlage"), required=False
    )

    class Meta:
        model = AgendaItem
        fields = ["title", "text", "paper", "visibility"]


class PaperForm(RecordForm):
    answers = PaperChoice(
        Paper.objects.select_related("committee"), label=gettext_lazy("antwortet auf"), required=False
    )

    class Meta:
        model = Paper
        fields = ["kind", "number", "title", "dated", "originator", "body", "answers", "source", "visibility"]
        widgets = {"dated": date_input(), "body": MarkdownInput({"rows": 16})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            others = Paper.objects.exclude(pk=self.instance.pk).exclude(answers=self.instance.pk)
            self.fields["answers"].queryset = others.select_related("committee")  # type: ignore[attr-defined]


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


class ReasonForm(forms.Form):
    """Asks before something is taken away or back."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Grund"), max_length=300, help_text=gettext_lazy("Steht im Verlauf.")
    )
