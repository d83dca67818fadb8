"""The library's form to set up an authenticator app."""

import time
from typing import Any, Final

from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

KEPT: Final = 60 * 60
"""Seconds for which the page shows the same key: whoever loads it anew has scanned the first one."""
SHOWN_SINCE: Final = "app_key_shown_since"
NEVER_FITS: Final = gettext_lazy(
    "Das hat nicht gepasst. Ein Code gilt nur kurz: Bitte nehmen Sie den nächsten. Passt keiner, prüfen Sie, "
    "ob die Uhr des Geräts richtig geht. Hilft auch das nicht, löschen Sie den Eintrag in der App und "
    "scannen das Bild noch einmal."
)


class AppForm(ActivateTOTPForm):
    code = forms.CharField(
        label=gettext_lazy("Code aus der App"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The library makes a new key each time the page is shown; one just shown takes its place."""
        session = context.request.session
        shown = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if shown and time.time() - session.get(SHOWN_SINCE, 0) < KEPT:
            self.secret = session[SECRET_SESSION_KEY] = shown
        elif not self.is_bound:
            session[SHOWN_SINCE] = time.time()

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except ValidationError as refusal:
            if refusal.code != "incorrect_code":
                raise
            raise ValidationError(str(NEVER_FITS), code="incorrect_code") from None
