"""Celery tasks of the network: send a mail."""

import logging

from celery import shared_task
from django.core.mail import EmailMessage
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@shared_task(
    name="network.send_mail",
    autoretry_for=(OSError,),  # that of the network, and every SMTPException
    retry_backoff=15,
    retry_backoff_max=300,
    max_retries=5,
)
def send_mail(subject: str, body: str, recipients: list[str]) -> None:
    """Send a mail; a mail server that is away is asked again for some minutes."""
    EmailMessage(subject, body, to=recipients).send()


def post(subject: str, body: str, recipients: list[str]) -> None:
    """Hand a mail to a worker as soon as the transaction is done."""
    transaction.on_commit(lambda: _enqueue(subject, body, recipients))


def _enqueue(subject: str, body: str, recipients: list[str]) -> None:
    try:
        send_mail.delay(subject, body, recipients)
    except OperationalError:
        log.error("Queue is away; the mail „%s“ is not sent", subject)  # noqa: TRY400 - its trace says no more
