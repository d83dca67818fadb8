"""A mail server of a few lines on loopback: it takes each mail and keeps it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ANSWERS = {
    "EHLO": "250 hier",
    "MAIL": "250 ja",
    "RCPT": "250 ja",
    "DATA": "354 bitte",
    "QUIT": "221 bis bald",
}


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """The port, and the mails that have come so far."""
    mails: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, mails), daemon=True).start()
        yield server.getsockname()[1], mails


def _serve(server: socket.socket, mails: list[str]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rw", newline="\r\n") as stream:
            _talk(stream, mails)


def _talk(stream, mails: list[str]) -> None:
    def say(line: str) -> None:
        stream.write(f"{line}\r\n")
        stream.flush()

    say("220 hier")
    for line in stream:
        word = line[:4].upper()
        say(ANSWERS[word])
        if word == "DATA":
            mails.append("".join(iter(stream.readline, ".\r\n")))
            say("250 ja")
        if word == "QUIT":
            return


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
