"""The form for a copy of a measure: how it is called, when it begins, and what it takes along."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from measures.models import Measure
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import date_input


class MeasureCopyForm(VersionedModelForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]
    with_milestones = forms.BooleanField(
        label=gettext_lazy("Meilensteine"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Ohne Prognose und Ist-Termin, auf den neuen Beginn verschoben."),
    )
    with_team = forms.BooleanField(
        label=gettext_lazy("Sitze des Entwicklungsteams"), required=False, initial=True
    )
    with_guidelines = forms.BooleanField(label=gettext_lazy("Leitlinien"), required=False, initial=True)

    GROUPS = (
        (gettext_lazy("Die neue Maßnahme"), ["no", "title", "starts_on"]),
        (gettext_lazy("Was sie übernimmt"), ["with_milestones", "with_team", "with_guidelines"]),
    )

    class Meta:
        model = Measure
        fields = ["no", "title", "starts_on"]
        widgets = {"starts_on": date_input()}
        help_texts = {
            "no": gettext_lazy("Eindeutig und dauerhaft, zum Beispiel „M-07“."),
            "starts_on": gettext_lazy("Auf diesen Tag verschieben sich Laufzeit und Meilensteine."),
        }
        error_messages = {
            "no": {"unique": gettext_lazy("Diese Nummer ist vergeben. Bitte wählen Sie eine andere.")}
        }

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [{"legend": legend, "fields": [self[name] for name in names]} for legend, names in self.GROUPS]
