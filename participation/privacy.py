"""What participation stores about people, one file per subject in `participation/personal/`."""

from participation.personal import registrations

__all__ = ["registrations"]
