"""Forms of accounts: invite, accept, a new address, a reason."""

from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Invitation, Role, User
from network.password_rules import AGAIN, GOOD_PASSWORD, NOT_EQUAL

PASSWORD, PASSKEY = "password", "passkey"
LONGEST_PASSWORD: Final = 4_096
ONLY_OF_ONE_ROLE: Final = gettext_lazy("Nur für die Rolle Kommune.")


def new_password(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": "new-password"})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=LONGEST_PASSWORD, **kwargs)


def on_one_line(text: str) -> str:
    """Without line breaks and signs that nobody sees: a name also stands in mails.

    Raises:
        ValidationError: nothing is left.
    """
    seen = "".join(sign if sign.isprintable() else " " * sign.isspace() for sign in text)
    if not (name := " ".join(seen.split())):
        raise ValidationError(_("Bitte geben Sie einen Namen oder eine Funktion an."))
    return name


class _NamedForm(forms.BaseForm):
    """With the name of an account."""

    def clean_name(self) -> str:
        return on_one_line(self.cleaned_data["name"])


class _RoleForm(_NamedForm, forms.ModelForm[Any]):
    """With role and municipality. `roles` are those that whoever fills it in may give."""

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Bitte wählen")), *((role.value, role.label) for role in roles)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["municipality"].empty_label = _("keine")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Says at the field what the database would refuse."""
        values = super().clean() or self.cleaned_data
        if not {"role", "municipality"} <= values.keys():
            return values
        if values["role"] == Role.MUNICIPALITY and values["municipality"] is None:
            self.add_error("municipality", _("Bitte wählen Sie die Kommune, für die das Konto ist."))
        elif values["role"] != Role.MUNICIPALITY and values["municipality"] is not None:
            self.add_error("municipality", _("Nur die Rolle Kommune hat eine. Bitte wählen Sie „keine“."))
        return values


class InvitationForm(_RoleForm):
    class Meta:
        model = Invitation
        fields = ["email", "name", "role", "municipality"]
        help_texts = {
            "email": gettext_lazy("Hat die Person schon ein Konto, sagt ihr das die E-Mail."),
            "name": gettext_lazy("Die Person kann ihn beim Annehmen ändern."),
            "municipality": ONLY_OF_ONE_ROLE,
        }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class AcceptForm(_NamedForm, forms.Form):
    """`email` is that of the invitation, which the password may not resemble."""

    name = forms.CharField(label=gettext_lazy("Name oder Funktion"), max_length=120)
    way = forms.ChoiceField(
        label=gettext_lazy("Wie möchten Sie sich anmelden?"),
        choices=[
            (PASSWORD, gettext_lazy("Mit einem Passwort")),
            (PASSKEY, gettext_lazy("Mit einem Passkey: Fingerabdruck, Gesicht oder PIN Ihres Geräts")),
        ],
        widget=forms.RadioSelect,
        initial=PASSWORD,
        help_text=gettext_lazy(
            "Für den Passkey braucht Ihr Browser JavaScript; Sie legen ihn im nächsten Schritt an."
        ),
    )
    password1 = new_password(
        gettext_lazy("Passwort"),
        help_text=GOOD_PASSWORD,
    )
    password2 = new_password(AGAIN)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        for name in ("password1", "password2"):
            self.fields[name].required = self.data.get("way") != PASSKEY

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("way") != PASSWORD:
            return values
        first, again = values.get("password1", ""), values.get("password2", "")
        if first and again and first != again:
            self.add_error("password2", str(NOT_EQUAL))
        elif first:
            try:
                validate_password(first, User(email=self.email, name=values.get("name", "")))
            except ValidationError as refusal:
                self.add_error("password1", refusal)
        return values

    @property
    def password(self) -> str | None:
        """None for an account that gets a passkey."""
        return self.cleaned_data["password1"] if self.cleaned_data["way"] == PASSWORD else None


class AddressForm(forms.Form):
    """`present` is the address that the account has."""

    email = forms.EmailField(
        label=gettext_lazy("Neue E-Mail-Adresse"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("Dorthin kommt ein Link. Erst wenn Sie ihn öffnen, gilt die neue Adresse."),
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.present:
            raise ValidationError(_("Das ist schon Ihre Adresse."))
        return email


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Grund"),
        max_length=300,
        help_text=gettext_lazy("Steht im Verlauf des Kontos, zum Beispiel „Anruf der Gemeinde vom 12.03.“"),
    )


class AccountForm(ReasonForm, _RoleForm):
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = User
        fields = ["name", "role", "municipality"]
        help_texts = {"municipality": ONLY_OF_ONE_ROLE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"].initial = self.instance.state

    def show_anew(self, state: str) -> None:
        """The next time the form is sent it knows this state of the account."""
        self.data = {**self.data.dict(), "shown": state}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if set(self.changed_data) <= {"reason", "shown"}:
            raise ValidationError(_("Name, Rolle und Kommune sind noch so, wie sie waren."))
        return values


class AccountFilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name oder E-Mail"), required=False, max_length=200)
    role = forms.ChoiceField(
        label=gettext_lazy("Rolle"), required=False, choices=[("", gettext_lazy("alle")), *Role.choices]
    )
    show = forms.ChoiceField(
        label=gettext_lazy("Zeigen"),
        required=False,
        choices=[
            ("", gettext_lazy("alle")),
            ("without", gettext_lazy("ohne zweiten Faktor")),
            ("never", gettext_lazy("nie angemeldet")),
            ("inactive", gettext_lazy("abgeschaltet")),
        ],
    )
