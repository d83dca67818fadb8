"""Forms of a development team: seats, invitations and the answer to one, minutes, inputs."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.plan import PartOfMeasure
from measures.models import Impulse, TeamInvitation, TeamMeeting, TeamMember, Visibility
from network.account_forms import new_password
from network.models import Role, User
from network.password_rules import AGAIN, GOOD_PASSWORD, NOT_EQUAL
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import MarkdownInput, date_input


class TeamMemberForm(VersionedModelForm, PartOfMeasure):
    class Meta:
        model = TeamMember
        fields = ["sector", "organisation", "function", "role", "user"]
        help_texts = {
            "function": gettext_lazy(
                "Zum Beispiel „Projektleitung“. Bitte kein Name: Die Angabe ist öffentlich."
            ),
            "user": gettext_lazy(
                "Nur, wenn diese Person im Portal mitarbeiten soll. Wird nicht veröffentlicht. Wer noch kein "
                "Konto hat, wird auf der Seite des Teams eingeladen."
            ),
        }


class TeamMemberAddForm(TeamMemberForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


NOT_FOR_DRAFTS = gettext_lazy(
    "Die Maßnahme ist noch ein Entwurf: Wer eingeladen wird, sähe sie nicht. Bitte geben Sie die Maßnahme "
    "zuerst intern oder öffentlich frei."
)


class InvitationForm(forms.ModelForm[TeamInvitation]):
    class Meta:
        model = TeamInvitation
        fields = ["email"]
        help_texts = {"email": gettext_lazy("Die Mail enthält einen Link, der 14 Tage und nur ein Mal gilt.")}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        if self.instance.seat.measure.visibility == Visibility.DRAFT:
            raise forms.ValidationError(NOT_FOR_DRAFTS)
        return super().clean() or self.cleaned_data


class TeamAccountForm(forms.Form):
    """An account for the invited address. `email` is not asked for: the link stands for it."""

    name = forms.CharField(
        label=gettext_lazy("Name oder Funktion"),
        max_length=120,
        error_messages={"required": gettext_lazy("Bitte geben Sie einen Namen oder eine Funktion an.")},
        help_text=gettext_lazy("So stehen Sie im Verlauf, zum Beispiel „Wirtschaftsförderung Aadorf“."),
    )
    password = new_password(
        gettext_lazy("Passwort"),
        error_messages={"required": gettext_lazy("Bitte wählen Sie ein Passwort.")},
        help_text=GOOD_PASSWORD,
    )
    again = new_password(
        AGAIN,
        error_messages={"required": gettext_lazy("Bitte wiederholen Sie das Passwort.")},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        password = data.get("password")
        if password:
            self._check(password, User(email=self.email, name=data.get("name", ""), role=Role.TEAM))
        if password and data.get("again") and data["again"] != password:
            self.add_error("again", str(NOT_EQUAL))
        return data

    def _check(self, password: str, account: User) -> None:
        try:
            get_adapter().clean_password(password, account)
        except forms.ValidationError as refusal:
            self.add_error("password", refusal)


class TeamMeetingForm(VersionedModelForm):
    class Meta:
        model = TeamMeeting
        fields = ["on", "present", "text", "decisions"]
        widgets = {
            "on": date_input(),
            "present": forms.Textarea(attrs={"rows": 2}),
            "text": MarkdownInput,
            "decisions": MarkdownInput,
        }
        help_texts = {
            "present": gettext_lazy("Funktionen, keine Namen."),
            "decisions": gettext_lazy("Was gilt jetzt, wer macht was bis wann?"),
        }

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > localdate():
            raise forms.ValidationError(_("Der Tag liegt in der Zukunft."))
        return day


class TeamMeetingAddForm(TeamMeetingForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class ImpulseForm(VersionedModelForm):
    """The coordinator may hand in what somebody else said, and names the origin; others are it themselves."""

    class Meta:
        model = Impulse
        fields = ["title", "text", "origin"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, may_decide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_decide:
            self.initial["origin"] = self.instance.origin or Impulse.Origin.COORDINATION
        else:
            del self.fields["origin"]


class ImpulseAddForm(ImpulseForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class ImpulseFateForm(VersionedModelForm):
    reason_for_change = None  # type: ignore[assignment]

    class Meta:
        model = Impulse
        fields = ["fate", "fate_reason", "task", "milestone"]
        widgets = {"fate_reason": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "fate_reason": gettext_lazy(
                "Nötig bei „zurückgestellt“ und „abgelehnt“. Wer den Impuls gegeben hat, liest es."
            ),
            "task": gettext_lazy("Wenn daraus eine Aufgabe dieser Maßnahme geworden ist."),
            "milestone": gettext_lazy("Oder ein Meilenstein."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure = self.instance.measure
        self.fields["task"].queryset = measure.tasks.all()  # type: ignore[attr-defined]
        self.fields["milestone"].queryset = measure.milestones.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        fate, became = data.get("fate"), data.get("task") or data.get("milestone")
        if fate in {Impulse.Fate.DEFERRED, Impulse.Fate.REJECTED} and not data.get("fate_reason"):
            self.add_error("fate_reason", _("Bitte schreiben Sie, warum."))
        if fate == Impulse.Fate.ADOPTED and not (became or data.get("fate_reason")):
            self.add_error(
                "fate_reason", _("Bitte wählen Sie Aufgabe oder Meilenstein, oder schreiben Sie, was gilt.")
            )
        if became and fate and fate != Impulse.Fate.ADOPTED:
            self.add_error("fate", _("Eine Aufgabe oder ein Meilenstein gehört zu „übernommen“."))
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.instance.decided_on = None if self.instance.is_open else localdate()
