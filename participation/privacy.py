"""What participation stores about people (`smartregion.base.personal`)."""

from participation.personal import questions

__all__ = ["questions"]
