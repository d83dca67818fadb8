"""The coordinator's forms for money. Amounts are typed as Germans write them."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import BudgetLine, CallOff, FundingProgramme, Grant, Movement
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import date_input

AMOUNT_HINT = gettext_lazy("In Euro, zum Beispiel 1.573,45.")


class MoneyForm(VersionedModelForm):
    """A row of money, its grant one of the same measure. A new one has no version and nothing to explain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"], self.fields["reason_for_change"]
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", _("Bitte wählen")), *field.choices[1:]]  # type: ignore[index, misc]
        if "grant" in self.fields:
            grants = Grant.objects.filter(measure=self.instance.measure).select_related("programme")
            self.fields["grant"].queryset = grants  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The measure is no field here, but part of what makes a row unique."""
        return super()._get_validation_exclusions() - {"measure"}  # type: ignore[misc]


class GrantForm(MoneyForm):
    class Meta:
        model = Grant
        fields = ["programme", "reference", "starts_on", "ends_on", "amount"]
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        help_texts = {
            "reference": gettext_lazy("Wie im Bescheid."),
            "ends_on": gettext_lazy("Der letzte Tag, an dem ausgegeben werden darf."),
            "amount": AMOUNT_HINT,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data


class CallOffForm(MoneyForm):
    class Meta:
        model = CallOff
        fields = ["grant", "due_on", "amount", "done_on"]
        widgets = {"due_on": date_input(), "done_on": date_input()}
        help_texts = {
            "amount": AMOUNT_HINT,
            "done_on": gettext_lazy("Leer, solange das Geld nicht abgerufen ist."),
        }

    def clean_done_on(self) -> Any:
        return not_in_future(self.cleaned_data["done_on"])


class BudgetLineForm(MoneyForm):
    class Meta:
        model = BudgetLine
        fields = ["year", "source", "municipality", "grant", "amount", "note"]
        help_texts = {
            "municipality": gettext_lazy("Nur beim Eigenanteil einer Kommune."),
            "grant": gettext_lazy(
                "Bei Mitteln einer Zuwendung nötig; sonst nur, wenn die Mittel sie als Eigenanteil ergänzen."
            ),
            "amount": gettext_lazy(
                "In Euro, zum Beispiel 1.573,45. 0 heißt: für dieses Jahr ausdrücklich nichts."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["year"] = localdate().year

    def clean(self) -> dict[str, Any]:
        """The same as the database demands, said at the field."""
        data = super().clean()
        source, source_of = data.get("source"), BudgetLine.Source
        if source == source_of.MUNICIPALITY and not data.get("municipality"):
            self.add_error("municipality", _("Bitte wählen Sie, welche Kommune den Eigenanteil trägt."))
        if source and source != source_of.MUNICIPALITY and data.get("municipality"):
            self.add_error("municipality", _("Nur ein Eigenanteil einer Kommune hat hier eine Kommune."))
        if source == source_of.GRANT and not data.get("grant"):
            self.add_error("grant", _("Bitte wählen Sie die Zuwendung, aus der die Mittel kommen."))
        if source == source_of.OTHER and data.get("grant"):
            self.add_error("grant", _("Sonstige Mittel gehören zu keiner Zuwendung."))
        return data


class MovementForm(MoneyForm):
    class Meta:
        model = Movement
        fields = ["kind", "on", "amount", "note", "grant"]
        widgets = {"on": date_input()}
        help_texts = {
            "kind": gettext_lazy("Bindung: beauftragt oder vertraglich zugesagt. Abfluss: ausgezahlt."),
            "amount": AMOUNT_HINT,
            "grant": gettext_lazy("Nur, wenn aus einer Zuwendung gebunden oder gezahlt wird."),
        }

    def clean_on(self) -> Any:
        return not_in_future(self.cleaned_data["on"])


class ProgrammeForm(MoneyForm):
    website = forms.URLField(
        label=gettext_lazy("Website"), required=False, max_length=200, assume_scheme="https"
    )

    class Meta:
        model = FundingProgramme
        fields = ["name", "funding_body", "website", "note"]
        error_messages = {
            "name": {"unique": gettext_lazy("Dieses Programm gibt es schon. Bitte bearbeiten Sie es.")}
        }


def not_in_future(day: Any) -> Any:
    if day and day > localdate():
        raise forms.ValidationError(_("Der Tag liegt in der Zukunft. Bitte tragen Sie ein, was schon war."))
    return day
