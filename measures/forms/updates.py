"""Forms of status updates: the team's, the coordinator's, and what comes back with a comment."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure, StatusUpdate, Visibility
from measures.services.updates import approve
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input

SUBMIT_HELP = gettext_lazy("Ohne Haken bleibt er ein Entwurf, den nur Ihr Team und die Koordination sehen.")


class StatusUpdateForm(VersionedModelForm):
    """The coordinator decides the visibility, which approves; everybody else hands the update in."""

    submit = forms.BooleanField(
        label=gettext_lazy("Zur Freigabe einreichen"), required=False, initial=True, help_text=SUBMIT_HELP
    )
    take_over_light = forms.BooleanField(
        label=gettext_lazy("Vorschlag als Ampel der Maßnahme übernehmen"),
        required=False,
        help_text=gettext_lazy("Beim Speichern eines freigegebenen Sachstands."),
    )
    measure_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = StatusUpdate
        fields = [
            *["on", "text", "next_steps", "support_needed", "progress_felt"],
            *["proposed_light", "proposed_reason", "for_public", "visibility"],
        ]
        widgets = {
            "on": date_input(),
            "text": MarkdownInput,
            "next_steps": MarkdownInput,
            "support_needed": forms.Textarea(attrs={"rows": 3}),
            "proposed_reason": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "support_needed": gettext_lazy(
                "Unterstützung, Entscheidungen, Geld. Nur für Personen mit Konto sichtbar."
            ),
            "progress_felt": gettext_lazy(
                "0 bis 100. Steht neben dem Fortschritt, der sich aus den Meilensteinen ergibt."
            ),
            "proposed_light": gettext_lazy("Nur, wenn die Ampel eine andere sein soll als bisher."),
            "proposed_reason": gettext_lazy("Nötig bei Gelb und Rot."),
            "for_public": gettext_lazy("Ohne Haken wird er nur intern freigegeben."),
            "visibility": gettext_lazy(
                "Entwurf: nicht freigegeben. Intern oder öffentlich: freigegeben, der Sachstand zählt."
            ),
        }

    def __init__(self, *args: Any, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_publish = may_publish
        lights = [("", _("kein Vorschlag")), *Measure.Light.choices]
        self.fields["proposed_light"].choices = lights  # type: ignore[attr-defined]
        self.initial["measure_version"] = self.instance.measure.version
        coordinators = ["visibility", "take_over_light", "measure_version"]
        unused = ["submit", "for_public"] if may_publish else coordinators
        for name in unused:
            del self.fields[name]
        if not may_publish:
            self.instance.visibility = Visibility.DRAFT
        elif self.instance.is_submitted:
            meant = Visibility.PUBLIC if self.instance.for_public else Visibility.INTERNAL
            self.initial["visibility"] = meant

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > localdate():
            raise forms.ValidationError(
                _("Ein Sachstand beschreibt, was war. Bitte wählen Sie keinen künftigen Tag.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        light = data.get("proposed_light")
        if light in {Measure.Light.YELLOW, Measure.Light.RED} and not data.get("proposed_reason"):
            self.add_error("proposed_reason", _("Bitte begründen Sie die gelbe oder rote Ampel."))
        if data.get("take_over_light"):
            if not light:
                self.add_error("take_over_light", _("Es ist keine Ampel vorgeschlagen."))
            elif data.get("visibility") == Visibility.DRAFT:
                self.add_error("take_over_light", _("Das geht erst, wenn der Sachstand freigegeben ist."))
        return data

    def _post_clean(self) -> None:
        """What is chosen sets the way of the review, before the model's constraints are asked."""
        data = self.cleaned_data
        if self.may_publish and data.get("visibility", Visibility.DRAFT) != Visibility.DRAFT:
            approve(self.instance, data["visibility"])
        elif not self.may_publish and data.get("submit"):
            self.instance.review = StatusUpdate.Review.SUBMITTED
        elif not self.may_publish and self.instance.is_submitted:
            self.instance.review = ""
        super()._post_clean()  # type: ignore[misc]


class StatusUpdateAddForm(StatusUpdateForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class ReturnForm(VersionedModelForm):
    """Gives a submitted update back, with what is missing."""

    reason_for_change = None  # type: ignore[assignment]

    class Meta:
        model = StatusUpdate
        fields = ["review_comment"]
        widgets = {"review_comment": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"review_comment": gettext_lazy("Was fehlt noch? Das Team liest es beim Sachstand.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_comment"].required = True
        self.initial["review_comment"] = ""

    def _post_clean(self) -> None:
        self.instance.review = StatusUpdate.Review.RETURNED
        super()._post_clean()  # type: ignore[misc]
