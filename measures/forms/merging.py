"""The form that names the measure into which another one goes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from measures.models import Measure


class MergeForm(forms.Form):
    target = forms.ModelChoiceField(
        Measure.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Aufnehmende Maßnahme"),
        empty_label=gettext_lazy("Bitte wählen"),
        help_text=gettext_lazy("Sie bleibt bestehen und bekommt, was übergeht."),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie die Maßnahme, die bleibt."),
            "invalid_choice": gettext_lazy("Diese Maßnahme gibt es nicht."),
        },
    )

    def __init__(self, *args: Any, targets: QuerySet[Measure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = targets  # type: ignore[attr-defined]
