"""Who: the region, its organisations and municipalities, accounts with their role, and contacts."""

from network.models.accounts import GONE, DigestRhythm, Role, User
from network.models.contacts import Contact, ContactInterest
from network.models.digests import Digest
from network.models.invitations import AddressChange, Invitation
from network.models.region import Municipality, Neighbour, Organisation, Region, Sector

__all__ = [
    "GONE",
    "AddressChange",
    "Contact",
    "ContactInterest",
    "Digest",
    "DigestRhythm",
    "Invitation",
    "Municipality",
    "Neighbour",
    "Organisation",
    "Region",
    "Role",
    "Sector",
    "User",
]
