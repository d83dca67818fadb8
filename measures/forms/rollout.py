"""The form of a roll-out cell."""

from typing import Any

from django import forms
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import RolloutCell
from smartregion.base.editing import VersionedModelForm
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import date_input


class CellForm(VersionedModelForm):
    """A municipality's state in one measure. Whoever saves it has thereby confirmed it."""

    class Meta:
        model = RolloutCell
        fields = ["stage", "since", "evidence", "reason", "contact", "note"]
        widgets = {
            "since": date_input(),
            "reason": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "stage": gettext_lazy(
                "„Im Regelbetrieb“ braucht ein Datum und einen Nachweis, „abgelehnt“ und „zurückgezogen“ "
                "eine Begründung."
            ),
            "since": gettext_lazy("Seit wann gilt diese Stufe?"),
            "reason": gettext_lazy("Öffentlich. Nötig bei „abgelehnt“ und „zurückgezogen“."),
            "contact": gettext_lazy(
                "Für angemeldete Kommunen sichtbar, zum Beispiel „Fachbereich IT, Telefon …“."
            ),
            "note": gettext_lazy("Nur für Ihre Kommune und die Koordinierungsstelle sichtbar."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        stage, since = values.get("stage"), values.get("since")
        if since and since > localdate():
            self.add_error("since", _("Die Stufe gilt schon heute. Bitte wählen Sie keinen künftigen Tag."))
        if stage == RolloutCell.Stage.LIVE:
            self._need("since", _("Bitte geben Sie an, seit wann der Regelbetrieb läuft."))
            self._need("evidence", _("Bitte geben Sie an, woran der Regelbetrieb zu erkennen ist."))
        if stage in {RolloutCell.Stage.REJECTED, RolloutCell.Stage.WITHDRAWN}:
            self._need("reason", _("Bitte nennen Sie den Grund."))
        return values

    def _need(self, name: str, question: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, question)

    def save_over_read_version(self, *, by: Any) -> Versioned:
        self.instance.confirmed_at = now()
        self.instance.confirmed_by, self.instance.confirmed_in = by, None
        return super().save_over_read_version(by=by)
