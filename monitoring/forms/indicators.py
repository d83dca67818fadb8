"""The coordinator's forms for indicators and their targets."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.publishing import PublishingForm
from measures.models import Measure
from monitoring.models import Indicator, IndicatorTarget
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input

GOALS = [(number, f"SDG {number}") for number in range(1, 18)]


class IndicatorForm(PublishingForm):
    """Everything about an indicator but its targets and values."""

    PUBLISH = (
        gettext_lazy("Ja, dieser Indikator soll öffentlich sein"),
        gettext_lazy("Alle können dann ihn und seine Werte lesen, auch die bisherigen."),
    )
    WITHDRAW = (
        gettext_lazy("Ja, dieser Indikator soll nicht mehr öffentlich sein"),
        gettext_lazy("Er und seine Werte verschwinden von den öffentlichen Seiten."),
    )
    GROUPS = (
        (gettext_lazy("Was gemessen wird"), ["name", "definition", "level", "measure", "field"]),
        (gettext_lazy("Zahl"), ["unit", "decimals", "direction", "baseline", "baseline_on"]),
        (
            gettext_lazy("Erhebung"),
            ["source", "rhythm", "collected_from", "per_municipality", "combination"],
        ),
        (gettext_lazy("Bezüge"), ["sdgs", "din_spec_91387", "u4ssc"]),
        (gettext_lazy("Veröffentlichung"), ["visibility", "confirm_visibility", "reason_for_change"]),
    )

    sdgs = forms.TypedMultipleChoiceField(
        choices=GOALS,
        coerce=int,
        required=False,
        label=gettext_lazy("Nachhaltigkeitsziele (SDG)"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Indicator
        fields = [
            "name",
            "definition",
            "level",
            "measure",
            "field",
            "unit",
            "decimals",
            "direction",
            "baseline",
            "baseline_on",
            "source",
            "rhythm",
            "collected_from",
            "per_municipality",
            "combination",
            "sdgs",
            "din_spec_91387",
            "u4ssc",
            "visibility",
        ]
        widgets = {
            "definition": MarkdownInput,
            "baseline_on": date_input(),
            "collected_from": date_input(),
        }
        help_texts = {
            "definition": gettext_lazy("Was zählt mit, was nicht, und wie wird gezählt?"),
            "measure": gettext_lazy("Oder ein Handlungsfeld; ohne beides gehört er zum ganzen Konzept."),
            "unit": gettext_lazy("Zum Beispiel „Anzahl“, „%“, „t CO₂ im Jahr“."),
            "baseline": gettext_lazy(
                "Ohne ihn gibt es keine Zielerreichung. 0 ist ein Wert, leer ist keiner."
            ),
            "source": gettext_lazy("Woher die Zahl kommt: eine Stelle oder Statistik, keine Person."),
            "collected_from": gettext_lazy("Ab dem Zeitraum, in dem dieser Tag liegt, werden Werte fällig."),
            "combination": gettext_lazy("Nur wenn je Kommune erhoben wird."),
            "visibility": gettext_lazy(
                "Entwurf: nur die Koordination. Intern: alle mit Konto. Öffentlich: alle."
            ),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = Measure.objects.visible_to(user).order_by("no")  # type: ignore[attr-defined]
        self.fields["combination"].choices = [  # type: ignore[attr-defined]
            ("", _("keine Angabe")),
            *Indicator.Combination.choices,
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and "per_municipality" in self.changed_data and self.instance.values.exists():
            self.add_error(
                "per_municipality",
                _("Es gibt schon Werte. Für die andere Art der Erhebung braucht es einen neuen Indikator."),
            )
        return data


class IndicatorAddForm(IndicatorForm):
    """A new indicator has no version and no change to give a reason for."""

    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class TargetForm(VersionedModelForm):
    class Meta:
        model = IndicatorTarget
        fields = ["on", "value"]
        widgets = {"on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"], self.fields["reason_for_change"]
        self.fields["value"].label = f"{_('Zielwert')} ({self.instance.indicator.unit})"

    def _get_validation_exclusions(self) -> set[str]:
        """The indicator is no field here, but part of what makes a target unique."""
        return super()._get_validation_exclusions() - {"indicator"}  # type: ignore[misc]
