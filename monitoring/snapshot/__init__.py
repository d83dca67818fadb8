"""The snapshot of a report: its schema, and how it is read from the history as of a moment."""

from monitoring.snapshot.build import build_first_snapshot, build_snapshot

__all__ = ["build_first_snapshot", "build_snapshot"]
