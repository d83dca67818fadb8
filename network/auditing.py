"""What of signing in goes into the audit log, by the signals of Django, allauth and axes.

New accounts and changed rights are noted by a trigger of the table itself, whichever way they come.
"""

from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from network.models import User
from network.second_factor import has_tries_left
from smartregion.base import audit
from smartregion.base.audit import Kind

PASSWORD_SIGNALS: Final = (password_changed, password_set)


@receiver(user_logged_in)
def on_sign_in(user: Any, **_signal: Any) -> None:
    audit.note(Kind.SIGNED_IN, by=user)


@receiver(user_logged_out)
def on_sign_out(user: Any, **_signal: Any) -> None:
    if user is not None and user.pk:
        audit.note(Kind.SIGNED_OUT, by=user)


@receiver(user_login_failed)
def on_failed_sign_in(credentials: dict[str, Any], **_signal: Any) -> None:
    audit.note(
        Kind.SIGN_IN_FAILED, about=_account_of(credentials.get("email") or credentials.get("username"))
    )


@receiver(user_locked_out)
def on_lock_out(request: Any, username: str | None, **_signal: Any) -> None:
    """Once, for the try that locked; axes counts none that comes while it is locked."""
    if request.axes_failures_since_start is not None:
        audit.note(Kind.LOCKED_OUT, about=_account_of(username))


@receiver(PASSWORD_SIGNALS)
def on_password(user: Any, **_signal: Any) -> None:
    audit.note(Kind.PASSWORD_CHANGED, by=user)


@receiver(password_reset)
def on_reset(user: Any, **_signal: Any) -> None:
    audit.note(Kind.PASSWORD_RESET, about=user)


def _account_of(address: str | None) -> User | None:
    """Asks once, whether or not there is such an account; an address that nobody has is not kept."""
    return User.objects.filter(email=(address or "").strip().lower().replace("\0", "")[:254]).first()


@receiver(authentication_failed)
def on_wrong_code(request: Any, user: Any, **_signal: Any) -> None:
    audit.note(Kind.FACTOR_FAILED, about=user)
    if not has_tries_left(request, user):
        audit.note(Kind.LOCKED_OUT, about=user)


@receiver((authenticator_added, authenticator_removed))
def on_factor(user: Any, authenticator: Any, signal: Any, **_signal: Any) -> None:
    """Recovery codes come and go with the factor for which they stand in."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    audit.note(Kind.FACTOR_ADDED if signal is authenticator_added else Kind.FACTOR_REMOVED, by=user)
