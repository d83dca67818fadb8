"""The pending address of an account ends with what else works without signing in."""

from typing import Any

from network.models import AddressChange
from smartregion.base.ways_in import way_in


@way_in
def end_address_change(user: Any, by: Any) -> None:
    AddressChange.objects.filter(user=user).delete()
