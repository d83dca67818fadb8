"""The verbs of tokens for programs."""

import secrets
from collections.abc import Iterable
from datetime import date

from django.utils.timezone import now
from django.utils.translation import gettext as _

from monitoring.models import ApiToken, Indicator
from network.models import User
from smartregion.base import audit
from smartregion.base.hashed import hash_of
from smartregion.base.history import recorded


def create_token(
    *, name: str, indicators: Iterable[Indicator], expires_on: date, by: User
) -> tuple[ApiToken, str]:
    """Give a program access in this account's name. Returns it with its secret, which is shown once.

    A municipality's token reports values of that municipality only.
    """
    secret = secrets.token_urlsafe(32)
    with recorded(by=by, reason=_("Neuer Zugang für ein Programm")):
        token = ApiToken.objects.create(
            name=name,
            token_hash=hash_of(secret),
            municipality_id=by.municipality_id,
            created_by=by,
            expires_on=expires_on,
        )
        token.indicators.set(indicators)
        audit.note(audit.Kind.TOKEN_MADE, by=by, token=token.pk)
    return token, secret


def revoke_token(*, token: ApiToken, by: User) -> None:
    """From now on it opens nothing. Once more changes nothing."""
    with recorded(by=by, reason=_("Zugang zurückgezogen")):
        _revoke(token, by)


def end_tokens(*, user: User, by: User | None) -> None:
    """All of the account's own. Why, the history learns from what else happens to the account."""
    for token in ApiToken.objects.filter(created_by=user, revoked_at=None):
        _revoke(token, by)


def _revoke(token: ApiToken, by: User | None) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
        audit.note(audit.Kind.TOKEN_REVOKED, by=by, token=token.pk)
