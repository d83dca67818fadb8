"""The audit log: what somebody who looks after security wants to know, each entry sealed by the next.

PostgreSQL numbers, dates and chains the entries (`AuditEntry`). From what to what a row changed is not told
here: that is the history. Nobody is named but by the key of an account (docs/decisions/0029).
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from smartregion.base.audit_kinds import AuditKind as Kind
from smartregion.base.models import AuditEntry, AuditHead

__all__ = ["Damage", "Head", "Kind", "note", "note_head", "verify"]

FACT: Final = re.compile(r"[A-Za-z0-9_.:/-]{0,100}")
"""What an entry may say: words of programs, so that nobody gets named in a log that cannot be changed."""
FIRST: Final = "0" * 64
INSERT: Final = 'INSERT INTO "base_auditentry" ("kind", "account", "about", "facts") VALUES (%s, %s, %s, %s)'
BATCH: Final = 2_000


@dataclass(frozen=True)
class Head:
    """Up to where the log went, and the hash that it ended with: who noted it can tell whether it was cut."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError: it is none."""
        number, _colon, mark = text.strip().partition(":")
        if not re.fullmatch("[0-9a-f]{64}", mark):
            raise ValueError(text)
        return cls(int(number), mark)


@dataclass(frozen=True)
class Damage:
    """The first row at which the log is not as it was written, and what is wrong there."""

    number: int
    problem: str


def note(kind: Kind, *, by: Any = None, about: Any = None, **facts: Any) -> None:
    """Add an entry, in the transaction that is going on if there is one.

    Args:
        by: the account that acts; None for the system or a visitor.
        about: the account that it is about.
        facts: words and numbers that the kind's sentence asks for.

    Raises:
        ValueError: a fact is free text, in which somebody could be named.
    """
    told = {name: str(value) for name, value in sorted(facts.items()) if value is not None}
    for value in told.values():
        if not FACT.fullmatch(value):
            raise ValueError("An entry of the audit log takes no free text.")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [kind.value, _key_of(by), _key_of(about), json.dumps(told)])


def _key_of(account: Any) -> int | None:
    return getattr(account, "pk", None)


def hash_of(entry: AuditEntry) -> str:
    """What PostgreSQL computed when it took the entry, from the same canonical text."""
    moment = f"{entry.at:%Y-%m-%dT%H:%M:%S.%f}"
    keys = ("" if key is None else str(key) for key in (entry.account, entry.about))
    content = [entry.previous_hash, str(entry.number), moment, entry.kind, *keys, entry.facts]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()


def verify(heads: Iterable[Head] = ()) -> Head | Damage:
    """Read the whole log: its head, or where it is damaged first.

    Args:
        heads: noted elsewhere; the log still has to contain them, as it has those that were noted here.
    """
    expected = dict(AuditHead.objects.values_list("number", "hash"))
    expected |= {head.number: head.hash for head in heads}
    last = Head(0, FIRST)
    for entry in AuditEntry.objects.order_by("number").iterator(BATCH):
        if problem := _problem(entry, last, expected):
            return Damage(last.number + 1, problem)
        last = Head(entry.number, entry.hash)
    if missing := [number for number in sorted(expected) if number > last.number]:
        return Damage(last.number + 1, f"abgeschnitten: Der notierte Stand {missing[0]} fehlt")
    return last


def note_head(head: Head) -> None:
    """From now on the log has to contain it."""
    if head.number:
        AuditHead.objects.get_or_create(number=head.number, defaults={"hash": head.hash})


def _problem(entry: AuditEntry, last: Head, expected: dict[int, str]) -> str:
    if entry.number != last.number + 1:
        return "fehlt"
    if entry.previous_hash != last.hash:
        return "schließt nicht an den Eintrag davor an"
    if entry.hash != hash_of(entry):
        return "ist verändert"
    if expected.get(entry.number, entry.hash) != entry.hash:
        return "ist nicht der, dessen Stand notiert wurde"
    return ""
