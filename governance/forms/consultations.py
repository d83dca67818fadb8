"""Forms of a paper's way."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import AgendaItem, Consultation, Meeting
from smartregion.base.widgets import date_input


class ItemChoice(forms.ModelChoiceField[AgendaItem]):
    def label_from_instance(self, obj: AgendaItem) -> str:
        return f"{obj.meeting.committee} · {obj.meeting.day:%d.%m.%Y} · {obj}"


class MeetingChoice(forms.ModelChoiceField[Meeting]):
    def label_from_instance(self, obj: Meeting) -> str:
        return f"{obj.day:%d.%m.%Y} · {obj}"


class StationForm(RecordForm):
    item = ItemChoice(
        AgendaItem.objects.none(),
        label=gettext_lazy("beraten unter TOP"),
        required=False,
        help_text=gettext_lazy("Angeboten werden die Tagesordnungspunkte, zu denen diese Vorlage gehört."),
    )

    class Meta:
        model = Consultation
        fields = ["committee", "role", "planned_on", "item"]
        widgets = {"planned_on": date_input()}
        help_texts = {
            "role": gettext_lazy("Nur die letzte Station entscheidet; neue Stationen kommen vor sie."),
            "planned_on": gettext_lazy("Solange es keinen Tagesordnungspunkt gibt."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = AgendaItem.objects.filter(paper=self.instance.paper_id)
        self.fields["item"].queryset = items.select_related("meeting__committee").order_by(  # type: ignore[attr-defined]
            "-meeting__starts_at", "number"
        )


class OnAgendaForm(forms.Form):
    """In which coming meeting a station's committee shall deal with the paper."""

    meeting = MeetingChoice(
        Meeting.objects.none(),
        label=gettext_lazy("Sitzung"),
        empty_label=gettext_lazy("Bitte wählen"),
        error_messages={"required": gettext_lazy("Bitte wählen Sie eine Sitzung.")},
    )

    def __init__(self, *args: Any, station: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.upcoming().filter(committee=station.committee_id)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
