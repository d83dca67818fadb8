"""Short ways to send forms as a visitor."""

import time
from uuid import uuid4

from django.core import signing

from participation.open_forms import STAMPS


class _Aged(signing.TimestampSigner):
    age = 0

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - self.age)


def stamp(seconds: int = 10) -> dict[str, str]:
    """What a form carries that was shown so many seconds ago."""
    signer = _Aged(salt=STAMPS.salt)
    signer.age = seconds
    return {"stamp": signer.sign(uuid4().hex)}
