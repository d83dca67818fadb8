"""`manage.py doctor`: what an operator forgets, looked at one by one; each line says what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final


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


def check(title: str) -> Callable[[Check], Check]:
    def add(look: Check) -> Check:
        CHECKS[title] = look
        return look

    return add


def examined(look: Check) -> Iterator[Finding]:
    """What the check finds; that it broke is a finding too, and the others go on."""
    try:
        yield from look()
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0]
        yield fail(
            f"Die Prüfung brach ab ({type(error).__name__}: {reason}).", "Beheben Sie zuerst das Übrige."
        )
