"""As what people act on reports: an office or a function, never a name."""

from typing import Any

from django.core.exceptions import PermissionDenied

from governance.models import Committee, Seat
from network.models import Region


def coordination_office() -> str:
    return Region.objects.get().coordination_office


def chair_office(user: Any) -> str:
    """The function of the seat from which the account chairs the Lenkungskreis.

    Raises:
        PermissionDenied: that seat has ended meanwhile.
    """
    seat = Seat.objects.current().chairing(Committee.Kind.STEERING).filter(user=user).first()
    if seat is None:
        raise PermissionDenied
    return str(seat)
