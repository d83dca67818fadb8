"""What of accounts goes into the audit log, by the signals of Django, allauth and axes."""

from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from network.models import User
from smartregion.base import audit
from smartregion.base.audit import Kind
from smartregion.base.history import acting_account

RIGHTS: Final = ("role", "municipality_id", "is_active")
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
def on_lock_out(username: str | None, **_signal: Any) -> None:
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


@receiver(pre_save, sender=User)
def remember_rights(instance: User, update_fields: Any, raw: bool = False, **_signal: Any) -> None:
    """Of a stored account, before it changes; what is saved without touching rights asks nothing."""
    touches = update_fields is None or bool(
        {"role", "municipality", "is_active", *RIGHTS} & set(update_fields)
    )
    if instance.pk and touches:
        instance.rights_before = User.objects.filter(pk=instance.pk).values_list(*RIGHTS).first()  # type: ignore[attr-defined]


@receiver(post_save, sender=User)
def on_saved(instance: User, created: bool, **_signal: Any) -> None:
    rights = tuple(getattr(instance, name) for name in RIGHTS)
    before = instance.__dict__.pop("rights_before", rights)
    if created:
        audit.note(Kind.ACCOUNT_ADDED, by=_acting(), about=instance, role=instance.role)
    elif before is not None and tuple(before) != rights:
        audit.note(
            Kind.ACCOUNT_CHANGED,
            by=_acting(),
            about=instance,
            role=instance.role,
            municipality=instance.municipality_id,
            state="active" if instance.is_active else "closed",
        )


def _acting() -> User | None:
    key = acting_account()
    return User(pk=key) if key else None
