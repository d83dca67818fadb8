"""The form of a measure's wave plan: a quarter for each municipality."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import PlannedStart, RolloutCell, WavePlan
from measures.models.waves import NOT_MOVING, quarter_label, quarters_from
from measures.services.waves import plan_starts
from smartregion.base.changes import FieldChange
from smartregion.base.editing import VersionedModelForm
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned


class WavePlanForm(VersionedModelForm):
    """What the editor left as they read it (the hidden initial value) is not written."""

    everyone = forms.ChoiceField(
        label=gettext_lazy("Alle, die noch nicht begonnen haben, auf einmal"),
        required=False,
        help_text=gettext_lazy("Setzt beim Speichern alle diese Kommunen auf das Quartal."),
    )

    class Meta:
        model = WavePlan
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure = self.instance.measure
        cells = RolloutCell.objects.filter(measure=measure).select_related("municipality")
        self.cells = list(cells.defer("municipality__boundary").order_by(*german_order("municipality__name")))
        self.stored = dict(measure.planned_starts.values_list("municipality", "quarter"))
        waves = sorted(set(self.stored.values()))
        quarters = sorted({*waves, *quarters_from()})
        choices = [(quarter.isoformat(), self._label(quarter, waves)) for quarter in quarters]
        self.fields["everyone"].choices = [("", _("nicht ändern")), *choices]  # type: ignore[attr-defined]
        for cell in self.cells:
            name, quarter = self.name_of(cell), self.stored.get(cell.municipality_id)
            self.fields[name] = forms.ChoiceField(
                label=cell.municipality.name,
                choices=[("", _("nicht geplant")), *choices],
                required=False,
                show_hidden_initial=True,
            )
            self.initial[name] = quarter.isoformat() if quarter else ""
        self.order_fields(["everyone", *map(self.name_of, self.cells), "reason_for_change"])

    @staticmethod
    def name_of(cell: RolloutCell) -> str:
        return f"kommune-{cell.municipality_id}"

    @staticmethod
    def _label(quarter: date, waves: list[date]) -> str:
        label = quarter_label(quarter)
        return f"{label} ({_('Welle %d') % (waves.index(quarter) + 1)})" if quarter in waves else label

    def rows(self) -> Iterator[tuple[RolloutCell, BoundField]]:
        """For the table: each municipality's cell with its select field."""
        for cell in self.cells:
            yield cell, self[self.name_of(cell)]

    def wishes(self) -> dict[int, date | None]:
        """The quarters that the editor wants to change, by municipality."""
        everyone = self.cleaned_data.get("everyone")
        wishes: dict[int, date | None] = {}
        for cell in self.cells:
            name = self.name_of(cell)
            if everyone and cell.stage in NOT_MOVING:
                wishes[cell.municipality_id] = date.fromisoformat(everyone)
            elif name in self.changed_data:
                value = self.cleaned_data.get(name)
                wishes[cell.municipality_id] = date.fromisoformat(value) if value else None
        return wishes

    def save_over_read_version(self, *, by: Any) -> Versioned:
        return plan_starts(
            measure=self.instance.measure,
            version=self.cleaned_data["version"],
            quarters=self.wishes(),
            by=by,
            reason=self.cleaned_data["reason_for_change"],
        )

    def differences(self) -> list[FieldChange]:
        """Where the stored plan and the editor's wishes differ."""
        wishes = self.wishes()
        return [
            FieldChange(cell.municipality.name, *map(self._words, (stored, wishes[cell.municipality_id])))
            for cell in self.cells
            if cell.municipality_id in wishes
            and (stored := self.stored.get(cell.municipality_id)) != wishes[cell.municipality_id]
        ]

    @staticmethod
    def _words(quarter: date | None) -> str:
        return quarter_label(quarter) if quarter else "–"

    def merged_data(self, version: int) -> Any:
        """What was sent, over the stored plan: fields that the editor left alone take the stored value."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        for cell in self.cells:
            name = self.name_of(cell)
            data[self.add_initial_prefix(name)] = self.initial[name]
            if name not in self.changed_data:
                data[name] = self.initial[name]
        return data


class StartAnswerForm(forms.ModelForm[PlannedStart]):
    """What a municipality says to its planned start."""

    class Meta:
        model = PlannedStart
        fields = ["answer", "answer_reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("answer") != PlannedStart.Answer.TOO_EARLY:
            values["answer_reason"] = ""
        return values
