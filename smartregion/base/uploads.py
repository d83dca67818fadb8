"""Files that people send: how many bytes are taken in, and what they are by their content.

The name decides nothing but must agree with the content. Nothing here writes a file or runs what it reads.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from smartregion.base.text import german_slug
from smartregion.base.virus_check import NotClean, check_for_malware

MEGABYTE: Final = 1_048_576
LARGEST: Final = 10 * MEGABYTE
MOST_ENTRIES: Final = 2_000
LARGEST_UNPACKED: Final = 100 * MEGABYTE
MOST_TIMES: Final = 200
"""How many times its own size a package may unpack to; an office file of text reaches about 20."""
PIECE: Final = 65_536
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
OPEN: Final = "application/vnd.oasis.opendocument."
RUNS: Final = re.compile(
    r"vbaproject|vbadata|macrosheets|activex|oleobject|^basic/|^scripts/|"
    r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|msi|jar|lnk|sh|html?|xhtml|bin)$",
    re.IGNORECASE,
)
"""Names inside a package that a document of text and figures does not have."""
ACTIVE_PDF: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm)\b")
STREAM: Final = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)
"""Packed bytes of pictures and texts, in which any word may stand by chance."""
NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


class Refused(Exception):
    """The file is not taken; the message says in German why."""


@dataclass(frozen=True)
class Kind:
    """A format that is taken: its content type, and the check of a content that claims to be one."""

    content_type: str
    check: Callable[[bytes], None]


class CappedUploadHandler(FileUploadHandler):
    """Drops what comes after the largest file that any page takes, so that no disk fills.

    The file arrives as one that is too large, which its form says in words.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= LARGEST else None

    def file_complete(self, file_size: int) -> None:
        return None


@dataclass(frozen=True)
class Upload:
    """A file that was taken: the name it came with, what it is, its bytes."""

    name: str
    kind: str
    content: bytes

    @property
    def safe_name(self) -> str:
        """Small letters, digits and hyphens with the ending of the kind, whatever was sent."""
        return f"{german_slug(self.name.rpartition('.')[0]) or 'unterlage'}.{self.kind}"


def checked(file: Any) -> Upload:
    """What was sent, if it is taken.

    Raises:
        Refused: too large, empty, of another format, or not what its name says.
    """
    if file.size > LARGEST:
        problem = _("Die Datei ist größer als %d MB. Bitte verkleinern oder teilen Sie sie.")
        raise Refused(problem % (LARGEST // MEGABYTE))
    content = file.read()
    kind = kind_of(file.name, content)
    try:
        check_for_malware(content)
    except NotClean as found:
        raise Refused(str(found)) from found
    return Upload(file.name, kind, content)


def kind_of(name: str, content: bytes) -> str:
    """The format that name and content agree on.

    Raises:
        Refused: they do not, or it is none of `KINDS`.
    """
    if not content:
        raise Refused(_("Die Datei ist leer."))
    _stem, dot, ending = name.rpartition(".")
    kind = "jpg" if ending.lower() == "jpeg" else ending.lower()
    if not dot or kind not in KINDS:
        raise Refused(_("Dieses Format wird nicht angenommen. Möglich sind %s.") % names_of_kinds())
    KINDS[kind].check(content)
    return kind


def names_of_kinds() -> str:
    return ", ".join(kind.upper() for kind in KINDS)


def _disagree() -> Refused:
    return Refused(_("Der Inhalt der Datei passt nicht zu ihrer Endung, oder sie ist beschädigt."))


def _check_pdf(content: bytes) -> None:
    if (
        not content.startswith(b"%PDF-")
        or b"%%EOF" not in content[-1024:]
        or b"startxref" not in content[-2048:]
    ):
        raise _disagree()
    spoken = STREAM.sub(b"", content)
    spelled = NAME_ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), spoken)
    if ACTIVE_PDF.search(spelled):
        raise Refused(
            _("Die PDF-Datei enthält Skripte, Formularversand oder Anhänge. Bitte speichern Sie sie ohne.")
        )


def _check_png(content: bytes) -> None:
    """Chunk by chunk to the end, so that nothing hangs on behind the picture."""
    place, kind = 8, b""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        raise _disagree()
    while kind != b"IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        kind, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content) or zlib.crc32(content[place + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            raise _disagree()
        place = end
    if place != len(content):
        raise _disagree()


def _check_jpeg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff") or not content.endswith(b"\xff\xd9"):
        raise _disagree()


def _check_office(part: str, form: str) -> Callable[[bytes], None]:
    """An Office Open XML package whose main part is of this form, without macros."""
    main_type = f'"{OFFICE}{form}.main+xml"'.encode()

    def check(content: bytes) -> None:
        package = _unpacked(content, keep={"[Content_Types].xml"})
        types = package.get("[Content_Types].xml", b"")
        # An entity could spell a type that this does not recognise; no office program writes one here.
        if part not in package or main_type not in types or b"&" in types or b"<!" in types:
            raise _disagree()
        if re.search(rb"macroenabled|vbaproject|activex|ms-office\.(?!theme|chart)", types, re.IGNORECASE):
            raise _runs()

    return check


def _check_open(form: str) -> Callable[[bytes], None]:
    """An OpenDocument package, which says what it is in an uncompressed first entry."""
    marked = b"mimetype" + f"{OPEN}{form}".encode()

    def check(content: bytes) -> None:
        package = _unpacked(content, keep={"mimetype"})
        first = content[30 : 30 + len(marked)]
        if first != marked or package.get("mimetype") != marked.removeprefix(b"mimetype"):
            raise _disagree()
        if not {"content.xml", "META-INF/manifest.xml"} <= set(package):
            raise _disagree()

    return check


def _runs() -> Refused:
    return Refused(_("Die Datei enthält Makros oder Programme. Bitte speichern Sie sie ohne."))


def _unpacked(content: bytes, keep: set[str]) -> dict[str, bytes]:
    """The names in the package, with the content of those to keep; every entry is read once to its end."""
    if not content.startswith(b"PK\x03\x04"):
        raise _disagree()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            _check_entries(entries, len(content))
            if package.comment or package.start_dir + sum(
                _central_size(entry) for entry in entries
            ) + 22 != len(content):
                raise _disagree()
            return {entry.filename: _read(package, entry, entry.filename in keep) for entry in entries}
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
        OSError,
    ) as error:
        raise _disagree() from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Nothing in it may be named twice, lead elsewhere, be encrypted, run, or unpack to too much."""
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if len(names) > MOST_ENTRIES or unpacked > min(LARGEST_UNPACKED, max(MEGABYTE, size * MOST_TIMES)):
        raise Refused(_("Die Datei enthält gepackt zu viel. Bitte teilen Sie sie."))
    if len({name.lower() for name in names}) != len(names):
        raise _disagree()
    for entry in entries:
        parts = entry.orig_filename.split("/")
        is_odd = ".." in parts or parts[0] == "" or "\\" in entry.orig_filename or "\0" in entry.orig_filename
        if (
            is_odd
            or entry.flag_bits & 1
            or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        ):
            raise _disagree()
        if RUNS.search(entry.filename) and not entry.filename.startswith("xl/printerSettings/"):
            raise _runs()


def _central_size(entry: zipfile.ZipInfo) -> int:
    """Bytes of the entry in the package's directory."""
    name = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
    return 46 + len(name) + len(entry.extra) + len(entry.comment)


def _read(package: zipfile.ZipFile, entry: zipfile.ZipInfo, keep: bool) -> bytes:
    kept = io.BytesIO()
    with package.open(entry) as stream:
        while piece := stream.read(PIECE):
            if keep and kept.tell() < MEGABYTE:
                kept.write(piece)
    return kept.getvalue()


KINDS: Final[dict[str, Kind]] = {
    "pdf": Kind("application/pdf", _check_pdf),
    "docx": Kind(
        f"{OFFICE}wordprocessingml.document", _check_office("word/document.xml", "wordprocessingml.document")
    ),
    "xlsx": Kind(f"{OFFICE}spreadsheetml.sheet", _check_office("xl/workbook.xml", "spreadsheetml.sheet")),
    "odt": Kind(f"{OPEN}text", _check_open("text")),
    "ods": Kind(f"{OPEN}spreadsheet", _check_open("spreadsheet")),
    "png": Kind("image/png", _check_png),
    "jpg": Kind("image/jpeg", _check_jpeg),
}
"""By ending; the order is the one in which they are named."""
