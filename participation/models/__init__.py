"""The public's part: what people without an account send, ask for and take part in."""

from participation.models.access import AccessRequest
from participation.models.mailings import Mailing
from participation.models.mails import VisitorMail

__all__ = ["AccessRequest", "Mailing", "VisitorMail"]
