"""Forms of circular decisions."""

from typing import Any

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.forms.papers import PaperChoice
from governance.models import Ballot, Circular, Paper
from governance.services.circulars import LEAST_DAYS, check_deadline
from smartregion.base.fields import LONG, UnclippedField


class CircularForm(RecordForm):
    paper = PaperChoice(Paper.objects.none(), label=gettext_lazy("Vorlage"), required=False)

    class Meta:
        model = Circular
        fields = ["title", "wording", "reasoning", "paper", "closes_at", "visibility"]
        widgets = {
            "wording": forms.Textarea(attrs={"rows": 6}),
            "reasoning": forms.Textarea(attrs={"rows": 6}),
            "closes_at": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        }
        help_texts = {
            "wording": gettext_lazy("So, wie er nach der Annahme gelten soll."),
            "visibility": gettext_lazy(
                "Öffentlich heißt: Nach dem Abschluss lesen alle Wortlaut, Ergebnis und Stimmenzahlen, nie "
                "die einzelnen Stimmen. Solange der Umlauf läuft, liest ihn nur das Gremium."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = Paper.objects.filter(committee=self.instance.committee_id).select_related("committee")
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]
        self.fields["closes_at"].help_text = (
            _("Tag und Uhrzeit, mindestens %d Tage nach der Eröffnung.") % LEAST_DAYS
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if closes_at := values.get("closes_at"):
            check_deadline(closes_at, at=now())
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """The model's rule speaks of the committee, which the address gives."""
        return super()._get_validation_exclusions() - {"committee"}  # type: ignore[misc]


class ConfirmForm(forms.Form):
    """Asks before a step that cannot be taken back and explains itself."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class BallotForm(forms.Form):
    choice = forms.ChoiceField(
        label=gettext_lazy("Ihre Stimme"),
        choices=Ballot.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie, wie Sie stimmen.")},
    )
    comment = UnclippedField(
        label=gettext_lazy("Begründung oder Anmerkung"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Für einen Widerspruch nötig. Wird wie die Stimme erst nach dem Abschluss gelesen."
        ),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("choice") == Ballot.Choice.OBJECT and not values.get("comment", "-"):
            self.add_error("comment", _("Bitte begründen Sie, warum Sie dem Verfahren widersprechen."))
        return values
