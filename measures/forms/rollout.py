"""The form of a roll-out cell."""

from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import RolloutCell
from measures.models.ladder import MOVING, NEXT, Stage, Step, faults
from measures.prerequisites import missing_for
from smartregion.base.editing import VersionedModelForm
from smartregion.base.undo import row_in_version
from smartregion.base.versioned import Versioned, version_in
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
            "since": gettext_lazy(
                "Seit wann gilt diese Stufe? Eine neue gilt ab heute, wenn Sie keinen anderen Tag nennen; "
                "nur „im Regelbetrieb“ braucht seinen Tag von Ihnen."
            ),
            "reason": gettext_lazy("Öffentlich."),
            "contact": gettext_lazy(
                "Für angemeldete Kommunen sichtbar, zum Beispiel „Fachbereich IT, Telefon …“."
            ),
            "note": gettext_lazy("Nur für Ihre Kommune und die Koordinierungsstelle sichtbar."),
        }

    despite = forms.CharField(
        label=gettext_lazy("Trotzdem, weil …"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Nur nötig, wenn Sie eine Stufe nach „zugesagt“ wählen, obwohl die Voraussetzung fehlt."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before: Any = self._read_row()
        self.missing = missing_for(self.instance)
        stage = Stage(self.before.stage)
        steps = [Step(stage, after) for after in NEXT[stage] if after != stage]
        field = self.fields["stage"]
        field.choices = [(each.value, each.label) for each in (stage, *(step.after for step in steps))]  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = _("Von „%s“ aus gibt es diesen Schritt nicht.") % stage.label
        field.help_text = needs_of(steps)
        self.order_fields(["stage", "since", "despite"] if self.missing else None)
        if not self.missing:
            del self.fields["despite"]

    def _read_row(self) -> Any:
        """The cell as its editor has read it; a newer one is the conflict page's business."""
        read = version_in(str(self.data.get(self.add_prefix("version"), "")))
        return (row_in_version(self.instance, read) if read else None) or copy(self.instance)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        stage, since = values.get("stage"), values.get("since")
        if since and since > localdate():
            self.add_error("since", _("Die Stufe gilt schon heute. Bitte wählen Sie keinen künftigen Tag."))
        elif stage and stage != self.before.stage:
            self._clean_step(stage, since)
        if stage == Stage.LIVE:
            self._need("since", _("Bitte geben Sie an, seit wann der Regelbetrieb läuft."))
            self._need("evidence", _("Bitte geben Sie an, woran der Regelbetrieb zu erkennen ist."))
        if stage in {Stage.REJECTED, Stage.WITHDRAWN}:
            self._need("reason", _("Bitte nennen Sie den Grund."))
        return values

    def _clean_step(self, stage: str, since: date | None) -> None:
        """A new stage has a day of its own, today if none is named, and waits for what it builds upon.

        The day of the old stage, left as it was, is none.
        """
        is_old = since == self.before.since and since != localdate()
        if (since is None or is_old) and "since" not in self.errors:
            self.cleaned_data["since"] = None if stage == Stage.LIVE else localdate()
        if self.missing and stage in MOVING:
            despite = self.cleaned_data.get("despite", "")
            self._need(
                "despite", _("Eine Voraussetzung fehlt. Bitte nennen Sie den Grund, es trotzdem zu tun.")
            )
            given = self.cleaned_data.get("reason_for_change", "")
            words = [given, _("Trotz fehlender Voraussetzung: %s") % despite]
            self.cleaned_data["reason_for_change"] = " – ".join(filter(None, words))

    def _post_clean(self) -> None:
        """The ladder has the last word, about the row as it would be written."""
        super()._post_clean()  # type: ignore[misc]
        if "stage" not in self.errors:
            for name, problem in faults(self.before, self.instance).items():
                if name not in self.errors:
                    self.add_error(name, problem)

    def _need(self, name: str, question: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, question)

    def save_over_read_version(self, *, by: Any) -> Versioned:
        self.instance.confirmed_at = now()
        self.instance.confirmed_by, self.instance.confirmed_in = by, None
        return super().save_over_read_version(by=by)


def needs_of(steps: list[Step]) -> str:
    """What the steps need that one may choose from: "Einen Nachweis braucht: im Regelbetrieb."."""
    kinds = [
        (_("Einen Nachweis braucht: %s."), [step for step in steps if step.needs_evidence]),
        (_("Eine neue Begründung braucht: %s."), [step for step in steps if step.needs_reason]),
    ]
    sentences = [text % ", ".join(str(step.after.label) for step in some) for text, some in kinds if some]
    return " ".join([_("Zur Wahl stehen die heutige Stufe und die Schritte von ihr aus."), *sentences])
