"""Jobs of accounts, found by the ground floor."""

from network import digest_mails

__all__ = ["digest_mails"]
