"""Typed reading of the process environment. A wrong value ends the start with one German sentence."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def fail(sentence: str) -> NoReturn:
    raise SystemExit(f"Smart Region startet nicht: {sentence}")


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        if default is not None:
            return default
        fail(f"Die Umgebungsvariable {name} fehlt. Setzen Sie sie, siehe docs/operations.md.")
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


def choice(name: str, values: Sequence[str]) -> str:
    """One of the values; the first if nothing is said."""
    value = text(name, values[0])
    if value not in values:
        fail(f"{name} muss {' oder '.join(values)} sein, nicht „{value}“.")
    return value


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's database settings from any libpq address, also one with a Unix socket."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        fail(
            "DATABASE_URL ist keine gültige PostgreSQL-Adresse (postgresql://benutzer:passwort@host/datenbank)."
        )
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.get(key) or "") for key, name in known.items()},
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


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
