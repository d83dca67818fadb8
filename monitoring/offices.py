"""As what people act on reports: an office or a function, never a name."""

from typing import Any

from governance.models import Committee, Seat
from network.models import Region


def coordination_office() -> str:
    return Region.objects.get().coordination_office


def chair_office(user: Any) -> str:
    """The function of the seat from which the account chairs the Lenkungskreis."""
    return str(Seat.objects.current().chairing(Committee.Kind.STEERING).filter(user=user)[0])
