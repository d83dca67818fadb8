"""The drill: the newest backup goes into a database of its own, is compared row by row, and vanishes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartregion.backup import BackupError
from smartregion.backup.envelope import read
from smartregion.backup.keys import Key
from smartregion.backup.making import backups_in
from smartregion.backup.programs import owner_address
from smartregion.backup.restoring import create_database, drop_database, fill_and_compare, moment_of
from smartregion.base.models import Sign


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
    scratch = f"{conninfo_to_dict(address)['dbname']}"[:57] + "_probe"
    with newest.open("rb") as file:
        contents = read(file, key)
        drop_database(address, scratch)
        create_database(address, scratch)
        try:
            fill_and_compare(make_conninfo(address, dbname=scratch), file, key, contents)
        finally:
            drop_database(address, scratch)
    Sign.give(Sign.RESTORE_DRILL)
    counts = [count for count, _hash in contents.manifest["tables"].values()]
    return Rehearsal(newest, moment_of(contents), len(counts), sum(counts))
