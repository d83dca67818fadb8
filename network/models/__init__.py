"""Who: the region, its organisations and municipalities, accounts with their role, and contacts."""

from network.models.accounts import WRITING_ROLES, DigestRhythm, Role, User
from network.models.contacts import Contact, ContactInterest
from network.models.digests import Digest
from network.models.invitations import AddressChange, Invitation, hash_of
from network.models.region import Municipality, Neighbour, Organisation, Region, Sector

__all__ = [
    "WRITING_ROLES",
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
    "hash_of",
]
