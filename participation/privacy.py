"""What participation stores about people, one file per subject in `participation/personal/`."""

from participation.personal import access, mails

__all__ = ["access", "mails"]
from participation.personal import registrations

__all__ = ["registrations"]
