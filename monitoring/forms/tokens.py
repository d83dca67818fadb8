"""The form for a new token."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models import ApiToken, Indicator
from smartregion.base.widgets import date_input

USUAL_LIFE = timedelta(days=365)


class TokenForm(forms.ModelForm[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["name", "indicators", "expires_on"]
        widgets = {"expires_on": date_input(), "indicators": forms.CheckboxSelectMultiple}
        help_texts = {
            "name": gettext_lazy("Wofür, zum Beispiel „Zählstellen am Radweg“. Steht im Verlauf der Werte."),
            "indicators": gettext_lazy("Nur für diese nimmt das Portal Werte an."),
            "expires_on": gettext_lazy("Höchstens ein Jahr."),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entered = Indicator.objects.entered_by(user)
        if user.municipality_id:
            entered = entered.filter(per_municipality=True)
        self.fields["indicators"].queryset = entered  # type: ignore[attr-defined]
        self.fields["indicators"].error_messages["required"] = _(
            "Bitte wählen Sie mindestens einen Indikator."
        )
        self.initial.setdefault("expires_on", localdate() + USUAL_LIFE)

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day < localdate():
            raise forms.ValidationError(_("Dieser Tag ist schon vorbei."))
        if day > localdate() + USUAL_LIFE:
            raise forms.ValidationError(_("Ein Zugang gilt höchstens ein Jahr."))
        return day
