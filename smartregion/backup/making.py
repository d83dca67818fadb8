"""Makes a backup: one encrypted file with the database and the log of erasures, then the oldest ones go."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final, cast

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _

from smartregion.backup import BackupError
from smartregion.backup.envelope import DATABASE, ERASURES, Packer, read, seal
from smartregion.backup.keys import Key
from smartregion.backup.programs import connect, environment, owner_address, program
from smartregion.backup.rows import holding
from smartregion.base.models import Sign
from smartregion.base.wordings import sign_of_key

NAME: Final = "smartregion-%Y%m%dT%H%M%S%fZ.age"
PATTERN: Final = "smartregion-*Z.age"
DRAFT: Final = ".backup-"
GIVEN_UP_AFTER: Final = timedelta(hours=3)


def make_backup(folder: Path, *, keep: int) -> Path:
    """Returns the new file. It has its name only when it is whole, on the disk, and was read back."""
    key = Key.read()
    made_at = now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_drafts(folder, before=made_at - GIVEN_UP_AFTER)
        target = folder / made_at.strftime(NAME)
        with _appearing_whole(target) as file:
            seal(file, key, lambda packer: _pack(packer, made_at))
            if key.identities:
                read(file, key)
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror}") from error
    Sign.give(Sign.BACKUP)
    for outdated in backups_in(folder)[keep:]:
        outdated.unlink()
    return target


def backups_in(folder: Path) -> list[Path]:
    """The newest first."""
    return sorted(folder.glob(PATTERN), reverse=True)


def _remove_drafts(folder: Path, *, before: datetime) -> None:
    """Those to which nothing was written since: their backup ended with the machine's power."""
    for draft in folder.glob(f"{DRAFT}*"):
        if draft.stat().st_mtime < before.timestamp():
            draft.unlink()


@contextmanager
def _appearing_whole(target: Path) -> Iterator[IO[bytes]]:
    with NamedTemporaryFile(dir=target.parent, prefix=DRAFT, delete=False) as file:
        draft = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.rename(target)
        except BaseException:
            draft.unlink()
            raise
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pack(packer: Packer, made_at: datetime) -> None:
    """Hashes and dump are of one snapshot, whatever is written meanwhile."""
    address = owner_address()
    keyed = {"erasure_key": sign_of_key()}
    packer.begin(keyed)
    with connect(address) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # It waits for pg_dump within its transaction, however long that takes.
        database.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = (database.execute("SELECT pg_export_snapshot()").fetchone() or [""])[0]
        version = database.info.server_version
        words = [program("pg_dump", version), "--format=custom", f"--snapshot={snapshot}"]
        _dump(packer, list(map(str, words)), environment(address))
        packer.add(ERASURES, _erasures())
        held = holding(database)
    packer.finish({"made_at": made_at.isoformat(), "server_version": version, **keyed, **held})


def _dump(packer: Packer, words: list[str], variables: dict[str, str]) -> None:
    with NamedTemporaryFile() as errors:
        with subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, stderr=errors) as process:
            packer.add_stream(DATABASE, cast(IO[bytes], process.stdout))
        if process.returncode:
            told = Path(errors.name).read_text(encoding="utf-8", errors="replace").strip()
            raise BackupError(_("pg_dump ist gescheitert: %(told)s") % {"told": told[-600:]})


def _erasures() -> bytes:
    """The file beside the database; it is missing only where nothing was ever set up."""
    if not settings.ERASURE_LOG.is_file():
        raise BackupError(
            _(
                "Das Protokoll der Löschungen %(path)s fehlt. "
                "„manage.py export_erasures %(path)s“ schreibt es neu."
            )
            % {"path": settings.ERASURE_LOG}
        )
    return bytes(settings.ERASURE_LOG.read_bytes())
