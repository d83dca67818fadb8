"""A snapshot as a page: its sections in their order, with each figure leading to the rows behind it."""

from monitoring.reading.page import read_snapshot

__all__ = ["read_snapshot"]
