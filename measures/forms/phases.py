"""The form that moves a measure into another phase."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure
from smartregion.base.editing import VersionedModelForm


class PhaseForm(VersionedModelForm):
    """The phase alone, always with a reason: it is what people later ask about."""

    reason_for_change = forms.CharField(
        label=gettext_lazy("Grund der Änderung"),
        max_length=300,
        help_text=gettext_lazy("Steht im Verlauf, zum Beispiel „Beschluss vom 12.03.“"),
        error_messages={"required": gettext_lazy("Bitte nennen Sie den Grund, er steht später im Verlauf.")},
    )

    class Meta:
        model = Measure
        fields = ["phase"]

    def clean_phase(self) -> Any:
        phase = self.cleaned_data["phase"]
        if phase == self.instance.phase:
            label = Measure.Phase(phase).label
            raise forms.ValidationError(_("Die Maßnahme ist schon in der Phase „%s“.") % label)
        return phase
