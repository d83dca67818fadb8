"""The report compiler: pure functions from a snapshot to the bytes of each format.

The same snapshot gives the same bytes: nothing here reads a clock, the database or the reader's language.
That is also why the report's own wording stands in the formats in German and not in gettext.
"""

from monitoring.compile.canonical import SnapshotError, canonical_json, fingerprint
from monitoring.compile.content import Content, content_of
from monitoring.compile.formats import TYPESET, WRITTEN
from monitoring.compile.pdf import compile_pdf

__all__ = [
    "TYPESET",
    "WRITTEN",
    "Content",
    "SnapshotError",
    "canonical_json",
    "compile_pdf",
    "content_of",
    "fingerprint",
]
