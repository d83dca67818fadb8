"""Mails to people without an account: `send` stores them with the job that hands them over.

A worker killed between handing a mail over and deleting its row hands it over again, under the same
Message-ID; none is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from network.models import Region
from participation.models import VisitorMail
from smartregion.base import jobs
from smartregion.base.languages import current_language, in_language
from smartregion.base.mails import message_id

SEND: Final = "participation.send_mails"


@dataclass(frozen=True)
class Letter:
    """What somebody is written. The template gets `portal` (its address) and `region` as well.

    A letter that is made `in_language(row.language)` keeps that language: its text follows the subject.
    """

    to: str
    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    language: str = field(default_factory=current_language)


def send(letters: Iterable[Letter]) -> int:
    """Store the mails with one job that sends them, in the caller's transaction; returns how many."""
    VisitorMail.objects.outdated().delete()
    frame = {"portal": settings.PORTAL_URL, "region": Region.objects.first()}
    mails = [_written(letter, frame) for letter in letters]
    if mails:
        job = jobs.enqueue(SEND, steps=len(mails))
        for mail in mails:
            mail.job = job
        VisitorMail.objects.bulk_create(mails)
    return len(mails)


def _written(letter: Letter, frame: dict[str, Any]) -> VisitorMail:
    with in_language(letter.language):
        return VisitorMail(
            to=letter.to,
            subject=" ".join(letter.subject.split())[:200],
            body=render_to_string(letter.template, {**frame, **letter.context}),
            headers=letter.headers,
        )


@transaction.atomic
def hand_over(key: int) -> None:
    """Give one mail to the mail server; what it refuses for good keeps the reason."""
    held = VisitorMail.objects.waiting().select_for_update(skip_locked=True)
    mail = held.filter(pk=key).first()
    if mail is None:
        return
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(mail), **mail.headers}
    try:
        EmailMessage(subject=mail.subject, body=mail.body, to=[mail.to], headers=headers).send()
    except (SMTPRecipientsRefused, SMTPDataError):
        mail.problem = _("Der Mailserver hat die Mail an diese Adresse abgelehnt.")
        mail.save(update_fields=["problem"])
    else:
        mail.delete()
