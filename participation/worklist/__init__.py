"""What of participation needs an account now."""

from participation.worklist import events

__all__ = ["events"]
