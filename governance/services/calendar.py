"""The verbs of a private calendar address."""

import secrets

from django.utils.translation import gettext as _

from governance.models import CalendarLink
from network.models import User
from smartregion.base.hashed import hash_of
from smartregion.base.history import recorded


def renew_calendar_link(*, user: User) -> str:
    """Give the account a new address; an earlier one opens nothing any more. Returns the secret."""
    secret = secrets.token_urlsafe(32)
    with recorded(by=user, reason=_("Neue Kalenderadresse")):
        User.objects.select_for_update().get(pk=user.pk)
        CalendarLink.objects.filter(user=user).delete()
        CalendarLink.objects.create(user=user, token_hash=hash_of(secret))
    return secret


def revoke_calendar_link(*, user: User) -> None:
    with recorded(by=user, reason=_("Kalenderadresse zurückgezogen")):
        CalendarLink.objects.filter(user=user).delete()
