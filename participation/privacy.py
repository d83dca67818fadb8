"""What participation stores about people, one file per subject in `participation/personal/`."""

from participation.personal import access, ideas, mails, questions, registrations, subscriptions, surveys

__all__ = ["access", "ideas", "mails", "questions", "registrations", "subscriptions", "surveys"]
