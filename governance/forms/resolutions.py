"""Forms of resolutions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.agenda import measures_on
from governance.forms.base import RecordForm
from governance.models import AgendaItem, FollowUp, Resolution, Seat
from governance.models.resolution import COUNTED
from governance.services.resolutions import count_votes, floor_for
from measures.models import BudgetLine, Measure, RolloutCell
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.money import euro
from smartregion.base.text import german_order
from smartregion.base.widgets import ManyChecks, date_input

FOLLOW_UP = ("what", "responsible", "due_on")
VOTES = ("votes_for", "votes_against", "abstentions")


def clean_day(form: Any) -> date:
    day: date = form.cleaned_data["resolved_on"]
    if day > localdate():
        raise ValidationError(_("Das Datum liegt in der Zukunft."))
    return day


class FollowUpRows(forms.Form):
    """Up to three things to do after a resolution, each "Auftrag, zuständig, bis"."""

    ROWS = range(1, 4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in self.ROWS:
            for name in FOLLOW_UP:
                stored: Any = FollowUp._meta.get_field(name)
                field = stored.formfield(required=False)
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

    marks_required = True
    biased = forms.ModelMultipleChoiceField(
        Seat.objects.none(),
        label=gettext_lazy("Befangen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Wer befangen ist, war anwesend, stimmt aber nicht mit."),
    )

    class Meta:
        model = Resolution
        fields = [
            "number",
            "title",
            "wording",
            "approves",
            "outcome",
            "votes_for",
            "votes_against",
            "abstentions",
            "vote_note",
            "measures",
            "visibility",
        ]
        widgets: dict[str, forms.Widget] = {
            "wording": forms.Textarea(attrs={"rows": 8}),
            "measures": ManyChecks(),
        }
        help_texts = {
            "vote_note": gettext_lazy("Zum Beispiel „ohne förmliche Abstimmung“."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        committee = self.instance.committee
        if committee.keeps_register:
            del self.fields["number"]
        self.floor = floor_for(self.instance)
        seats = [seat.pk for seat in self.floor.seats] if self.floor else []
        if seats and "biased" in self.fields:
            self.fields["biased"].queryset = Seat.objects.filter(pk__in=seats)  # type: ignore[attr-defined]
        else:
            self.fields.pop("biased", None)
        if "outcome" in self.fields:
            self.fields["outcome"].choices = [("", _("Bitte wählen")), *Resolution.Outcome.choices]  # type: ignore[attr-defined]
        waiting = Resolution.objects.to_be_approved().filter(committee=committee).values("pk")
        approved_before = Q(pk=self.instance.approves_id)
        self._offer_approval(Resolution.objects.filter(Q(pk__in=waiting) | approved_before))
        self.fields["measures"].queryset = Measure.objects.order_by("no")  # type: ignore[attr-defined]
        if self.instance.item:
            self.fields["measures"].widget.first = measures_on(self.instance.item.meeting)

    def _offer_approval(self, urgent: Any) -> None:
        if "approves" in self.fields and urgent:
            self.fields["approves"].queryset = urgent  # type: ignore[attr-defined]
            self.fields["approves"].empty_label = _("keine")  # type: ignore[attr-defined]
        else:
            self.fields.pop("approves", None)

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Beschluss"): ["item", "resolved_on", "number", "title", "wording", "approves"],
            _("Ergebnis"): ["outcome", *VOTES, "biased", "vote_note"],
            **{_("Auftrag %d") % row: [f"{name}_{row}" for name in FOLLOW_UP] for row in self.ROWS},
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

    def _get_validation_exclusions(self) -> set[str]:
        """The constraints of a vote speak of who was there, which the attendance says."""
        row = self.instance
        row.item = self.cleaned_data.get("item") or row.item
        row.sequence = 0 if row.committee.keeps_register else None
        try:
            count_votes(row, list(self.cleaned_data.get("biased") or []))
        except ValidationError as error:
            self.add_error(None, error)
        known = {*COUNTED, "sequence", "procedure", *([] if row.committee.keeps_register else ["committee"])}
        return super()._get_validation_exclusions() - known  # type: ignore[misc]


class UrgentForm(ResolutionForm):
    """What could not wait for a meeting; the committee has to approve it afterwards."""

    class Meta(ResolutionForm.Meta):
        fields = [
            *["number", "resolved_on", "title", "wording"],
            *["outcome", "vote_note", "measures", "visibility"],
        ]
        widgets = {**ResolutionForm.Meta.widgets, "resolved_on": date_input()}

    clean_resolved_on = clean_day


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

    clean_resolved_on = clean_day

    def clean(self) -> dict[str, Any]:
        """What agrees to nothing approves nothing, though the form offers what the old one has approved."""
        values = super().clean()
        if "approves" in values and values.get("outcome") not in Resolution.BINDING:
            values["approves"] = None
        return values


class ResolutionVisibilityForm(RecordForm):
    """The only thing about a resolution that may change."""

    class Meta:
        model = Resolution
        fields = ["visibility"]


class CellChoice(forms.ModelMultipleChoiceField[RolloutCell]):
    def label_from_instance(self, obj: RolloutCell) -> str:
        return f"{obj.measure.no} · {obj.municipality.name}"


class LineChoice(forms.ModelMultipleChoiceField[BudgetLine]):
    def label_from_instance(self, obj: BudgetLine) -> str:
        return f"{obj.measure.no} · {obj} · {euro(obj.amount)}"


class LinkForm(forms.Form):
    """What else a resolution is about; cells and money are those of the measures that it names already."""

    measures = forms.ModelMultipleChoiceField(
        Measure.objects.none(), label=gettext_lazy("Maßnahmen"), required=False, widget=ManyChecks
    )
    cells = CellChoice(
        RolloutCell.objects.none(),
        label=gettext_lazy("Stand in Kommunen"),
        required=False,
        widget=ManyChecks,
    )
    lines = LineChoice(
        BudgetLine.objects.none(), label=gettext_lazy("Planansätze"), required=False, widget=ManyChecks
    )

    def __init__(self, *args: Any, resolution: Resolution, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = resolution.measures.all()
        cells = RolloutCell.objects.visible_to(user).filter(measure__in=named)
        lines = BudgetLine.objects.visible_to(user).filter(measure__in=named)
        choices = {
            "measures": Measure.objects.visible_to(user).exclude(pk__in=named).order_by("no"),
            "cells": cells.exclude(resolution_links__resolution=resolution)
            .select_related("measure", "municipality")
            .order_by("measure__no", *german_order("municipality__name")),
            "lines": lines.exclude(resolution_links__resolution=resolution).select_related("measure"),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            if not rows:
                del self.fields[name]
