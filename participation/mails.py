"""Mails to people without an account: `send` stores them with the job that hands them over.

A worker killed between handing a mail over and deleting its row hands it over again, under the same
Message-ID; none is lost.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from network.models import Region
from participation.models import AskedMail, VisitorMail, hold_address, pseudonym
from smartregion.base import jobs
from smartregion.base.jobs import progress
from smartregion.base.languages import current_language, in_language
from smartregion.base.mails import message_id, text_of
from smartregion.base.models import Job

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


@transaction.atomic
def send(letters: Iterable[Letter]) -> int:
    """Store the mails with one job that sends them, in the caller's transaction; returns how many."""
    VisitorMail.objects.outdated().delete()
    region = Region.objects.first()
    mails = [_written(letter, region) for letter in letters]
    if mails:
        job = jobs.enqueue(SEND, steps=len(mails))
        for mail in mails:
            mail.job = job
        VisitorMail.objects.bulk_create(mails)
    return len(mails)


@transaction.atomic
def may_be_asked(address: str) -> bool:
    """Whether a form may send this address one more mail today. Nobody else decides that meanwhile."""
    hold_address(address)
    return AskedMail.objects.to(address).count() < AskedMail.MOST


def send_asked(letter: Letter) -> bool:
    """Send what a form asks for in the name of an address, which may be anybody's: only so many a day.

    So nothing that was typed may stand in it. Returns whether it is sent, which no page tells.
    """
    if not may_be_asked(letter.to):
        return False
    AskedMail.objects.create(who=pseudonym(letter.to, AskedMail.PURPOSE))
    return bool(send([letter]))


def _written(letter: Letter, region: Region | None) -> VisitorMail:
    return VisitorMail(
        to=letter.to,
        subject=" ".join(letter.subject.split())[:200],
        body=body_of(letter, region),
        headers=letter.headers,
    )


def body_of(letter: Letter, region: Region | None) -> str:
    with in_language(letter.language):
        return text_of(letter.template, {"region": region, **letter.context})


@transaction.atomic
def hand_over(key: int) -> None:
    """Give one mail to the mail server; what it refuses for good keeps the reason.

    Raises:
        SMTPException: the mail server does not take it now.
    """
    held = VisitorMail.objects.waiting().select_for_update(skip_locked=True)
    mail = held.filter(pk=key).first()
    if mail is None:
        return
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(mail), **mail.headers}
    message = EmailMessage(subject=mail.subject, body=mail.body, to=[mail.to], headers=headers)
    if problem := problem_of_sending(message):
        mail.problem = problem
        mail.save(update_fields=["problem"])
    else:
        mail.delete()


def problem_of_sending(message: EmailMessage) -> str:
    """Send the mail; why the mail server refuses it for good, or "" where it took it.

    Raises:
        SMTPException: it does not take it now, as from a sender that it does not know yet (greylisting).
    """
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError) as refusal:
        if min(_codes(refusal)) < 500:
            raise
        return _("Der Mailserver hat die Mail an diese Adresse abgelehnt.")
    return ""


def _codes(refusal: SMTPRecipientsRefused | SMTPDataError) -> list[int]:
    if isinstance(refusal, SMTPDataError):
        return [refusal.smtp_code]
    return [code for code, _words in refusal.recipients.values()]


def each(job: Job, keys: Iterable[int], label: str, work: Callable[[int], None]) -> None:
    """Do one mail after the other. One that is put off keeps no other waiting.

    Raises:
        SMTPException: some were put off; the job has to be tried again.
    """
    keys, put_off = list(keys), None
    for step, key in enumerate(keys, start=max(0, job.steps - len(keys))):
        progress(job, step, label)
        try:
            work(key)
        except (SMTPRecipientsRefused, SMTPDataError) as refusal:
            put_off = refusal
    if put_off:
        raise put_off
