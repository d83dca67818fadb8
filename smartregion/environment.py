"""Typed reading of the process environment. A wrong value ends the start with one German sentence."""

import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

CANNOT_START = 78
"""EX_CONFIG of sysexits.h: nothing that another try would mend (deploy/systemd/smartregion-web@.service)."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SILENCE_SECONDS = {"idle": 10, "interval": 5, "count": 3}
"""Who cannot be reached for 10 + 3 * 5 seconds is given up, by us as by PostgreSQL (docs/reliability.md)."""
SHORTEST_SECRET = 50
LEAST_DIFFERENT = 10
UNANSWERED_SECONDS = 20
"""So long may what was sent stay without a sign that it arrived."""
LIMITS_OF_SESSION = {
    **{f"tcp_keepalives_{name}": value for name, value in SILENCE_SECONDS.items()},
    "client_connection_check_interval": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
"""What PostgreSQL does about a node that was cut off: its transactions end, and with them its locks."""


def fail(sentence: str) -> NoReturn:
    print(f"Smart Region startet nicht: {sentence}", file=sys.stderr)
    raise SystemExit(CANNOT_START)


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        if default is not None:
            return default
        fail(f"Die Umgebungsvariable {name} fehlt. Setzen Sie sie, siehe docs/operations.md.")
    return value


def secret(name: str, default: str | None = None) -> str:
    """Who could try out all values would sign in as anybody."""
    value = text(name, default)
    if len(value) < SHORTEST_SECRET or len(set(value)) < LEAST_DIFFERENT:
        fail(
            f"{name} ist zu kurz oder zu leicht zu erraten. Setzen Sie den bisherigen wieder ein; für ein "
            'neues Portal macht einen: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return value


def flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "true", "false"}:
        fail(f"{name} muss 1 oder 0 sein, nicht „{value}“.")
    return value in {"1", "true"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or int(value) == 0:
        fail(f"{name} muss eine ganze Zahl größer als 0 sein, nicht „{value}“.")
    return int(value)


def listening(name: str, default: str) -> str:
    """An address of this machine with a port, as host:port or [address]:port."""
    value = text(name, default)
    host, _colon, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        fail(f"{name} muss host:port sein (127.0.0.1:8001), nicht „{value}“.")
    return value


def choice(name: str, values: Sequence[str]) -> str:
    """One of the values; the first if nothing is said."""
    value = text(name, values[0])
    if value not in values:
        fail(f"{name} muss {' oder '.join(values)} sein, nicht „{value}“.")
    return value


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def database(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's database settings from any libpq address, also one with a Unix socket."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        fail(f"{name} ist keine gültige PostgreSQL-Adresse (postgresql://benutzer:passwort@host/datenbank).")
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in parts.items() if key not in known}
    limits = " ".join(f"-c {limit}={value}" for limit, value in LIMITS_OF_SESSION.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{setting: str(parts.get(key) or "") for key, setting in known.items()},
        "OPTIONS": {
            "connect_timeout": 5,
            "tcp_user_timeout": 1000 * UNANSWERED_SECONDS,
            **{f"keepalives_{part}": value for part, value in SILENCE_SECONDS.items()},
            **options,
            "options": f"{limits} {options.get('options', '')}".rstrip(),
        },
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def replica(url: str) -> dict[str, Any]:
    """The same for a copy that can be done without: nobody waits long for it."""
    found = database(url, name="SMARTREGION_REPLICA_URL")
    patience = {"connect_timeout": 2, "tcp_user_timeout": 3000}
    return {**found, "OPTIONS": {**found["OPTIONS"], **patience}}


def app_role(url: str, owner_url: str) -> str:
    """The role under which the portal works, in a process that works as the owner of the tables; else ""."""
    if not owner_url:
        return ""
    app, owner = database(url)["USER"], database(owner_url)["USER"]
    if not app or app == owner:
        fail(
            "SMARTREGION_OWNER_DATABASE_URL und DATABASE_URL müssen zwei verschiedene Benutzer nennen: die "
            "Eigentümerin der Tabellen und die Rolle, mit der das Portal arbeitet."
        )
    return str(app)


def refuse_to_serve_as_owner() -> None:
    """Web server and worker shall not be able to take the database's guards away."""
    if text("SMARTREGION_OWNER_DATABASE_URL", ""):
        fail(
            "SMARTREGION_OWNER_DATABASE_URL gehört nur in die Umgebung von „migrate“ und „setup_region“, "
            "nicht in die von Webserver und Worker."
        )


def clamd(place: str) -> str:
    """Where ClamAV's daemon listens: the path of a socket, or host:port; "" without one."""
    host, _colon, port = place.rpartition(":")
    if place and not place.startswith("/") and not (host and port.isdecimal()):
        fail("SMARTREGION_CLAMD muss der Pfad eines Sockets (/run/clamav/clamd.ctl) oder host:port sein.")
    return place


def redis_sockets() -> dict[str, Any]:
    """How long Celery waits for a Redis that says nothing; a connection that merely idles is asked."""
    return {
        "socket_timeout": 10,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "socket_keepalive_options": {
            socket.TCP_KEEPIDLE: SILENCE_SECONDS["idle"],
            socket.TCP_KEEPINTVL: SILENCE_SECONDS["interval"],
            socket.TCP_KEEPCNT: SILENCE_SECONDS["count"],
            socket.TCP_USER_TIMEOUT: 1000 * UNANSWERED_SECONDS,
        },
    }


def queue(url: str) -> str:
    if urlsplit(url).scheme not in {"redis", "rediss"}:
        fail("REDIS_URL muss mit redis:// oder rediss:// beginnen.")
    return url


def local_secret_key(folder: Path) -> str:
    """The demo's own key, made once and kept beside its data. Its name appears together with its content."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix="secret_key.", dir=folder)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # another process was first, and its key is the one
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text()
