"""The verbs of mailings to contacts."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from network.models import Contact, User
from participation.links import link_to
from participation.mails import Letter, send
from participation.models import Mailing
from smartregion.base.history import recorded

WITHDRAW = "withdraw-consent"


def letter_to(contact: Contact, *, subject: str, text: str) -> Letter:
    """What one contact gets; the mail program itself can withdraw the consent (RFC 8058)."""
    link = link_to("consent", contact, WITHDRAW)
    return Letter(
        to=contact.email,
        subject=subject,
        template="participation/mailing.txt",
        context={
            "text": text,
            "withdraw": link,
            "consented_on": contact.consented_on,
            "access": settings.PORTAL_URL + reverse("access"),
        },
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def send_mailing(
    *, key: UUID, subject: str, text: str, contacts: list[Contact], selection: str, by: User
) -> Mailing:
    """Store the mails for all of them, once; the log keeps how many, not who.

    Raises:
        IntegrityError: this text was sent already.
    """
    with recorded(by=by):
        mailing = Mailing.objects.create(
            key=key,
            subject=subject,
            text=text,
            selection=selection[:300],
            recipients=len(contacts),
            sent_by=by,
            is_example=all(contact.is_example for contact in contacts),
        )
        send(letter_to(contact, subject=subject, text=text) for contact in contacts)
    return mailing
