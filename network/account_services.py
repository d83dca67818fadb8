"""The verbs of accounts: invite, accept, change them, end sessions, reset second factors, shut off."""

import secrets
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.account_mails import account_text
from network.models import AddressChange, Invitation, Role, User
from network.models.accounts import PURPOSES
from network.models.invitations import in_a_week, tomorrow
from network.second_factor import forget_failed_tries
from network.tasks import post
from smartregion.base import audit
from smartregion.base.hashed import hash_of
from smartregion.base.history import recorded
from smartregion.base.ways_in import end_ways_in

TAKEN = gettext_lazy("Zu dieser Adresse gibt es inzwischen ein Konto.")
NOT_OPEN = gettext_lazy("Diese Einladung gilt nicht mehr.")
WITHDRAWN = gettext_lazy("Die neue Adresse wurde inzwischen zurückgezogen. Es gilt weiter die bisherige.")
CHANGED = "changed"
CHANGED_MEANWHILE = gettext_lazy(
    "Das Konto hat inzwischen jemand geändert, gesichert ist noch nichts. Prüfen Sie Ihre Angaben anhand des "
    "Verlaufs; wenn Sie noch einmal sichern, gelten sie."
)
OWN_ACCOUNT = gettext_lazy(
    "Das ist Ihr eigenes Konto: Rolle und Zugang kann Ihnen nur eine andere Administration nehmen."
)
LAST_ADMINISTRATOR = gettext_lazy(
    "Das ist das letzte aktive Konto der Administration. Geben Sie diese Rolle zuerst einem anderen Konto."
)


def tell(user: Any, template: str, subject: str, *, to: str = "", **words: Any) -> None:
    """A mail about the account, in plain text."""
    post(subject, account_text(template, account=user, **words), [to or user.email])


def link_to(name: str, secret: str) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=[secret])}"


def invite(*, invitation: Invitation, by: Any) -> Invitation:
    """Store it and send its mail. Whether there is an account already, the mail alone says.

    Earlier ones to the address are withdrawn, which `has_replaced` tells.
    """
    with recorded(by=by, reason=gettext_lazy("Eingeladen")):
        secret = _new_secret(invitation)
        invitation.invited_by = by
        invitation.email = invitation.email.lower()
        invitation.save()
        audit.note(audit.Kind.INVITED, by=by, role=invitation.role)
        for other in _others_to(invitation):
            if by.has_perm("network.invite_as", other.role):
                withdraw(invitation=other, by=by)
                invitation.has_replaced = True
        _send_invitation(invitation, secret)
    return invitation


def _others_to(invitation: Invitation) -> Iterable[Invitation]:
    """The other open ones to the same address: one link is enough."""
    return Invitation.objects.open().filter(email=invitation.email).exclude(pk=invitation.pk)


def send_again(*, invitation: Invitation, by: Any) -> None:
    """With a new link, and as long as a new one; the earlier link opens nothing any more. Whoever sends it
    again stands for it from now on.

    Raises:
        ValidationError: it was accepted or withdrawn meanwhile.
    """
    with recorded(by=by, reason=gettext_lazy("Einladung erneut gesendet")):
        invitation = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
        if not invitation.may_be_sent_again:
            raise ValidationError(str(NOT_OPEN))
        secret = _new_secret(invitation)
        invitation.sent_at, invitation.expires_at = now(), in_a_week()
        invitation.invited_by = by
        invitation.save()
        audit.note(audit.Kind.INVITED_AGAIN, by=by, role=invitation.role)
        _send_invitation(invitation, secret)


def withdraw(*, invitation: Invitation, by: Any) -> None:
    """Raises:
    ValidationError: it was accepted or withdrawn meanwhile.
    """
    with recorded(by=by, reason=gettext_lazy("Einladung zurückgezogen")):
        if not Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=now()):
            raise ValidationError(str(NOT_OPEN))
        audit.note(audit.Kind.INVITATION_WITHDRAWN, by=by, role=invitation.role)


def _new_secret(invitation: Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash = hash_of(secret)
    return secret


def _send_invitation(invitation: Invitation, secret: str) -> None:
    body = account_text(
        "invitation",
        invitation=invitation,
        purpose=PURPOSES[Role(invitation.role)],
        url=link_to("invitation_accept", secret),
        sign_in_url=f"{settings.PORTAL_URL}{reverse('account_login')}",
        has_account=User.objects.filter(email=invitation.email).exists(),
    )
    post(_("Ihr Zugang zum Portal"), body, [invitation.email])


def accept(*, invitation: Invitation, name: str, password: str | None) -> User:
    """Make the account. Without a password it is for a passkey, which its person sets next.

    Raises:
        ValidationError: the invitation is no longer open, or the address has an account by now.
    """
    try:
        with recorded(by=invitation.invited_by, reason=gettext_lazy("Einladung angenommen")):
            invitation = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
            if invitation.state != Invitation.State.WAITING:
                raise ValidationError(str(NOT_OPEN))
            user = User.objects.create_user(
                invitation.email,
                password,
                name=name,
                role=invitation.role,
                municipality=invitation.municipality,
            )
            invitation.accepted_at = now()
            invitation.save(update_fields=["accepted_at"])
            for other in _others_to(invitation):
                withdraw(invitation=other, by=user)
            audit.note(
                audit.Kind.INVITATION_ACCEPTED, by=user, about=invitation.invited_by, role=invitation.role
            )
    except IntegrityError:
        raise ValidationError(str(TAKEN)) from None
    return user


def ask_for_address(*, user: Any, email: str) -> None:
    """Send a link to the new address; until it is opened nothing changes. An earlier one opens nothing more.

    An address that another account has is told so by mail alone.
    """
    email, secret = email.lower(), secrets.token_urlsafe(32)
    with transaction.atomic():
        values = {
            "email": email,
            "secret_hash": hash_of(secret),
            "expires_at": tomorrow(),
            "confirmed_at": None,
        }
        AddressChange.objects.update_or_create(user=user, defaults=values)
        is_taken = User.objects.filter(email__iexact=email).exists()
        tell(
            user,
            "address_change",
            _("Zu Ihrer Adresse gibt es schon ein Konto")
            if is_taken
            else _("Bitte bestätigen Sie Ihre Adresse"),
            to=email,
            url=link_to("address_confirm", secret),
            is_taken=is_taken,
        )


def withdraw_address(*, user: Any) -> bool:
    """Its link opens nothing any more. False if there was none that waits."""
    with transaction.atomic():
        withdrawn, _rows = AddressChange.objects.waiting().filter(user=user).delete()
        if withdrawn:
            audit.note(audit.Kind.ADDRESS_WITHDRAWN, by=user)
    return bool(withdrawn)


def change_address(*, change: AddressChange) -> User:
    """The new address counts from now on; the old one is told, and sessions elsewhere stay. The link is kept
    for as long as it would have counted, so that whoever opens it again is told that all is done.

    Raises:
        ValidationError: another account has the address by now, or it was withdrawn meanwhile.
    """
    user, old = change.user, change.user.email
    try:
        with recorded(by=user, reason=gettext_lazy("Neue Adresse bestätigt")):
            if not AddressChange.objects.waiting().select_for_update().filter(pk=change.pk).exists():
                raise ValidationError(str(WITHDRAWN))
            User.objects.filter(pk=user.pk).update(email=change.email)
            EmailAddress.objects.filter(user=user).delete()
            user.refresh_from_db()
            AddressChange.objects.filter(pk=change.pk).update(confirmed_at=now())
            audit.note(audit.Kind.ADDRESS_CHANGED, by=user)
            tell(user, "address_changed", _("Die Adresse Ihres Kontos ist geändert"), to=old)
    except IntegrityError:
        raise ValidationError(str(TAKEN)) from None
    return user


def end_all_sessions(*, user: Any, by: Any) -> None:
    """On every device, those too that no list knows, and for programs too."""
    with transaction.atomic():
        audit.note(audit.Kind.SESSIONS_ENDED, by=by, about=user)
        User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
        forget_sessions(UserSession.objects.filter(user=user))
        end_ways_in(user=user, by=by)


def forget_sessions(sessions: Iterable[UserSession]) -> None:
    keys = [each.session_key for each in sessions]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def remove_factor(*, user: Any, factor: Authenticator) -> None:
    """Codes for emergencies go with the last one."""
    with transaction.atomic():
        factor.delete()
        audit.note(audit.Kind.FACTOR_REMOVED, by=user)
        left = Authenticator.objects.filter(user=user)
        if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            left.delete()
        tell(
            user,
            "note",
            _("Änderung an Ihrem Konto"),
            what=_("ein zweiter Faktor wurde aus Ihrem Konto entfernt."),
        )


def reset_second_factor(*, user: User, by: Any, reason: str) -> None:
    """Take away every second factor, for somebody who lost theirs; they set one up when they next sign in,
    even if they have just been locked out for their tries with the lost one."""
    with recorded(by=by, reason=reason):
        Authenticator.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(second_factor_reset_at=now())
        forget_failed_tries(user)
        audit.note(audit.Kind.FACTOR_RESET, by=by, about=user)
        end_all_sessions(user=user, by=by)
        tell(user, "factor_reset", _("Ihr zweiter Faktor ist zurückgesetzt"))


def set_active(*, user: User, active: bool, by: Any, reason: Any, office: str = "") -> None:
    """Raises:
    ValidationError: nobody takes the access from themselves, or from the last administrator.
    """
    with recorded(by=by, reason=reason, office=office):
        if not active:
            refuse_to_lose_administration(user, by)
        if User.objects.filter(pk=user.pk).exclude(is_active=active).update(is_active=active):
            user.is_active = active
            tell_of_access(user, is_back=active)
        if not active:
            forget_sessions(UserSession.objects.filter(user=user))
            end_ways_in(user=user, by=by)


def tell_of_access(user: User, *, is_back: bool = False) -> None:
    """That it is shut off, that it is back, or that it has another role or municipality."""
    url = f"{settings.PORTAL_URL}{reverse('account_login')}"
    subject = _("Ihr Konto ist wieder angeschaltet") if is_back else _("Änderung an Ihrem Konto")
    role = f"{user.get_role_display()} {user.municipality or ''}".strip()
    tell(user, "access_changed", subject, sign_in_url=url, role=role, is_back=is_back)


def refuse_to_lose_administration(user: User, by: Any) -> None:
    """Raises:
    ValidationError: somebody would take themselves or the last administrator out.
    """
    # Locked, so that two administrators who take each other out at the same moment do not both succeed.
    left = set(User.objects.administrators().select_for_update().values_list("pk", flat=True))
    if user.pk not in left:
        return
    if by is not None and user.pk == by.pk:
        raise ValidationError(str(OWN_ACCOUNT))
    if left == {user.pk}:
        raise ValidationError(str(LAST_ADMINISTRATOR))


def take_role(*, user: User, role: Role, municipality: Any, provider: str) -> None:
    """What the sign-in service says. The last administrator stays one."""
    if (user.role, user.municipality) != (role, municipality):
        why = gettext_lazy("Rolle laut Anmeldedienst")
        values = {"role": role, "municipality": municipality}
        change_account(user=user, by=None, reason=why, office=provider, **values)


def change_account(
    *, user: User, by: Any, reason: Any, office: str = "", shown: str = "", **values: Any
) -> None:
    """Another role or municipality ends all ways in, and its person is told by mail.

    Args:
        shown: `User.state` as somebody saw it who now changes it.
        values: `role`, `municipality`, `name`; what is not named stays.

    Raises:
        ValidationError: nobody takes the administration from themselves, or from the last administrator;
            code `CHANGED`: it is no longer as it was shown.
    """
    with recorded(by=by, reason=reason, office=office):
        if values["role"] != Role.ADMINISTRATION:
            refuse_to_lose_administration(user, by)
        before = User.objects.select_for_update(of=["self"]).get(pk=user.pk)
        if shown and shown != before.state:
            raise ValidationError(str(CHANGED_MEANWHILE), code=CHANGED)
        User.objects.filter(pk=user.pk).update(**values)
        user.refresh_from_db()
        if (before.role, before.municipality_id) != (user.role, user.municipality_id):
            end_ways_in(user=user, by=by)
            tell_of_access(user)
