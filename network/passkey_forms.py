"""The library's forms of passkeys; an answer that no device gives is refused in words instead of breaking."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

NO_ANSWER = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
"""What reading a made-up answer runs into."""


class AddForm(forms.AddWebAuthnForm):
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


class SignInForm(_Credential, forms.LoginWebAuthnForm):
    """Signing in by the passkey alone."""


class AgainForm(_Credential, forms.ReauthenticateWebAuthnForm):
    """Proving once more who somebody is."""
