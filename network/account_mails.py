"""The texts of mails about an account."""

from typing import Any

from network.models import Region
from smartregion.base.mails import text_of


def account_text(name: str, **words: Any) -> str:
    """Signed like all mails of the portal."""
    return text_of(f"account/email/{name}.txt", {"region": Region.objects.first(), **words})
