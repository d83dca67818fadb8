"""The form that asks for a report."""

from typing import Any, Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitoring.models import Audience, ReportKind
from monitoring.periods import Period, offered_periods
from monitoring.services.reports import PeriodError, stichtag
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.widgets import date_input

OWN: Final = "eigener"


class ReportRequestForm(forms.Form):
    """Kind, audience, and a period of the calendar or one's own."""

    kind = forms.ChoiceField(label=_("Art"), choices=ReportKind.choices, widget=forms.RadioSelect)
    audience = forms.ChoiceField(
        label=_("Für wen?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Ein Bericht für den Lenkungskreis enthält auch interne Angaben und ist nur für Lenkungskreis, "
            "Koordination und Administration zu lesen. Entwürfe enthält kein Bericht."
        ),
    )
    period = forms.ChoiceField(
        label=_("Zeitraum"),
        help_text=_("Läuft der Zeitraum noch, ist heute der Stichtag und der Bericht ein Zwischenstand."),
    )
    start = forms.DateField(label=_("Beginn des eigenen Zeitraums"), required=False, widget=date_input())
    end = forms.DateField(label=_("Ende des eigenen Zeitraums"), required=False, widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = localdate()
        self.offered = {period.slug: period for period in offered_periods(today)}
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            *((slug, self._label(period)) for slug, period in self.offered.items()),
            (OWN, gettext("Eigener Zeitraum (bitte Beginn und Ende angeben)")),
        ]
        latest_ended = next(slug for slug, period in self.offered.items() if period.end < today)
        usual = {"kind": ReportKind.STATUS, "audience": Audience.INTERNAL, "period": latest_ended}
        self.initial = {**usual, **self.initial}

    @staticmethod
    def _label(period: Period) -> str:
        runs = period.end >= localdate()
        return gettext("%s (läuft noch, Zwischenstand)") % period.label if runs else period.label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        choice = cleaned.get("period")
        if choice != OWN:
            cleaned["period"] = self.offered.get(choice or "")
            return cleaned
        if not (cleaned.get("start") and cleaned.get("end")):
            self.add_error("start", gettext("Ein eigener Zeitraum braucht Beginn und Ende."))
            return cleaned
        if not {cleaned["start"].year, cleaned["end"].year} <= set(SENSIBLE_YEARS):
            self.add_error("start", gettext("Bitte prüfen Sie die Jahre von Beginn und Ende."))
            return cleaned
        cleaned["period"] = Period(cleaned["start"], cleaned["end"])
        try:
            stichtag(cleaned["period"], localdate())
        except PeriodError as error:
            self.add_error("start", str(error))
        return cleaned
