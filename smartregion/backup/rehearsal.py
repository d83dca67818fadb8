"""The drill: the newest backup goes into a database of its own, is compared row by row, and vanishes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartregion.backup import BackupError
from smartregion.backup.envelope import read
from smartregion.backup.keys import Key
from smartregion.backup.making import backups_in
from smartregion.backup.programs import connect, owner_address
from smartregion.backup.restoring import create_database, drop_database, fill_and_compare, moment_of
from smartregion.base.models import Sign

MARK: Final = "Rückspielprobe der Smart Region; darf weg, sobald keine läuft"


@dataclass(frozen=True)
class Rehearsal:
    path: Path
    made_at: datetime
    tables: int
    rows: int


def rehearse(folder: Path, key: Key) -> Rehearsal:
    """Success leaves a sign; whoever looks at the operation sees how old it is.

    Raises:
        BackupError: the newest backup could not be brought back as it was.
    """
    newest = next(iter(backups_in(folder)), None)
    if newest is None:
        raise BackupError(_("In %(folder)s liegt keine Sicherung.") % {"folder": folder})
    address = owner_address()
    scratch = f"{conninfo_to_dict(address)['dbname']}"[:48] + f"_probe_{token_hex(4)}"
    with newest.open("rb") as file:
        contents = read(file, key)
        _drop_leftovers(address)
        create_database(address, scratch)
        try:
            mark_as_drill(address, scratch)
            fill_and_compare(make_conninfo(address, dbname=scratch), file, key, contents)
        finally:
            drop_database(address, scratch)
    Sign.give(Sign.RESTORE_DRILL)
    counts = [count for count, _hash in contents.manifest["tables"].values()]
    return Rehearsal(newest, moment_of(contents), len(counts), sum(counts))


def mark_as_drill(address: str, name: str) -> None:
    with connect(address, autocommit=True) as database:
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        database.execute(statement.format(sql.Identifier(name), sql.Literal(MARK)))


def _drop_leftovers(address: str) -> None:
    """Of drills that were cut off, and of nobody else: a name alone would not prove it."""
    with connect(address, autocommit=True) as database:
        left = database.execute(
            "SELECT datname FROM pg_database "
            "WHERE shobj_description(oid, 'pg_database') = %s AND starts_with(datname, %s || '_probe_')",
            [MARK, str(conninfo_to_dict(address)["dbname"])[:48]],
        ).fetchall()
    for (name,) in left:
        with suppress(psycopg.errors.ObjectInUse):  # another drill is under way
            drop_database(address, name)
