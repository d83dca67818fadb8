"""Forms of reports: the one that begins a report, and those of its way to the seal."""

from typing import Any, Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from measures.models import Measure, Visibility
from monitoring.models import Audience, ReportKind, ReportTemplate, ReportText
from monitoring.models.reports import SCOPES
from monitoring.periods import Period, offered_periods
from monitoring.services.reports import PeriodError, check_contents, stichtag
from monitoring.snapshot.world import NoData, TooEarly
from network.models import Municipality
from smartregion.base.editing import SENSIBLE_YEARS, VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input

OWN: Final = "eigener"


class MeasureChoice(forms.ModelChoiceField[Measure]):
    def label_from_instance(self, measure: Any) -> str:
        return f"{measure.no} {measure.title}"


class ReportForm(forms.Form):
    """Kind and what it is about, audience, and a period of the calendar or one's own.

    The style sheet shows a subject only for the kind that needs it; what the others say is ignored.
    """

    kind = forms.ChoiceField(label=_("Art"), choices=ReportKind.choices, widget=forms.RadioSelect)
    municipality = forms.ModelChoiceField(
        label=_("Kommune"), queryset=Municipality.objects.all(), required=False, empty_label=_("Bitte wählen")
    )
    field = forms.ModelChoiceField(
        label=_("Handlungsfeld"),
        queryset=ActionField.objects.all(),
        required=False,
        empty_label=_("Bitte wählen"),
    )
    measure = MeasureChoice(
        label=_("Maßnahme"), queryset=Measure.objects.none(), required=False, empty_label=_("Bitte wählen")
    )
    template = forms.ModelChoiceField(
        label=_("Vorlage"),
        queryset=ReportTemplate.objects.all(),
        required=False,
        empty_label=_("Bitte wählen"),
        help_text=_("Eine Vorlage legt Abschnitte und Maßnahmen fest; Sie pflegen sie unter „Vorlagen“."),
    )
    audience = forms.ChoiceField(
        label=_("Für wen?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Ein Bericht für den Lenkungskreis enthält auch interne Angaben und ist nur für Lenkungskreis, "
            "Koordination und Administration zu lesen. Entwürfe von Maßnahmen enthält kein Bericht."
        ),
    )
    period = forms.ChoiceField(
        label=_("Zeitraum"),
        help_text=_("Läuft der Zeitraum noch, ist heute der Stichtag und der Bericht ein Zwischenstand."),
    )
    start = forms.DateField(label=_("Beginn des eigenen Zeitraums"), required=False, widget=date_input())
    end = forms.DateField(label=_("Ende des eigenen Zeitraums"), required=False, widget=date_input())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = localdate()
        self.offered = {period.slug: period for period in offered_periods(today)}
        shown = Measure.objects.visible_to(user).exclude(visibility=Visibility.DRAFT).order_by("no")
        self.fields["measure"].queryset = shown  # type: ignore[attr-defined]
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            *((slug, self._label(period)) for slug, period in self.offered.items()),
            (OWN, gettext("Eigener Zeitraum (bitte Beginn und Ende angeben)")),
        ]
        latest_ended = next(slug for slug, period in self.offered.items() if period.is_over(today))
        usual = {"kind": ReportKind.STATUS, "audience": Audience.INTERNAL, "period": latest_ended}
        self.initial = {**usual, **self.initial}

    @staticmethod
    def _label(period: Period) -> str:
        if period.is_over(localdate()):
            return period.label
        return gettext("%s (läuft noch, Zwischenstand)") % period.label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._clean_scope(cleaned)
        self._clean_period(cleaned)
        if not self.errors:
            self._check_contents(cleaned)
        return cleaned

    def _clean_period(self, cleaned: dict[str, Any]) -> None:
        choice = cleaned.get("period")
        if choice != OWN:
            cleaned["period"] = self.offered.get(choice or "")
            return
        if not (cleaned.get("start") and cleaned.get("end")):
            self.add_error("start", gettext("Ein eigener Zeitraum braucht Beginn und Ende."))
            return
        if not {cleaned["start"].year, cleaned["end"].year} <= set(SENSIBLE_YEARS):
            self.add_error("start", gettext("Bitte prüfen Sie die Jahre von Beginn und Ende."))
            return
        cleaned["period"] = Period(cleaned["start"], cleaned["end"])
        try:
            stichtag(cleaned["period"], localdate())
        except PeriodError as error:
            self.add_error("start", str(error))

    def _check_contents(self, cleaned: dict[str, Any]) -> None:
        """What the job could not compile is not begun."""
        asked = {name: cleaned[name] for name in ("kind", "audience", "period", "scope")}
        try:
            check_contents(**asked)
        except TooEarly as error:
            self.add_error("start" if self.data.get("period") == OWN else "period", str(error))
        except NoData as error:
            self.add_error(SCOPES.get(cleaned["kind"]), str(error))

    def _clean_scope(self, cleaned: dict[str, Any]) -> None:
        name = SCOPES.get(cleaned.get("kind", ""))
        cleaned["scope"] = scope = cleaned.get(name) if name else None
        if name and scope is None and name not in self.errors:
            self.add_error(name, gettext("Bitte wählen Sie, worum es in diesem Bericht geht."))
        is_public = cleaned.get("audience") == Audience.PUBLIC
        if is_public and isinstance(scope, Measure) and scope.visibility != Visibility.PUBLIC:
            self.add_error("measure", gettext("Diese Maßnahme ist nicht öffentlich."))


class ReportTextForm(VersionedModelForm):
    reason_for_change = None  # type: ignore[assignment]

    class Meta:
        model = ReportText
        fields = ["text"]
        widgets = {"text": MarkdownInput({"rows": 8})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = self.instance.get_section_display()
        text.help_text = gettext(
            "Steht am Anfang des Abschnitts, in allen Formaten. Eine Leerzeile beginnt einen neuen Absatz."
        )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Steht am Entwurf, damit klar ist, was zu ändern ist."),
        error_messages={"required": _("Bitte sagen Sie, warum Sie den Bericht zurückgeben.")},
    )
