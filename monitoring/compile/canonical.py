"""The snapshot as canonical JSON: one sequence of bytes for one content, so that a hash can vouch for it."""

import hashlib
import json
from collections.abc import Iterator

from monitoring.snapshot_schema import Snapshot


class SnapshotError(ValueError):
    """The snapshot holds a value that the schema does not allow."""


def canonical_json(snapshot: Snapshot) -> bytes:
    """Return sorted keys, no white space, UTF-8 and a closing newline.

    Raises SnapshotError for a float (two programs may write it differently) and for text that is not Unicode.
    """
    for value in _leaves(snapshot):
        if not isinstance(value, str | int | None):
            raise SnapshotError(f"Der Datenstand enthält einen unzulässigen Wert: {value!r}.")
    try:
        text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return f"{text}\n".encode()
    except (TypeError, UnicodeEncodeError) as error:
        raise SnapshotError("Der Datenstand enthält Text, der sich nicht speichern lässt.") from error


def fingerprint(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the canonical JSON in hexadecimal digits."""
    return hashlib.sha256(canonical_json(snapshot)).hexdigest()


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
