"""`manage.py doctor`: what an operator forgets, looked at one by one; each line says what to do."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

import psycopg
from django.db import DatabaseError, OperationalError, connection


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    level: Level
    text: str
    """What is so; where it is not as it should be, also what to do."""


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warn(text: str, do: str) -> Finding:
    return Finding(Level.WARN, f"{text} {do}")


def fail(text: str, do: str) -> Finding:
    return Finding(Level.FAIL, f"{text} {do}")


def is_near(host: str) -> bool:
    """Whether what is said to this host stays on this machine."""
    if host in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


Check = Callable[[], Iterator[Finding]]
CHECKS: Final[dict[str, Check]] = {}
DATABASE: Final = "Datenbank"
"""The check that says why the database does not answer; others only say that it does not."""


def check(title: str) -> Callable[[Check], Check]:
    def add(look: Check) -> Check:
        CHECKS[title] = look
        return look

    return add


def examined(look: Check) -> Iterator[Finding]:
    """What the check finds; that it broke is a finding too, and the others go on."""
    try:
        yield from look()
    except (OperationalError, psycopg.OperationalError) as error:
        if connection.connection is None and look is not CHECKS.get(DATABASE):
            yield fail("Die Datenbank antwortet nicht.", f"Siehe {DATABASE}.")
        else:
            yield _broken(error)
    except Exception as error:
        yield _broken(error)


def _broken(error: Exception) -> Finding:
    reason = (str(error).strip().splitlines() or [""])[0]
    return fail(f"Die Prüfung brach ab ({type(error).__name__}: {reason}).", _way_out(error))


def _way_out(error: Exception) -> str:
    match error:
        case PermissionError():
            return f"Geben Sie {_who()} das Recht dazu; wem was gehört, sagt docs/operations.md."
        case FileNotFoundError():
            return "Legen Sie sie an, wie docs/operations.md es sagt, oder nennen Sie den richtigen Ort."
        case DatabaseError() | psycopg.Error():
            return (
                "Läuft PostgreSQL (systemctl status postgresql), stimmen DATABASE_URL und "
                "SMARTREGION_OWNER_DATABASE_URL, und ist migriert (systemctl start smartregion-migrate)?"
            )
    return "Bleibt es so, wenn alles Übrige stimmt: melden Sie diese Zeile (docs/contributing.md)."


def _who() -> str:
    """The account, by its name if it has one."""
    with suppress(KeyError):
        return pwd.getpwuid(os.geteuid()).pw_name
    return f"dem Benutzer {os.geteuid()}"
