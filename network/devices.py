"""Where an account is signed in: its sessions, and what a browser calls itself in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from network.accounts import UNKNOWN_ADDRESS

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""What stands in a browser's own name, the more special one first, since each also names older ones."""


@dataclass(frozen=True)
class SignedIn:
    session: UserSession
    is_here: bool

    @property
    def device(self) -> str:
        return device_of(self.session.user_agent)

    @property
    def address(self) -> str:
        return "" if self.session.ip == UNKNOWN_ADDRESS else str(self.session.ip)


def device_of(agent: str) -> str:
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s auf %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unbekanntes Gerät")


def signed_in(user: Any, key: str | None) -> list[SignedIn]:
    """Sessions that still hold, the newest first, this one (`key`) before all."""
    found = [SignedIn(each, each.session_key == key) for each in _holding(user)]
    return sorted(found, key=lambda each: (not each.is_here, -each.session.created_at.timestamp()))


def _holding(user: Any) -> Iterator[UserSession]:
    """One whose password or count has changed since is left out, though its row is still there."""
    own = UserSession.objects.filter(user=user)
    stored = Session.objects.filter(session_key__in=own.values("session_key"), expire_date__gt=now())
    rows: dict[str, Any] = stored.in_bulk(field_name="session_key")
    expected = user.get_session_auth_hash()
    for each in own:
        row = rows.get(each.session_key)
        if row and row.get_decoded().get(HASH_SESSION_KEY) == expected:
            yield each


def outdated_sessions() -> QuerySet[UserSession]:
    """Of sessions that are over."""
    holding = Session.objects.filter(expire_date__gt=now())
    return UserSession.objects.exclude(session_key__in=holding.values("session_key"))
