"""In demo mode mails become files (Django's file backend) instead of being sent; here they are read again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from measures.models import RoundLink, StatusRound
from smartregion.base.hashed import hash_of

BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
TOKEN = re.compile(r"/abfrage/([\w-]+)/")


@dataclass(frozen=True)
class DemoMail:
    to: str
    subject: str
    text: str
    link: str
    is_valid: bool


def mails_of(status_round: StatusRound) -> list[DemoMail]:
    """The round's mails by municipality's address; those whose links were revoked are left out."""
    hashes = set(
        RoundLink.objects.filter(invitation__round=status_round).values_list("token_hash", flat=True)
    )
    found = []
    for message in _messages(Path(settings.EMAIL_FILE_PATH)):
        text = message.get_content()
        token = TOKEN.search(text)
        if token and hash_of(token[1]) in hashes:
            found.append(
                DemoMail(
                    to=str(message["To"]),
                    subject=str(message["Subject"]),
                    text=text,
                    link=token[0],
                    is_valid=status_round.is_running,
                )
            )
    return sorted(found, key=lambda mail: mail.to)


def _messages(folder: Path) -> Iterator[EmailMessage]:
    for path in sorted(folder.glob("*.log")):
        for raw in path.read_bytes().split(BETWEEN_MAILS):
            if raw.strip():
                yield message_from_bytes(raw, policy=policy.default)
