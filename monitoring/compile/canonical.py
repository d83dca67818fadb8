"""The snapshot as canonical JSON: one sequence of bytes for one content, so that a hash can vouch for it."""

import hashlib
import json

from monitoring.snapshot.schema import Snapshot


class SnapshotError(ValueError):
    """The snapshot holds a value that the schema does not allow."""


def canonical_json(snapshot: Snapshot) -> bytes:
    """Return sorted keys, no white space, UTF-8 and a closing newline.

    Raises SnapshotError for a float (two programs may write it differently) and for text that is not Unicode.
    """
    try:
        text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_forget)
        return f"{text}\n".encode()
    except (TypeError, UnicodeEncodeError) as error:
        raise SnapshotError("Der Datenstand enthält etwas, das sich nicht speichern lässt.") from error


def fingerprint(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the canonical JSON in hexadecimal digits."""
    return checksum(canonical_json(snapshot))


def checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _forget(pairs: object) -> None:
    """Only the numbers are of interest, not a second copy of everything."""


def _refuse(number: str) -> None:
    raise SnapshotError(f"Der Datenstand enthält eine Kommazahl: {number}.")
