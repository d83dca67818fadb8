"""Celery tasks of the network: send a mail, and the link for a forgotten password."""

import logging
from typing import Any, Final

from celery import shared_task
from django.core.mail import EmailMessage
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
PATIENTLY: Final[dict[str, Any]] = {
    "autoretry_for": (OSError,),  # that of the network, and every SMTPException
    "retry_backoff": 15,
    "retry_backoff_max": 300,
    "max_retries": 5,
}


@shared_task(name="network.send_mail", **PATIENTLY)
def send_mail(subject: str, body: str, recipients: list[str]) -> None:
    """Send a mail; a mail server that is away is asked again for some minutes."""
    EmailMessage(subject, body, to=recipients).send()


def post(subject: str, body: str, recipients: list[str]) -> None:
    """Hand a mail to a worker as soon as the transaction is done."""
    transaction.on_commit(lambda: _enqueue(send_mail, f"mail „{subject}“", subject, body, recipients))


@shared_task(name="network.send_password_link", **PATIENTLY)
def send_password_link(email: str) -> None:
    """Send the link, if there is an account that may sign in."""
    from network.forgotten import mail_for  # needs models, which stand after tasks are found

    if mail := mail_for(email):
        mail.send()


def ask_for_password(email: str) -> None:
    """Let a worker look whether there is such an account."""
    transaction.on_commit(lambda: _enqueue(send_password_link, "link for a password", email))


def _enqueue(task: Any, what: str, *values: Any) -> None:
    try:
        task.delay(*values)
    except OperationalError:
        log.error("Queue is away; the %s is not sent", what)  # noqa: TRY400 - its trace says no more
