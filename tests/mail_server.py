"""A real mail server on loopback. It takes mails and keeps them, and refuses recipients if told so."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """`mails` holds what was taken; `on_taken` is called after that and before the sender gets its answer.

    `put_off` names addresses that are not taken now, so often each.
    """

    port: int
    refused: str = ""
    put_off: dict[str, int] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    on_taken: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refused and self.refused in address:
            return "550 no such mailbox"
        if self.put_off.get(address):
            self.put_off[address] -= 1
            return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        await asyncio.to_thread(self.on_taken)
        return "250 ok"

    @property
    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer(closed_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
