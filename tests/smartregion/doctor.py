"""What tests of `manage.py doctor` share: a portal as it should be, and what a check says of it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from smartregion.backup.keys import make_key
from smartregion.base.erasure_log import begin_log
from smartregion.doctor import CHECKS, Finding, Level, examined
from smartregion.management.commands.doctor import ROOMS
from tests import databases

for each in ROOMS:
    import_module(f"smartregion.doctor.{each}")
OK, WARN, FAIL = Level.OK, Level.WARN, Level.FAIL
OWNER = os.environ.get("SMARTREGION_OWNER_DATABASE_URL", "")
"""Of the server on which the tests run; each test begins without one."""
APP = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Any:
    """A portal as it should be, as far as settings say."""
    settings.DEMO, settings.DEBUG, settings.MAILS_ARE_FILES = False, False, False
    settings.SECRET_KEY = "".join(chr(33 + number) for number in range(60))
    settings.ALLOWED_HOSTS = ["smart.kreis.de"]
    settings.DEFAULT_FROM_EMAIL = "smart@kreis.de"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.BACKUP_KEY = str(tmp_path / "backup.key")
    begin_log()
    make_key(tmp_path / "backup.key")
    return settings


def found(title: str) -> list[Finding]:
    return list(examined(CHECKS[title]))


def levels(title: str) -> list[Level]:
    return [finding.level for finding in found(title)]


def text(title: str) -> str:
    return " ".join(finding.text for finding in found(title))


@pytest.fixture
def owner_runs_doctor(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under systemd: it looks at the portal's role, and itself works as the owner."""
    settings.OWNER_DATABASE_URL = databases.address_of(connection.settings_dict["NAME"])
    monkeypatch.setenv("DATABASE_URL", APP)


def as_postgres(statement: str) -> None:
    address = databases.address_of(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres", autocommit=True) as server:
        server.execute(statement)


@contextmanager
def done_as_postgres(statement: str, *, undone_by: str) -> Iterator[None]:
    as_postgres(statement)
    try:
        yield
    finally:
        as_postgres(undone_by)


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """Of the tests' server, once the role is told it."""
    address = databases.address_of(connection.settings_dict["NAME"])
    with psycopg.connect(address, user="postgres") as server:
        (told,) = server.execute("SHOW data_directory").fetchone() or ("",)
    role = connection.settings_dict["USER"]
    with done_as_postgres(
        f"GRANT pg_read_all_settings TO {role}", undone_by=f"REVOKE pg_read_all_settings FROM {role}"
    ):
        yield Path(told)


SYSTEMCTL = """#!/bin/sh
[ -e "$(dirname "$0")/silent" ] && echo "Failed to connect to bus" >&2 && exit 1
cat "$(dirname "$0")"/*.unit
"""
"""Stands for systemd's; what it knows of a unit is a file."""


@dataclass(frozen=True)
class Running:
    """A machine with systemd."""

    systemd: Path
    units: Path
    known: Path
    secrets: Path

    def enables(self, *names: str) -> None:
        (self.units / "some.wants").mkdir(exist_ok=True)
        for name in names:
            (self.units / "some.wants" / name).symlink_to("/dev/null")

    def says(self, name: str, *, up: float = 3_000, **told: str) -> None:
        since = int((time.monotonic() - up) * 1_000_000)
        properties = {"Id": name, "ActiveState": "active", "SubState": "running", "NRestarts": "0"}
        properties |= {"ActiveEnterTimestampMonotonic": str(since), **told}
        lines = [f"{key}={value}\n" for key, value in properties.items()]
        (self.known / f"{name}.unit").write_text("".join([*lines, "\n"]))

    def is_silent(self) -> None:
        (self.known / "silent").touch()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    machine = Running(tmp_path / "run", tmp_path / "etc", tmp_path / "bin", tmp_path / "secrets")
    for folder in (machine.systemd, machine.units, machine.known, machine.secrets):
        folder.mkdir()
    (machine.known / "systemctl").write_text(SYSTEMCTL)
    (machine.known / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{machine.known}:{os.environ['PATH']}")
    return machine
