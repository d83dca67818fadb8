"""An optional look for malware by ClamAV's daemon, over its own protocol (INSTREAM, clamd's manual).

Where it is wanted and does not answer, nothing is taken: a file that nobody looked at is worse than one
that comes later.
"""

import socket
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

PIECE: Final = 65_536
PATIENCE: Final = 30
LONGEST_ANSWER: Final = 4_096


class NotClean(Exception):
    """The file is not taken; the message says in German why."""


def check_for_malware(content: bytes) -> None:
    """Ask the daemon, if one is set.

    Raises:
        NotClean: it found something, or gave no answer.
    """
    if not settings.CLAMD:
        return
    try:
        answer = _ask(content)
    except OSError:
        answer = ""
    if answer.endswith(" FOUND"):
        raise NotClean(_("In der Datei wurde Schadsoftware gefunden. Sie wurde nicht angenommen."))
    if not answer.endswith(" OK"):
        raise NotClean(
            _(
                "Dateien lassen sich gerade nicht auf Schadsoftware prüfen und werden deshalb nicht "
                "angenommen. Bitte versuchen Sie es in einigen Minuten noch einmal."
            )
        )


def _ask(content: bytes) -> str:
    with _connected() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            daemon.sendall(len(piece).to_bytes(4) + piece)
        daemon.sendall((0).to_bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (part := daemon.recv(512)):
            answer += part
    return answer.rstrip(b"\0").decode(errors="replace")


def _connected() -> socket.socket:
    """`/path/of/socket`, or `host:port`."""
    if settings.CLAMD.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(PATIENCE)
        try:
            daemon.connect(settings.CLAMD)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _colon, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE)
