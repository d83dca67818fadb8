"""What participation stores about people, one file per subject in `participation/personal/`."""

from participation.personal import access, mails

__all__ = ["access", "mails"]
from participation.personal import registrations

__all__ = ["registrations"]
"""What participation stores about people, one file per subject."""

from participation.personal import ideas, surveys

__all__ = ["ideas", "surveys"]
