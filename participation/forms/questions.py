"""Asking, reporting a barrier, and the coordinator's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.models import Enquiry
from participation.models.questions import MOST_CHARACTERS
from participation.open_forms import OpenForm
from participation.services.questions import deal_with
from smartregion.base.editing import VersionedModelForm
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import MarkdownInput

State = Enquiry.State


class QuestionForm(OpenForm):
    """A question about a measure; the answer goes to the address."""

    text = forms.CharField(
        label=gettext_lazy("Ihre Frage"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("Bitte schreiben Sie Ihre Frage.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        max_length=254,
        help_text=gettext_lazy("Nur für die Antwort. Sie wird nicht veröffentlicht."),
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Bitte geben Sie an, wohin die Antwort gehen soll.")},
    )


class BarrierForm(OpenForm):
    """What keeps somebody out. Nothing but the description is needed."""

    page = forms.CharField(
        label=gettext_lazy("Auf welcher Seite?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Adresse oder Überschrift der Seite, wenn Sie sie kennen."),
    )
    text = forms.CharField(
        label=gettext_lazy("Was ist für Sie nicht zugänglich?"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy(
            "Zum Beispiel: Was wollten Sie tun, und womit lesen oder bedienen Sie die Seite?"
        ),
        error_messages={"required": gettext_lazy("Bitte beschreiben Sie die Barriere.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Wenn Sie eine Antwort wünschen. Ohne Adresse bleibt Ihre Meldung anonym."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class AnswerForm(VersionedModelForm):
    """What the coordinator makes of a question. Publishing needs the wording that everyone will read."""

    state = forms.ChoiceField(
        label=gettext_lazy("Was wird daraus?"),
        choices=[(State.ANSWERED, gettext_lazy("beantworten")), (State.DROPPED, State.DROPPED.label)],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Enquiry
        fields = ["state", "answer", "public_text"]
        widgets = {"answer": MarkdownInput({"rows": 8}), "public_text": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason_for_change"]
        if self.instance.is_open:
            self.initial["state"] = State.ANSWERED
        if self.instance.measure is None:
            del self.fields["public_text"]
        else:
            self.fields["public_text"].help_text = _(
                "Leer lassen, wenn beides nicht unter der Maßnahme stehen soll. Lassen Sie Namen weg "
                "und alles, was etwas über die fragende Person verrät."
            )
        self.fields["answer"].help_text = _(
            "Geht beim ersten Speichern an die Adresse, von der die Frage kam."
        )

    def clean(self) -> dict[str, Any]:
        """Who closes without an answer has none to publish either."""
        values = super().clean()
        if values.get("state") == State.DROPPED:
            values.update(answer="", public_text="")
        return values

    def save_over_read_version(self, *, by: Any) -> Versioned:
        return deal_with(question=self.instance, version=self.cleaned_data.get("version"), by=by)
