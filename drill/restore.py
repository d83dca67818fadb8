"""From a backup alone to a portal on an empty machine (`python -m drill.restore`): all rows and files are the
same, and a damaged backup or a wrong key is refused with nothing touched."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import django
import psycopg

from drill.filling import fill
from drill.outcome import Options, Outcome
from drill.release import Release
from smartregion.bootstrap import ROOT, one_line, step
from smartregion.stack import postgres, redis
from smartregion.stack.instance import throw_away
from smartregion.stack.supervisor import Supervisor

ROWS, SHORT_ROWS = 200_000, 5_000
DAMAGED, SHORT_DAMAGED = 20, 4
AUDIT_LOG: Final = "public.base_auditentry"
FILES: Final = """
SELECT count(*), coalesce(sum(size), 0), count(*) FILTER (WHERE encode(sha256(content), 'hex') <> sha256)
FROM (
    SELECT content, size, sha256 FROM public.monitoring_reportfile
    UNION ALL SELECT content, size, sha256 FROM public.measures_documentfile
) AS files
"""


@dataclass(frozen=True)
class Kept:
    """All that is left of the machine, and what its database held."""

    backup: Path
    key: Path
    held: dict[str, Any]
    files: tuple[int, int, int]
    """Their number, their bytes, and how many are not what their row says."""


@contextmanager
def machine(name: str, folder: Path) -> Iterator[tuple[Release, Path]]:
    """One without any data, and where its database's files lie."""
    with throw_away(name) as instance, Supervisor(instance) as supervisor:
        addresses = postgres.start(supervisor)
        environment = {
            "DJANGO_SETTINGS_MODULE": "smartregion.settings",
            "SMARTREGION_DEMO": "1",
            "SMARTREGION_ERASURE_LOG": str(instance.folder / "erasures.jsonl"),
            "SMARTREGION_BACKUP_KEY": str(folder / "backup.key"),
            "SMARTREGION_BACKUP_FOLDER": str(folder / "backups"),
            **redis.start(supervisor),
        }
        (instance.folder / "erasures.jsonl").unlink(missing_ok=True)
        owner = addresses["SMARTREGION_OWNER_DATABASE_URL"]
        yield Release(name, ROOT, owner, addresses["DATABASE_URL"], environment), instance.folder / "postgres"


def lose_all_but_a_backup(folder: Path, rows: int) -> Kept:
    with machine("drill-restore-lost", folder) as (portal, data):
        with step("A portal with a history"):
            portal.manage("migrate")
            portal.manage("load_data")
            with psycopg.connect(portal.owner) as database:
                fill(database, rows)
            portal.seal_reports([0, 1, 2])
        portal.manage("backup_key", str(folder / "backup.key"))
        with psycopg.connect(portal.owner) as database:
            held, files = holding(database), files_in(database)
        with step("Backup"):
            path = Path(portal.manage("backup").strip().splitlines()[-1])
    shutil.rmtree(data.resolve())
    return Kept(path, folder / "backup.key", held, files)


def holding(database: psycopg.Connection[Any]) -> dict[str, Any]:
    from smartregion.backup import rows

    return rows.holding(database)


def files_in(database: psycopg.Connection[Any]) -> tuple[int, int, int]:
    number, size, wrong = database.execute(FILES).fetchone() or (0, 0, 0)
    return int(number), int(size), int(wrong)


def harmed(content: bytes, rng: Random) -> tuple[str, bytes]:
    """What was done to it, and what it is then."""
    place = rng.randrange(len(content))
    if rng.random() < 0.5:
        return f"cut after {place} bytes", content[:place]
    changed = content[place] ^ (1 << rng.randrange(8))
    return f"another bit in byte {place}", content[:place] + bytes([changed]) + content[place + 1 :]


def refusals(portal: Release, kept: Kept, number: int, rng: Random) -> Iterator[str]:
    """What was taken that should not have been, or touched by being refused."""
    from smartregion.backup.keys import make_key

    before = _held(portal)
    content, path = kept.backup.read_bytes(), kept.backup.with_name("damaged.age")
    for _ in range(number):
        how, damaged = harmed(content, rng)
        path.write_bytes(damaged)
        yield from _taken(how, path, kept.key)
    other = kept.key.with_name("other.key")
    make_key(other)
    yield from _taken("another key", kept.backup, other)
    path.unlink()
    other.unlink()
    if _held(portal) != before:
        yield "a refused backup has changed the database"


def _taken(how: str, path: Path, key: Path) -> Iterator[str]:
    from smartregion.backup import BackupError
    from smartregion.backup.keys import Key
    from smartregion.backup.restoring import restore

    try:
        restore(path, Key.read(key), replace=True, erasures=None)
    except BackupError:
        return
    yield f"a backup was taken: {how}"


def _held(portal: Release) -> dict[str, Any]:
    with psycopg.connect(portal.owner) as database:
        return holding(database)


def run(options: Options) -> Outcome:
    """Damaged files are tried on the empty machine, and once more on the one that was restored."""
    tries = SHORT_DAMAGED if options.short else DAMAGED
    rng = Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="drill-restore-"))
    try:
        kept = lose_all_but_a_backup(folder, SHORT_ROWS if options.short else ROWS)
        with machine("drill-restore-new", folder) as (portal, _data):
            os.environ.update(portal.as_owner())
            django.setup()
            broken = list(refusals(portal, kept, tries, rng))
            begin = time.monotonic()
            with step("Restore"):
                portal.manage("restore", str(kept.backup), "--erasures-lost")
            seconds = time.monotonic() - begin
            broken += comparison(portal, kept)
            broken += refusals(portal, kept, tries, rng)
            print(told(kept, seconds, tries), flush=True)
            portal.manage("verify_reports")
        return Outcome(2 * (tries + 1) + 1, "backups restored or refused", broken, seconds)
    finally:
        shutil.rmtree(folder)


def comparison(portal: Release, kept: Kept) -> Iterator[str]:
    """The audit log goes on with the restore; that it is whole is asked of itself."""
    from smartregion.backup.rows import differences

    for name in differences(kept.held, _held(portal)):
        if name != AUDIT_LOG:
            yield f"{name} came back otherwise"
    portal.manage("verify_audit")
    with psycopg.connect(portal.owner) as database:
        files = files_in(database)
    if files != kept.files or files[2]:
        yield f"files: {kept.files} before, {files} after"


def told(kept: Kept, seconds: float, tries: int) -> str:
    rows = sum(count for count, _hash in kept.held["tables"].values())
    number, size, _wrong = kept.files
    return (
        f"{kept.backup.stat().st_size / 1e6:.1f} MB: {rows} rows in {len(kept.held['tables'])} tables, "
        f"{number} files of {size / 1e6:.1f} MB, restored in {seconds:.1f} s; "
        f"tried beside it: {2 * tries} damaged ones, twice another key"
    )


def main() -> int:
    outcome = run(Options(short=False, seed=Random().randrange(10**6)))
    print("\n".join(f"BROKEN: {what}" for what in outcome.broken))
    return int(bool(outcome.broken))


if __name__ == "__main__":
    sys.exit(one_line(main))
