"""Forms of events, their programme, files and series; and the filter of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter, FilterSet

from fields.models import ActionField
from governance.forms.base import RecordForm
from governance.forms.meetings import moment_input
from governance.forms.series import RuleForm
from participation.models import Event, EventFile, EventSeries, Session
from participation.services.event_series import save_event_series
from participation.services.events import save_event
from smartregion.base.files import upload_field
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import MarkdownInput

REGISTRATION = ["takes_registrations", "audience", "capacity"]
MOMENTS = ("starts_at", "ends_at", "registration_ends_at")


class EventForm(RecordForm):
    told = 0
    """How many people were told of the change."""

    class Meta:
        model = Event
        fields = [
            *["kind", "title", "summary", "text", "field", "starts_at", "ends_at", "place", "online_url"],
            *["accessibility", *REGISTRATION, "registration_ends_at", "results", "visibility"],
        ]
        widgets = {
            **{name: moment_input() for name in MOMENTS},
            **dict.fromkeys(("text", "results"), MarkdownInput),
            "summary": forms.Textarea(attrs={"rows": 2}),
            "audience": forms.RadioSelect,
        }

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Was und wann"): ["kind", "title", "summary", "text", "field", "starts_at", "ends_at"],
            _("Wo und wie zugänglich"): ["place", "online_url", "accessibility"],
            _("Anmeldung"): [*REGISTRATION, "registration_ends_at"],
            _("Danach"): ["results"],
            _("Sichtbarkeit"): ["visibility", "reason_for_change"],
        }
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in split.items()
        ]

    def save_over_read_version(self, *, by: Any) -> Versioned:
        values = self.cleaned_data
        saved, self.told = save_event(
            event=self.instance, version=values.get("version"), by=by, reason=values["reason_for_change"]
        )
        return saved


class SessionForm(RecordForm):
    class Meta:
        model = Session
        fields = ["title", "starts_at", "ends_at", "field", "room", "speakers", "text"]
        widgets = {"starts_at": moment_input(), "ends_at": moment_input(), "text": MarkdownInput}


class EventSeriesForm(RuleForm):
    what = [*["title", "summary", "place", "online_url", "accessibility"], *REGISTRATION, "visibility"]

    class Meta(RuleForm.Meta):
        model = EventSeries
        fields = [
            *["title", "summary", "place", "online_url", "accessibility"],
            *[*REGISTRATION, "visibility"],
            *RuleForm.Meta.fields,
        ]
        widgets = {
            **RuleForm.Meta.widgets,
            "summary": forms.Textarea(attrs={"rows": 2}),
            "audience": forms.RadioSelect,
        }

    def save_over_read_version(self, *, by: Any) -> Versioned:
        values = self.cleaned_data
        return save_event_series(
            series=self.instance, version=values.get("version"), by=by, reason=values["reason_for_change"]
        )


class EventFileForm(RecordForm):
    class Meta:
        model = EventFile
        fields = ["title", "visibility"]


class EventFileAddForm(EventFileForm):
    file = upload_field()
    field_order = ("file", "title", "visibility")


class MessageForm(forms.Form):
    """A mail of the coordinator to people who registered."""

    to = forms.ChoiceField(
        label=gettext_lazy("An"),
        choices=[
            ("participants", gettext_lazy("alle, die einen Platz haben")),
            ("waiting", gettext_lazy("alle auf der Warteliste")),
            ("everybody", gettext_lazy("alle, die sich angemeldet haben")),
        ],
        widget=forms.RadioSelect,
        initial="participants",
    )
    subject = forms.CharField(label=gettext_lazy("Betreff"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Nachricht"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Reiner Text. Anrede, Veranstaltung und der Link zum Abmelden stehen schon da."
        ),
    )


class WalkInForm(forms.Form):
    """Somebody at the door; nothing of it has to be given."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Leer: zählt als Person ohne Namen."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.CharField(label=gettext_lazy("Organisation"), required=False, max_length=160)
    email = forms.EmailField(
        label=gettext_lazy("E-Mail"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Wer sich schon angemeldet hat, wird daran erkannt. Eine Mail geht nicht hinaus."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class EventFilter(FilterSet):
    """Choices of the address; a value that it does not know is ignored."""

    field = ChoiceFilter(
        method="keep_of_field", label=gettext_lazy("Handlungsfeld"), empty_label=gettext_lazy("alle")
    )
    kind = ChoiceFilter(
        choices=Event.Kind.choices, label=gettext_lazy("Art"), empty_label=gettext_lazy("alle")
    )

    def __init__(self, data: Any, queryset: Any) -> None:
        super().__init__(data=data, queryset=queryset)
        self.filters["field"].extra["choices"] = list(ActionField.objects.values_list("slug", "name"))

    def keep_of_field(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_field(value)
