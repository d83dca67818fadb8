"""The library's forms for a new password; what a good one is they say in the words of the invitation."""

from typing import Any

from allauth.account import forms

from network.password_rules import GOOD_PASSWORD


class _Told:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = GOOD_PASSWORD  # type: ignore[attr-defined]


class ChangeForm(_Told, forms.ChangePasswordForm):
    """By whoever knows the present one."""


class SetForm(_Told, forms.SetPasswordForm):
    """For an account without one."""


class ForgottenForm(_Told, forms.ResetPasswordKeyForm):
    """Behind the link in the mail."""
