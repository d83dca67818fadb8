"""Forms of minutes."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.documents.words import parts_of
from governance.models import AgendaItem, Amendment, Meeting, Minutes
from governance.services.minutes import Overlap, Writing
from smartregion.base.fields import LONG, UnclippedField
from smartregion.base.widgets import date_input

HEAD: Final = ["chair", "minute_taker", "opened_at", "closed_at"]
MOST_VERSIONS: Final = 2**31 - 1


class MinutesForm(forms.Form):
    """The whole minutes on one page: the meeting's data, and a text for each item."""

    version = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_VERSIONS, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, minutes: Minutes, items: Iterable[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        widgets = {"opened_at": clock, "closed_at": clock}
        self.fields.update(forms.fields_for_model(Minutes, HEAD, widgets=widgets))  # type: ignore[arg-type]
        self.initial.update({name: getattr(minutes, name) for name in HEAD})
        self.initial["version"] = minutes.version if minutes.pk else None
        for item in self.items:
            self.fields[_text(item)] = UnclippedField(
                label=str(item),
                required=False,
                max_length=LONG,
                widget=forms.Textarea({"rows": 6}),
            )
            self.fields[_version(item)] = forms.IntegerField(
                required=False, min_value=1, max_value=MOST_VERSIONS, widget=forms.HiddenInput
            )
            self.initial.update({_text(item): item.minutes, _version(item): item.version})

    @property
    def groups(self) -> list[dict[str, Any]]:
        head = {"legend": _("Sitzung"), "fields": [self[name] for name in HEAD]}
        parts = [
            {"legend": label, "fields": [self[_text(item)] for item in items]}
            for label, items in parts_of(self.items)
        ]
        return [head, *parts]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was sent and says something else than what is stored, by field of the head and by item."""
        sent = [(item, str(self.data.get(_text(item), "")).replace("\r\n", "\n")) for item in self.items]
        texts = [(str(item), text) for item, text in sent if text.strip() and text != item.minutes]
        head = [(self[name], str(self.data.get(name, "")).strip()) for name in HEAD]
        return [(str(field.label), text) for field, text in head if text not in {"", _shown(field)}] + texts

    @property
    def head(self) -> Writing:
        values = self.cleaned_data
        return Writing(values["version"], {name: values[name] for name in HEAD})

    @property
    def texts(self) -> dict[int, Writing]:
        values = self.cleaned_data
        return {
            item.pk: Writing(values[_version(item)], {"minutes": values[_text(item)].replace("\r\n", "\n")})
            for item in self.items
        }

    def show_overlaps(self, overlaps: list[Overlap]) -> None:
        """Say at each field what stands there by now; what was typed stays, and saving again replaces it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for name in self.fields:
            if name == "version" or name.startswith("version_"):
                data[name] = self.initial.get(name) or ""
        self.data = data
        for overlap in overlaps:
            name = f"text_{overlap.item}" if overlap.item else overlap.name
            message = _(
                "Jemand anderes hat das inzwischen geändert. Gespeichert ist: „%s“. "
                "Wenn Sie noch einmal speichern, gilt Ihr Text."
            )
            self.add_error(name, message % (overlap.stored if overlap.stored is not None else ""))


def _shown(field: forms.BoundField) -> str:
    """The stored value as its control writes it."""
    return str(field.field.widget.format_value(field.initial) or "")


def _text(item: AgendaItem) -> str:
    return f"text_{item.pk}"


def _version(item: AgendaItem) -> str:
    return f"version_{item.pk}"


class MeetingChoice(forms.ModelChoiceField[Meeting]):
    def label_from_instance(self, obj: Meeting) -> str:
        return f"{obj.day:%d.%m.%Y} · {obj.title}"


class ApprovalForm(forms.Form):
    """When the committee approved the minutes: in a meeting, or on a day."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    approved_in = MeetingChoice(
        Meeting.objects.none(),
        required=False,
        label=gettext_lazy("Genehmigt in der Sitzung"),
        empty_label=gettext_lazy("in keiner Sitzung"),
    )
    approved_on = forms.DateField(
        required=False,
        label=gettext_lazy("oder genehmigt am"),
        widget=date_input(),
        help_text=gettext_lazy("Nur wenn die Genehmigung nicht in einer Sitzung geschah."),
    )

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = minutes.version
        meeting = minutes.meeting
        later = Meeting.objects.filter(committee=meeting.committee_id, starts_at__gt=meeting.starts_at)
        self.fields["approved_in"].queryset = later.have_come().order_by("starts_at")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if bool(values.get("approved_in")) == bool(values.get("approved_on")) and not self.errors:
            raise ValidationError(_("Bitte wählen Sie eine Sitzung, oder nennen Sie den Tag."))
        return values


class AmendmentForm(forms.ModelForm[Amendment]):
    class Meta:
        model = Amendment
        fields = ["on", "text", "visibility"]
        widgets = {"on": date_input()}
        help_texts = {
            "text": gettext_lazy("Was falsch ist und wie es richtig heißt. Lässt sich nicht mehr ändern."),
        }
