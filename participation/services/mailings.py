"""The verbs of mailings to contacts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import now

from measures.public_news import FIELDS
from network.models import Contact, User
from participation.links import link_to
from participation.mails import Letter, send
from participation.models import Mailing
from participation.weekly import told
from smartregion.base.history import recorded
from smartregion.base.public_news import Topic, condensed, news

WITHDRAW = "withdraw-consent"
BEFORE_THE_FIRST: Final = timedelta(weeks=4)
"""So far the first mailing of all looks back."""
MOST_NEWS: Final = 10
"""So many news a letter tells; for the rest it leads to the portal."""


def news_since_last(field: str = "") -> dict[str, Any]:
    """For the letters: what is new in public since the last mailing, as the weekly mail tells it.

    Args:
        field: the slug of the field by which the recipients were chosen; of others nothing is told.
    """
    until = now()
    since = Mailing.objects.aggregate(last=Max("sent_at"))["last"] or until - BEFORE_THE_FIRST
    found = condensed(news(since, until))
    if field:
        found = [each for each in found if Topic(FIELDS, field) in each.topics]
    more_at = reverse("field", args=[field]) if field else reverse("home")
    return {"since": since, "more_at": more_at, **told(found, MOST_NEWS)}


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
    field: str = "",
) -> Mailing:
    """Store the mails for all of them, once; the log keeps how many, not who.

    Args:
        field: the slug of the field by which they were chosen, if they were.

    Raises:
        IntegrityError: this text was sent already.
    """
    new = news_since_last(field) if with_news else None
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
