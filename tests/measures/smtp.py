"""A mail server for tests: it speaks just enough SMTP to take mails, and refuses one recipient if told so."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Sink:
    """`mails` holds what was taken; `on_taken` is called after that and before the sender gets its answer."""

    port: int = 0
    refused: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    on_taken: Callable[[], None] = lambda: None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 sink")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "QUIT":
                break
            if word == "DATA":
                say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(message_from_bytes(content[:-5], policy=policy.default))
                await asyncio.to_thread(self.on_taken)
            elif word == "RCPT" and self.refused and self.refused in line:
                say("550 no such mailbox")
                continue
            say("250 ok")
        writer.close()

    @property
    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    sink, loop, started = Sink(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(sink.talk, "127.0.0.1", 0)
        sink.port = server.sockets[0].getsockname()[1]
        started.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
