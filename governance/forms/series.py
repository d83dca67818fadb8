"""The form of a series: its rule in words people use."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import Series
from governance.recurrence import MOST_MEETINGS, PLACES, WEEKDAYS, rule_of, words_of
from governance.services.series import save_series
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import date_input

WHEN = [
    *["starts_on", "at", "minutes", "rhythm", "every", "by", "nth", "weekday", "month_day"],
    *["end", "until", "count", "left_out"],
]
NEEDED = {
    "weekly": ["every", "weekday"],
    "weekday": ["nth", "weekday"],
    "month_day": ["month_day"],
    "until": ["until"],
    "count": ["count"],
}
"""Which answers each choice asks for; the others are hidden, and not looked at."""


class RuleForm(RecordForm):
    """What recurs by a rule: a model with `starts_on`, `at`, `minutes`, `left_out` and `rule`."""

    what: list[str]
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Wie oft?"),
        choices=[
            ("weekly", gettext_lazy("alle … Wochen")),
            ("monthly", gettext_lazy("monatlich")),
            ("quarterly", gettext_lazy("vierteljährlich")),
        ],
        widget=forms.RadioSelect,
        initial="monthly",
    )
    every = forms.IntegerField(
        label=gettext_lazy("Alle wie viele Wochen?"), min_value=1, max_value=52, required=False, initial=1
    )
    by = forms.ChoiceField(
        label=gettext_lazy("An welchem Tag des Monats?"),
        choices=[
            ("weekday", gettext_lazy("an einem Wochentag, zum Beispiel am zweiten Mittwoch")),
            ("month_day", gettext_lazy("an einem festen Tag, zum Beispiel am 15.")),
        ],
        widget=forms.RadioSelect,
        initial="weekday",
    )
    nth = forms.ChoiceField(
        label=gettext_lazy("Der wievielte im Monat?"), choices=[*PLACES.items()], required=False
    )
    weekday = forms.ChoiceField(label=gettext_lazy("Wochentag"), choices=[*WEEKDAYS.items()], required=False)
    month_day = forms.IntegerField(
        label=gettext_lazy("Tag im Monat"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=gettext_lazy("Ein Monat ohne diesen Tag fällt aus."),
    )
    end = forms.ChoiceField(
        label=gettext_lazy("Wie lange?"),
        choices=[("until", gettext_lazy("bis zu einem Tag")), ("count", gettext_lazy("so viele Male"))],
        widget=forms.RadioSelect,
        initial="until",
    )
    until = forms.DateField(label=gettext_lazy("Bis"), widget=date_input(), required=False)
    count = forms.IntegerField(
        label=gettext_lazy("Wie viele Male?"), min_value=1, max_value=MOST_MEETINGS, required=False
    )

    class Meta:
        fields = ["starts_on", "at", "minutes", "left_out", "rule"]
        widgets = {
            "rule": forms.HiddenInput,
            "starts_on": date_input(),
            "at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "left_out": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"starts_on": gettext_lazy("Beginnt am"), "at": gettext_lazy("Uhrzeit")}
        help_texts = {
            "starts_on": gettext_lazy("Der erste Termin ist an diesem Tag oder danach."),
            "at": gettext_lazy("Ortszeit, im Sommer wie im Winter."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].disabled, self.fields["rule"].required = True, False
        for name in self._needed():
            self.fields[name].required = True
        if self.instance.rule:
            self.initial.update(words_of(self.instance.rule))

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Was und wo"): self.what,
            _("Wann"): WHEN,
            _("Änderung"): ["reason_for_change"],
        }
        groups = (
            (legend, [self[name] for name in names if name in self.fields]) for legend, names in split.items()
        )
        return [{"legend": legend, "fields": fields} for legend, fields in groups if fields]

    def _needed(self) -> set[str]:
        """What the sent choices ask for; before anything was sent none is called optional."""
        if not self.is_bound:
            return {name for names in NEEDED.values() for name in names}
        rhythm, by, end = (self.data.get(self.add_prefix(name), "") for name in ("rhythm", "by", "end"))
        return {
            name for choice in (rhythm if rhythm == "weekly" else by, end) for name in NEEDED.get(choice, [])
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            self._check_end(values)
        if not self.errors:
            values["rule"] = rule_of(values)
        return values

    def _check_end(self, values: dict[str, Any]) -> None:
        until: date | None = values.get("until")
        if values["end"] == "until" and until and until < values["starts_on"]:
            self.add_error("until", _("Das Ende liegt vor dem Beginn."))

    def _post_clean(self) -> None:
        """Without a rule there is nothing that the model could check."""
        if not self.errors:
            super()._post_clean()  # type: ignore[misc]


class SeriesForm(RuleForm):
    what = ["title", "place", "online_url", "visibility"]

    class Meta(RuleForm.Meta):
        model = Series
        fields = [*["title", "place", "online_url", "visibility"], *RuleForm.Meta.fields]

    def save_over_read_version(self, *, by: Any) -> Versioned:
        return save_series(
            series=self.instance,
            version=self.cleaned_data.get("version"),
            by=by,
            reason=self.cleaned_data.get("reason_for_change", ""),
        )
