"""Forms that people without an account fill in: to register for an event, to say how it was."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from participation.models import Feedback
from participation.models.registrations import NEEDS
from participation.open_forms import OpenForm
from smartregion.base.fields import LONG, UnclippedField

RATING = [(value, label) for value, label in Feedback.Rating.choices]


def _required(sentence: Any) -> dict[str, Any]:
    return {"required": sentence}


class RegistrationForm(OpenForm):
    name = forms.CharField(
        label=gettext_lazy("Ihr Name"),
        max_length=120,
        help_text=gettext_lazy("So, wie er auf dem Namensschild stehen soll."),
        error_messages=_required(gettext_lazy("Bitte geben Sie Ihren Namen an.")),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        help_text=gettext_lazy("Dorthin senden wir den Link, mit dem Sie bestätigen und sich abmelden."),
        error_messages=_required(gettext_lazy("Bitte geben Sie Ihre E-Mail-Adresse an.")),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    needs = UnclippedField(
        label=gettext_lazy("Was brauchen Sie, um gut teilnehmen zu können?"),
        required=False,
        max_length=NEEDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Zum Beispiel Gebärdensprache, einen Platz für einen Rollstuhl oder eine Begleitperson. "
            "Das liest nur die Koordinierungsstelle."
        ),
    )


class FeedbackForm(OpenForm):
    overall = forms.TypedChoiceField(
        label=gettext_lazy("Wie fanden Sie die Veranstaltung insgesamt?"),
        choices=RATING,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=_required(gettext_lazy("Bitte wählen Sie, wie Sie die Veranstaltung fanden.")),
    )
    content = forms.TypedChoiceField(
        label=gettext_lazy("Wie fanden Sie den Inhalt?"),
        choices=RATING,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    access = forms.TypedChoiceField(
        label=gettext_lazy("Wie gut konnten Sie teilnehmen (Zugang, Verständlichkeit, Technik)?"),
        choices=RATING,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = UnclippedField(
        label=gettext_lazy("Was sollen wir beim nächsten Mal anders machen?"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Das liest nur die Koordinierungsstelle. Bitte nennen Sie keine Namen."),
    )
