"""Forms of papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import Paper
from smartregion.base.widgets import MarkdownInput, date_input


class PaperChoice(forms.ModelChoiceField[Paper]):
    def label_from_instance(self, obj: Paper) -> str:
        return " · ".join(filter(None, [obj.number, obj.title, obj.committee.name]))


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
