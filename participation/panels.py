"""What the public's part has to say on the pages of other subjects, one function per subject."""

from participation import follow_panels

__all__ = ["follow_panels"]
