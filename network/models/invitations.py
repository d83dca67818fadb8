"""Links in mails about an account: an invitation to have one, and an address that is to be confirmed.

The database knows the hash of a link's secret alone; the secret itself exists in the mail.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from network.models.accounts import Role, User, municipality_goes_with_role
from network.models.region import Municipality
from smartregion.base.hashed import hash_of
from smartregion.base.history import tracked_without

INVITED_FOR: Final = timedelta(days=7)
INVITATION_KEPT: Final = timedelta(days=90)
ADDRESS_OFFERED_FOR: Final = timedelta(days=1)


def in_a_week() -> datetime:
    return now() + INVITED_FOR


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of_roles(self, roles: list[Role]) -> Self:
        return self.filter(role__in=roles).select_related("municipality", "invited_by")

    def opened_by(self, secret: str) -> "Invitation | None":
        """Whatever its state, so that the page can say what to do."""
        found = self.select_related("municipality", "invited_by")
        return found.filter(secret_hash=hash_of(secret)).first()

    def open(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None)

    def waiting(self) -> Self:
        return self.open().filter(expires_at__gt=now())

    def outdated(self) -> Self:
        """Its address is needed no more: accepted, withdrawn or not used for long."""
        return self.filter(expires_at__lt=now() - INVITATION_KEPT)


@tracked_without("secret_hash")
class Invitation(models.Model):
    """Somebody is asked by mail to have an account of this role. There is no account until they accept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("offen")
        ACCEPTED = "accepted", _("angenommen")
        WITHDRAWN = "withdrawn", _("zurückgezogen")
        EXPIRED = "expired", _("abgelaufen")
        LAPSED = "lapsed", _("hinfällig")

    email = models.EmailField(_("E-Mail"))
    name = models.CharField(_("Name oder Funktion"), max_length=120)
    role = models.CharField(_("Rolle"), max_length=20, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Kommune")
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    sent_at = models.DateTimeField(_("gesendet am"), default=now, editable=False)
    expires_at = models.DateTimeField(_("gilt bis"), default=in_a_week, editable=False)
    accepted_at = models.DateTimeField(_("angenommen am"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("zurückgezogen am"), null=True, editable=False)

    has_replaced = False
    """Whether earlier ones were withdrawn when this one was sent."""

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            municipality_goes_with_role("invitation_municipality_goes_with_role"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
                violation_error_message=_("Diese Einladung ist schon angenommen."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if not self.is_vouched_for:
            return self.State.LAPSED
        return self.State.WAITING if self.expires_at > now() else self.State.EXPIRED

    @property
    def is_vouched_for(self) -> bool:
        """Whether whoever invited could still do so."""
        return self.invited_by is not None and self.invited_by.has_perm("network.invite_as", self.role)

    @property
    def may_be_sent_again(self) -> bool:
        return self.state in {self.State.WAITING, self.State.EXPIRED, self.State.LAPSED}


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def opened_by(self, secret: str) -> "AddressChange | None":
        """Of an account that may sign in; also one that is confirmed already, so that the page can say so."""
        offered = self.filter(expires_at__gt=now(), user__is_active=True)
        return offered.filter(secret_hash=hash_of(secret)).first()

    def waiting(self) -> Self:
        return self.filter(confirmed_at=None)

    def outdated(self) -> Self:
        return self.filter(expires_at__lt=now())


def tomorrow() -> datetime:
    return now() + ADDRESS_OFFERED_FOR


class AddressChange(models.Model):
    """The address that an account is to have once its mail was answered; the account keeps what it became."""

    user = models.OneToOneField(User, models.PROTECT, related_name="address_change")
    email = models.EmailField(_("neue E-Mail"))
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("gilt bis"), default=tomorrow)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)

    objects: ClassVar[Any] = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Änderung einer Adresse")
        verbose_name_plural = _("Änderungen von Adressen")

    def __str__(self) -> str:
        return str(self.user)
