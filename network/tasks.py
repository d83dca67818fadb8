"""Celery tasks of the network: send a mail."""

from celery import shared_task
from django.core.mail import EmailMessage


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
