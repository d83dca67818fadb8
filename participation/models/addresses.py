"""E-mail addresses that are counted and compared, and not kept."""

from django.db import connection
from django.utils.crypto import salted_hmac


def pseudonym(email: str, purpose: str) -> str:
    """The same for an address however it is typed, and nobody can read the address from it."""
    return salted_hmac(f"participation.{purpose}", email.strip().lower(), algorithm="sha256").hexdigest()


def hold_address(email: str) -> None:
    """What is asked for in the name of this address is done one after the other, by transactions."""
    key = int(pseudonym(email, "hold")[:15], 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
