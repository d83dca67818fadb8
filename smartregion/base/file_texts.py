"""The words of stored files, as far as they can be read without a program for each kind."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final

MARKUP: Final = re.compile(r"<[^>]*>")
MOST_BYTES: Final = 50_000_000
"""Of a packed file; what unpacks to more is no office file."""
UNREADABLE: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class Unreadable(Exception):
    """A picture, a PDF or a damaged file: nobody can say which words it shows."""


def text_of_file(content: bytes) -> str:
    """What a text file says, or all parts of an office file without their markup.

    Raises:
        Unreadable
    """
    if content.startswith(UNREADABLE):
        raise Unreadable
    if not content.startswith(b"PK"):
        return content.decode("utf-8", errors="replace")
    return "\n".join(MARKUP.sub("", part) for part in _parts(content))


def _parts(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise Unreadable
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise Unreadable from error
