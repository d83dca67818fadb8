"""The verbs of mailings to contacts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import now

from network.models import Contact, User
from participation.links import link_to
from participation.mails import Letter, send
from participation.models import Mailing
from participation.weekly import told
from smartregion.base.history import recorded
from smartregion.base.public_news import news

WITHDRAW = "withdraw-consent"
BEFORE_THE_FIRST: Final = timedelta(weeks=4)
"""So far the first mailing of all looks back."""


def news_since_last() -> dict[str, Any]:
    """For the letters: what is new in public since the last mailing, as the weekly mail tells it."""
    until = now()
    since = Mailing.objects.aggregate(last=Max("sent_at"))["last"] or until - BEFORE_THE_FIRST
    return {"since": since, **told(news(since, until))}


def letter_to(contact: Contact, *, subject: str, text: str, new: Mapping[str, Any] | None = None) -> Letter:
    """What one contact gets; the mail program itself can withdraw the consent (RFC 8058).

    Args:
        new: what `news_since_last` found, where the mailing tells it.
    """
    link = link_to("consent", contact, WITHDRAW)
    return Letter(
        to=contact.email,
        subject=subject,
        template="participation/mails/mailing.txt",
        context={
            **(new or {}),
            "text": text,
            "withdraw": link,
            "consented_on": contact.consented_on,
            "access": settings.PORTAL_URL + reverse("access"),
        },
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def send_mailing(
    *,
    key: UUID,
    subject: str,
    text: str,
    contacts: list[Contact],
    selection: str,
    by: User,
    with_news: bool = False,
) -> Mailing:
    """Store the mails for all of them, once; the log keeps how many, not who.

    Raises:
        IntegrityError: this text was sent already.
    """
    new = news_since_last() if with_news else None
    with recorded(by=by):
        mailing = Mailing.objects.create(
            key=key,
            subject=subject,
            text=text,
            with_news=with_news,
            selection=selection[:300],
            recipients=len(contacts),
            sent_by=by,
            is_example=all(contact.is_example for contact in contacts),
        )
        send(letter_to(contact, subject=subject, text=text, new=new) for contact in contacts)
    return mailing
