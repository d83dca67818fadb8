"""Forms of a committee, its terms and its seats."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import ReasonForm, RecordForm
from governance.models import Committee, Seat, Term
from network.models import User
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.widgets import date_input

GROUPS = [
    (gettext_lazy("Das Gremium"), ["name", "kind", "municipality", "parent", "host", "rhythm", "task"]),
    (gettext_lazy("Regeln"), ["quorum", "notice_days", "wish_threshold", "number_prefix", "keeps_register"]),
    (gettext_lazy("Nachweis und Sichtbarkeit"), ["source", "visibility", "reason_for_change"]),
]


class CommitteeForm(RecordForm):
    class Meta:
        model = Committee
        fields = [name for _legend, names in GROUPS for name in names if name != "reason_for_change"]
        help_texts = {
            "municipality": gettext_lazy("Nur beim Rat einer Kommune."),
            "number_prefix": gettext_lazy("Steht vor den Beschlussnummern, zum Beispiel „LK“."),
            "notice_days": gettext_lazy("So viele Tage vor der Sitzung wird eingeladen."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Committee.objects.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        is_council = values.get("kind") == Committee.Kind.MUNICIPAL_COUNCIL
        if is_council and not values.get("municipality") and "municipality" not in self.errors:
            self.add_error("municipality", _("Bitte wählen Sie die Kommune, deren Rat das ist."))
        if "kind" in values and not is_council and values.get("municipality"):
            self.add_error("municipality", _("Eine Kommune gehört nur zum „Rat einer Kommune“."))
        return values

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in GROUPS
        ]


class OfCommittee(RecordForm):
    """A row of a committee. Its constraints speak of the committee, which the address gives."""

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.committee = committee

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"committee", "ends_on"}  # type: ignore[misc]


class TermForm(OfCommittee):
    class Meta:
        model = Term
        fields = ["name", "starts_on", "ends_on"]
        widgets = {"starts_on": date_input(), "ends_on": date_input()}


class SeatForm(OfCommittee):
    class Meta:
        model = Seat
        fields = [
            *["group", "function", "organisation", "votes", "is_chair", "is_deputy_chair", "deputy_for"],
            *["term", "starts_on", "ends_on", "user"],
        ]
        widgets = {"starts_on": date_input(), "ends_on": date_input()}
        help_texts = {
            "function": gettext_lazy("Die Funktion, nicht der Name einer Person."),
            "votes": gettext_lazy("Ohne Haken: beratend. Eine Stellvertretung stimmt nur für ihren Sitz."),
            "user": gettext_lazy(
                "Wer hier ein Konto hat, liest auch die nichtöffentlichen Unterlagen des Gremiums."
            ),
        }

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, committee=committee, **kwargs)
        still_there = Q(ends_on=None) | Q(ends_on__gte=localdate()) | Q(pk=self.instance.deputy_for_id)
        deputised = committee.seats.regular().filter(still_there).exclude(pk=self.instance.pk)
        self.fields["deputy_for"].queryset = deputised  # type: ignore[attr-defined]
        self.fields["term"].queryset = committee.terms.all()  # type: ignore[attr-defined]
        self.fields["user"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("deputy_for"):
            values["votes"] = False
        return values


class SeatEndForm(ReasonForm):
    """To which day a seat ends, and why."""

    on = forms.DateField(label=gettext_lazy("letzter Tag"), widget=date_input())
    field_order = ["on", "reason", "version"]

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day.year not in SENSIBLE_YEARS:
            raise forms.ValidationError(_("Bitte prüfen Sie das Jahr."))
        return day
