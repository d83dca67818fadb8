"""The library's forms for a new password, in the words of the invitation."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter

from network.password_rules import AGAIN, GOOD_PASSWORD, NOT_EQUAL


class _Told:
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD
        self.fields["password2"].label = AGAIN
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """In place of the library's, which says the same in other words."""
        first, again = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and again and first != again:
            self.add_error("password2", NOT_EQUAL)  # type: ignore[attr-defined]
        return self.cleaned_data


class ChangeForm(_Told, forms.ChangePasswordForm):
    """By whoever knows the present one; a wrong one counts like a failed sign-in."""

    def clean_oldpassword(self) -> str:
        adapter, typed = get_adapter(), str(self.cleaned_data["oldpassword"])
        if not adapter.reauthenticate(self.user, typed):
            raise adapter.validation_error("enter_current_password")
        return typed


class SetForm(_Told, forms.SetPasswordForm):
    """For an account without one."""


class ForgottenForm(_Told, forms.ResetPasswordKeyForm):
    """Behind the link in the mail."""
