"""What the public's part has to say on the pages of other subjects, one file per subject."""

from participation.panels import events, following, ideas, questions

__all__ = ["events", "following", "ideas", "questions"]
