"""The form that moves a measure into another phase."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.gates import WHY_WITH_OPEN_CRITERIA, leaves_open
from measures.models import GateCriterion, Measure
from smartregion.base.editing import VersionedModelForm


class PhaseForm(VersionedModelForm):
    """The phase alone, always with a reason: it is what people later ask about.

    Whoever moves on although criteria of the phase that is left are open, says why that is right.
    """

    despite_open = forms.CharField(
        label=gettext_lazy("Warum trotz offener Kriterien?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Nötig, wenn die Maßnahme weitergeht, obwohl Kriterien offen sind."),
    )

    reason_for_change = forms.CharField(
        label=gettext_lazy("Grund der Änderung"),
        max_length=300,
        help_text=gettext_lazy("Steht im Verlauf, zum Beispiel „Beschluss vom 12.03.“"),
        error_messages={"required": gettext_lazy("Bitte nennen Sie den Grund, er steht später im Verlauf.")},
    )

    class Meta:
        model = Measure
        fields = ["phase"]

    field_order = ("phase", "reason_for_change", "despite_open")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = Measure.objects.get(pk=self.instance.pk)
        self.open_criteria = GateCriterion.objects.open_of([self.stored])[self.stored.pk]
        if not self.open_criteria:
            del self.fields["despite_open"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        asks_why = "phase" in values and leaves_open([self.stored], values["phase"])
        why = values.get("despite_open", "")
        if asks_why and not why and "despite_open" not in self.errors:
            self.add_error("despite_open", str(WHY_WITH_OPEN_CRITERIA))
        if asks_why and why and values.get("reason_for_change"):
            reason = {"reason": values["reason_for_change"], "why": why}
            values["reason_for_change"] = _("%(reason)s (trotz offener Kriterien: %(why)s)") % reason
        return values

    def clean_phase(self) -> Any:
        phase = self.cleaned_data["phase"]
        if phase == self.instance.phase:
            label = Measure.Phase(phase).label
            raise forms.ValidationError(_("Die Maßnahme ist schon in der Phase „%s“.") % label)
        return phase
