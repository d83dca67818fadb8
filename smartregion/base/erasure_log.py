"""The file beside the backups that knows of every erasure, so that a restore can repeat it."""

import json
import os
from uuid import UUID

from django.conf import settings
from django.utils.dateparse import parse_datetime

from smartregion.base.models import Erasure


def line_of(erasure: Erasure) -> str:
    """The entry as a line of the file that is kept beside the backups."""
    names = ("scope", "reason", "office", "signs", "counts", "left")
    values = {name: getattr(erasure, name) for name in names}
    dated = {"id": str(erasure.pk), "erased_at": erasure.erased_at.isoformat()}
    return json.dumps({**dated, **values}, ensure_ascii=False, sort_keys=True) + "\n"


def begin_log() -> None:
    """Make the file, empty, for a portal that begins: from then on it is an alarm that it is missing.

    Web adds to it, and so does a restore, which runs as another user of the same group.
    """
    settings.ERASURE_LOG.parent.mkdir(parents=True, exist_ok=True)
    if not settings.ERASURE_LOG.exists():
        settings.ERASURE_LOG.touch()
        settings.ERASURE_LOG.chmod(0o660)


def add_to_log(*lines: str) -> None:
    """They are on the disk when this returns."""
    begin_log()
    with settings.ERASURE_LOG.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def keep_outside(erasure: Erasure) -> None:
    """Add the entry to the file at once: a backup that is restored tomorrow does not know of it.

    It is called before the transaction ends: an entry too many only repeats what was asked for, but an
    erasure that the file does not know would be undone by the next restore.
    """
    add_to_log(line_of(erasure).rstrip("\n"))


def is_whole(line: str) -> bool:
    """Whether it says all that `replay` needs."""
    try:
        entry = json.loads(line)
        UUID(entry["id"])
        return (
            parse_datetime(entry["erased_at"]) is not None
            and entry["scope"] in Erasure.Scope.values
            and all(isinstance(entry[name], str) for name in ("reason", "office"))
            and all(isinstance(words, int) and isinstance(sign, str) for words, sign in entry["signs"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
