"""Forms for values: one value, its correction, and one line of the quick entry."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.imports import UploadForm
from monitoring.indicator_math import DECIMALS
from monitoring.models import Indicator, IndicatorValue
from monitoring.models.indicators import DIGITS
from monitoring.plausibility import in_figures
from network.models import Municipality
from smartregion.base.editing import VersionedModelForm
from smartregion.base.figures import FigureField, plain_figure
from smartregion.base.widgets import date_input

NOTE_HINT = gettext_lazy("Wer den Indikator sieht, liest auch sie. Bitte keine Namen.")
SURE = "sure"
NO_VALUE = gettext_lazy("Es gibt keinen Wert (die Anmerkung sagt, warum)")


class AsksBack:
    """Of a form with a value: an unlikely one is confirmed by a box, which stands for just this value."""

    fields: dict[str, forms.Field]
    data: Any
    add_prefix: Any
    add_error: Any
    order_fields: Any
    field_order: Any

    def ask_back(self, doubts: list[str], value: Decimal | None) -> None:
        """Add the box, and an error as long as it is not ticked."""
        if not doubts or value is None:
            return
        asked = plain_figure(value)
        is_sure = self.data.get(self.add_prefix(SURE)) == asked
        self.fields[SURE] = forms.BooleanField(
            label=_("Ja, %s stimmt") % in_figures(value),
            required=False,
            widget=forms.CheckboxInput({"value": asked}, check_test=lambda _sent: is_sure),
        )
        self.order_fields(self.field_order)
        if not is_sure:
            self.add_error("value", _("Stimmt das? %s") % " ".join(doubts))


class ReadingForm(AsksBack, forms.Form):
    """A value with its note, or that there is none."""

    value = FigureField(
        label=gettext_lazy("Wert"), required=False, max_digits=DIGITS, decimal_places=DECIMALS
    )
    none = forms.BooleanField(label=NO_VALUE, required=False)
    note = forms.CharField(label=gettext_lazy("Anmerkung"), required=False, max_length=300)
    field_order: tuple[str, ...] = ("on", "value", SURE, "none", "note")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "value" not in self.errors:
            _check_presence(self, data)
        return data


def _check_presence(form: forms.BaseForm, data: dict[str, Any]) -> None:
    """An empty field is a mistake unless somebody says that there is no value."""
    if data.get("none"):
        if data.get("value") is not None:
            form.add_error("none", _("Bitte geben Sie entweder einen Wert an, oder dass es keinen gibt."))
        elif not data.get("note"):
            form.add_error("note", _("Bitte sagen Sie in einem Satz, warum es keinen Wert gibt."))
    elif data.get("value") is None:
        form.add_error("value", _("Bitte geben Sie den Wert an, oder dass es keinen gibt."))


class ValueAddForm(ReadingForm):
    """A new value of an indicator.

    Args:
        places: the municipalities that the user may report for; None where there are no places.
    """

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=gettext_lazy("Kommune"), empty_label=gettext_lazy("Bitte wählen")
    )
    on = forms.DateField(label=gettext_lazy("Wert vom"), widget=date_input())
    field_order = ("municipality", "on", "value", SURE, "none", "note")

    def __init__(self, *args: Any, indicator: Indicator, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = f"{_('Wert')} ({indicator.unit})"
        self.fields["note"].help_text = NOTE_HINT
        self.initial.setdefault("on", localdate())
        if places is None:
            del self.fields["municipality"]
        else:
            self.fields["municipality"].queryset = places  # type: ignore[attr-defined]
            if len(places) == 1:
                self.initial.setdefault("municipality", places[0])


class CorrectionForm(AsksBack, VersionedModelForm):
    """A correction of a value; the history keeps what stood before, with the reason."""

    none = forms.BooleanField(label=NO_VALUE, required=False)
    field_order = ("on", "value", SURE, "none", "note", "reason_for_change")

    class Meta:
        model = IndicatorValue
        fields = ["on", "value", "note"]
        widgets = {"on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = f"{_('Wert')} ({self.instance.indicator.unit})"
        self.fields["note"].help_text = NOTE_HINT
        self.initial["none"] = self.instance.value is None
        reason = self.fields["reason_for_change"]
        reason.label, reason.required = _("Grund der Berichtigung"), True
        reason.error_messages["required"] = _("Eine Berichtigung braucht einen Grund.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "value" not in self.errors:
            _check_presence(self, data)
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Indicator and municipality are no fields here, but part of what makes a value unique."""
        return super()._get_validation_exclusions() - {"indicator", "municipality"}  # type: ignore[misc]


class DueForm(ReadingForm):
    """One line of the quick entry: a value that is due. A line that nobody touched says nothing."""

    on = forms.DateField(label=gettext_lazy("Wert vom"), widget=date_input())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed but the day that stood there."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in ("value", "none", "note"))


def prefix_of(indicator: Indicator, place: int | None, period_end: date) -> str:
    return f"{indicator.pk}_{place or 0}_{period_end:%Y%m%d}"


class ValueUploadForm(UploadForm):
    """A table of values; what is none is told what would be."""

    WANTED = gettext_lazy(
        "Hochladen lässt sich die ausgefüllte Vorlage oder ein Export der Werte, als XLSX, ODS oder CSV."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["empty"] = f"{_('Die Datei ist leer.')} {self.WANTED}"
