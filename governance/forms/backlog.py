"""Forms of a backlog: what a member proposes, and what the coordinator keeps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.forms.papers import PaperChoice
from governance.models import Meeting, Paper, Topic


class ProposalForm(RecordForm):
    """A member says what and why; the rest follows from the seat."""

    class Meta:
        model = Topic
        fields = ["title", "text"]


class TopicForm(RecordForm):
    paper = PaperChoice(
        Paper.objects.select_related("committee"), label=gettext_lazy("Vorlage"), required=False
    )

    class Meta:
        model = Topic
        fields = ["title", "text", "proposed_by", "paper", "visibility"]
        help_texts = {"proposed_by": gettext_lazy("Die Funktion, nicht der Name einer Person.")}


class PlaceForm(forms.Form):
    """For which of the meetings to come, and over which version of the topic."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    meeting = forms.ModelChoiceField(Meeting.objects.none())

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
