"""The library's forms of passkeys; an answer that no device gives is refused in words instead of breaking."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField

NO_ANSWER = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
"""What reading a made-up answer runs into."""


class AnswerField(JSONField):
    """What the device says, as JSON. Django's own breaks at thousands of digits and at too many levels."""

    widget = HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class AddForm(forms.AddWebAuthnForm):
    credential = AnswerField()

    def clean(self) -> dict[str, Any]:
        try:
            values: dict[str, Any] = super().clean()
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None
        return values


class _Credential:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None


class AuthenticateForm(_Credential, forms.AuthenticateWebAuthnForm):
    """The second step of signing in."""

    credential = AnswerField()


class SignInForm(_Credential, forms.LoginWebAuthnForm):
    """Signing in by the passkey alone."""

    credential = AnswerField()


class AgainForm(_Credential, forms.ReauthenticateWebAuthnForm):
    """Proving once more who somebody is."""

    credential = AnswerField()
