"""Forms of resolutions."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import AgendaItem, FollowUp, Resolution
from governance.services.resolutions import next_number
from measures.models import Measure
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.widgets import date_input

FOLLOW_UP = ("what", "responsible", "due_on")


class FollowUpRows(forms.Form):
    """Up to three things to do after a resolution, each "Auftrag, zuständig, bis"."""

    ROWS = range(1, 4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in self.ROWS:
            for name in FOLLOW_UP:
                field = cast(forms.Field, FollowUp._meta.get_field(name).formfield())
                field.required = False
                if name == "due_on":
                    field.widget = date_input()
                self.fields[f"{name}_{row}"] = field

    @classmethod
    def initial_of(cls, follow_ups: Iterable[FollowUp]) -> dict[str, Any]:
        rows = zip(cls.ROWS, follow_ups, strict=False)
        return {f"{name}_{row}": getattr(it, name) for row, it in rows for name in FOLLOW_UP}

    def follow_ups(self) -> list[FollowUp]:
        """One for each row in which anything was typed."""
        rows = [
            {name: self.cleaned_data.get(f"{name}_{row}") or None for name in FOLLOW_UP} for row in self.ROWS
        ]
        return [
            FollowUp(
                what=row["what"] or str(FollowUp.WHOLE),
                responsible=row["responsible"] or "",
                due_on=row["due_on"],
            )
            for row in rows
            if any(row.values())
        ]

    def check_due(self, resolved_on: date | None) -> None:
        for row in self.ROWS:
            due_on = self.cleaned_data.get(f"due_on_{row}")
            if due_on and resolved_on and due_on < resolved_on:
                self.add_error(f"due_on_{row}", _("Die Frist kann nicht vor dem Beschluss liegen."))
            elif due_on and due_on.year not in SENSIBLE_YEARS:
                self.add_error(f"due_on_{row}", _("Bitte prüfen Sie das Jahr %04d.") % due_on.year)


class ResolutionForm(FollowUpRows, forms.ModelForm[Resolution]):
    """What is recorded for good. The agenda item gives committee and day."""

    class Meta:
        model = Resolution
        fields = [
            "number",
            "title",
            "wording",
            "outcome",
            "votes_for",
            "votes_against",
            "abstentions",
            "vote_note",
            "measures",
            "visibility",
        ]
        widgets = {"wording": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "votes_for": gettext_lazy("Ja, Nein und Enthaltungen: alle drei angeben oder keines."),
            "vote_note": gettext_lazy("Zum Beispiel „ohne förmliche Abstimmung“."),
            "measures": gettext_lazy("Mehrere wählen Sie mit gedrückter Strg-Taste."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = False
        proposal = next_number(committee=self.instance.committee, day=self.instance.resolved_on)
        self.fields["number"].help_text = _("Bleibt sie leer, wird es die nächste freie: %(number)s.") % {
            "number": proposal
        }
        self.fields["measures"].queryset = Measure.objects.order_by("no")  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Beschluss"): ["item", "resolved_on", "number", "title", "wording"],
            _("Ergebnis"): ["outcome", "votes_for", "votes_against", "abstentions", "vote_note"],
            **{
                _("Auftrag %d") % row: [f"{name}_{row}" for name in FOLLOW_UP] for row in self.ROWS
            },
            _("Zuordnung"): ["measures", "visibility", "reason"],
        }
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in split.items()
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.check_due(values.get("resolved_on") or self.instance.resolved_on)
        return values

    def number_it(self) -> None:
        """Fix the number that the resolution shall get, so that sending it twice does not record it twice."""
        if not self.instance.number:
            row = self.instance
            row.number = next_number(committee=row.committee, day=row.resolved_on)
            data = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("number")] = row.number
            self.data = data


class SupersedeForm(ResolutionForm):
    """A corrected resolution; it may stem from an agenda item or only mend a slip of the pen."""

    item = forms.ModelChoiceField(AgendaItem.objects.none(), label=gettext_lazy("TOP"), required=False)
    reason = forms.CharField(label=gettext_lazy("Grund der Ersetzung"), max_length=300)

    class Meta(ResolutionForm.Meta):
        fields = ["item", "resolved_on", *ResolutionForm.Meta.fields]
        widgets = {**ResolutionForm.Meta.widgets, "resolved_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = AgendaItem.objects.filter(meeting__committee=self.instance.committee_id)
        self.fields["item"].queryset = items.select_related("meeting").order_by(  # type: ignore[attr-defined]
            "-meeting__starts_at", "number"
        )
        self.fields["item"].label_from_instance = (  # type: ignore[attr-defined]
            lambda item: f"{item.meeting.day:%d.%m.%Y} · {item}"
        )

    def clean_resolved_on(self) -> date:
        day: date = self.cleaned_data["resolved_on"]
        if day > localdate():
            raise ValidationError(_("Das Datum liegt in der Zukunft."))
        return day


class ResolutionVisibilityForm(RecordForm):
    """The only thing about a resolution that may change."""

    class Meta:
        model = Resolution
        fields = ["visibility"]
