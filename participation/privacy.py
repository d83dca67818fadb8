"""What participation stores about people, one file per subject."""

from participation.personal import ideas, surveys

__all__ = ["ideas", "surveys"]
