"""One file: a tar of parts, encrypted with age while it is written, so that no clear text reaches the disk.

age seals the file in pieces of 64 kB, each authenticated, and knows its end: a changed, missing or added
byte, a cut end and a wrong key are found while reading. The manifest comes last and says again what is in it;
the head comes first, so that it can be asked without reading the rest.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Final

import pyrage
from django.utils.translation import gettext as _

from smartregion.backup import BackupError
from smartregion.backup.keys import Key

DATABASE: Final = "database"
ERASURES: Final = "erasures.jsonl"
MANIFEST: Final = "manifest.json"
HEAD: Final = "head.json"
FORMAT: Final = 1
PIECE: Final = 4 << 20
BEGINNING: Final = 128 << 10
"""Holds at least one piece of age's, and with it the head."""


class Packer:
    """Adds parts to the tar, and keeps the length and SHA-256 of each for the manifest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, dict[str, Any]] = {}

    def begin(self, head: dict[str, Any]) -> None:
        self._file(HEAD, json.dumps(head, sort_keys=True).encode())

    def add(self, name: str, content: bytes) -> None:
        self._file(name, content)
        self.parts[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    def add_stream(self, name: str, source: IO[bytes]) -> None:
        """In pieces, since a tar wants to know each length beforehand."""
        total, length = hashlib.sha256(), 0
        while piece := source.read(PIECE):
            self._file(f"{name}/{length:015d}", piece)
            total.update(piece)
            length += len(piece)
        self.parts[name] = {"bytes": length, "sha256": total.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> None:
        whole = {"format": FORMAT, **manifest, "parts": self.parts}
        self._file(MANIFEST, json.dumps(whole, sort_keys=True, ensure_ascii=False).encode())

    def _file(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, BytesIO(content))


def seal(target: IO[bytes], key: Key, fill: Callable[[Packer], None]) -> None:
    """Encrypt what `fill` packs. A thread encrypts, so that only a pipe lies between them."""
    reader, writer = os.pipe()

    def encrypt() -> None:
        with os.fdopen(reader, "rb") as source:
            pyrage.encrypt_io(source, target, key.recipients)

    with ThreadPoolExecutor(1) as pool:
        encrypted = pool.submit(encrypt)
        with (
            _raising_first(encrypted),
            os.fdopen(writer, "wb") as stream,
            tarfile.open(fileobj=stream, mode="w|") as tar,
        ):
            fill(Packer(tar))


@dataclass(frozen=True)
class Contents:
    manifest: dict[str, Any]
    erasures: bytes


def read(source: IO[bytes], key: Key, take: Callable[[bytes], object] = len) -> Contents:
    """Read the whole file, give each piece of the dump to `take`, and compare all with the manifest.

    Raises:
        BackupError: wrong key, no backup, or damaged.
    """
    if not key.identities:
        raise BackupError(
            _("Zum Lesen braucht es den geheimen Schlüssel; diese Datei enthält nur den öffentlichen.")
        )
    source.seek(0)
    reader, writer = os.pipe()

    def decrypt() -> None:
        with os.fdopen(writer, "wb") as target:
            pyrage.decrypt_io(source, target, key.identities)

    with ThreadPoolExecutor(1) as pool:
        decrypted = pool.submit(decrypt)
        try:
            with _raising_first(decrypted), os.fdopen(reader, "rb") as stream:
                contents = _unpack(stream, take)
                while stream.read(PIECE):
                    pass
        except pyrage.DecryptError as error:
            raise BackupError(_in_words(error)) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise BackupError(_in_words(error)) from error
        except (tarfile.TarError, ValueError, KeyError) as error:
            raise BackupError(_("Die Datei ist keine Sicherung dieses Portals.")) from error
    return contents


def head_of(source: IO[bytes], key: Key) -> dict[str, Any]:
    """What the backup says first; nothing, if it was made before backups had a head.

    Raises:
        BackupError: wrong key, no backup, or its beginning is damaged.
    """
    clear = BytesIO()
    try:
        pyrage.decrypt_io(BytesIO(source.read(BEGINNING)), clear, key.identities)
    except (pyrage.DecryptError, OSError) as error:
        if not clear.tell():  # else it misses what was not read
            raise BackupError(_in_words(error)) from error
    clear.seek(0)
    try:
        with tarfile.open(fileobj=clear, mode="r|") as tar:
            first = tar.next()
            file = tar.extractfile(first) if first and first.name == HEAD else None
            return dict(json.load(file)) if file else {}
    except (tarfile.TarError, ValueError) as error:
        raise BackupError(_("Die Datei ist keine Sicherung dieses Portals.")) from error


def _in_words(error: Exception) -> str:
    if "No matching keys" in str(error):
        return _("Die Sicherung ist mit einem anderen Schlüssel verschlüsselt.")
    return _("Die Sicherung ist beschädigt oder keine Sicherung dieses Portals.")


@contextmanager
def _raising_first(other: "Future[None]") -> Iterator[None]:
    """What broke at the other end of the pipe is the cause of what breaks here."""
    try:
        yield
    except BaseException as here:
        there = other.exception()
        if there is None or _is_broken_pipe(there):
            raise
        raise there from here
    other.result()


def _is_broken_pipe(error: BaseException) -> bool:
    return isinstance(error, BrokenPipeError) or "Broken pipe" in str(error)


def _unpack(stream: IO[bytes], take: Callable[[bytes], object]) -> Contents:
    parts: dict[str, dict[str, Any]] = {}
    total, length, erasures, manifest = hashlib.sha256(), 0, b"", b""
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            content = file.read() if file else b""
            if entry.name == MANIFEST:
                manifest = content
            elif entry.name == ERASURES:
                erasures = content
                parts[ERASURES] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            elif entry.name == f"{DATABASE}/{length:015d}":
                total.update(content)
                length += len(content)
                take(content)
    parts[DATABASE] = {"bytes": length, "sha256": total.hexdigest()}
    said = json.loads(manifest)
    if said["format"] != FORMAT:
        raise BackupError(_("Die Sicherung ist von einer anderen Fassung des Portals."))
    if said["parts"] != parts:
        raise BackupError(_("Die Sicherung ist beschädigt: ihr Inhalt ist nicht der ihres Verzeichnisses."))
    return Contents(said, erasures)
