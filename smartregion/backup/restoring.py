"""Brings a backup back. Everything that can be known beforehand is looked at before anything is touched."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smartregion.backup import BackupError
from smartregion.backup.envelope import Contents, read
from smartregion.backup.keys import Key
from smartregion.backup.programs import connect, environment, owner_address, program
from smartregion.backup.rows import differences, holding, is_empty
from smartregion.base.erasure import replay

BESIDE = "%Y%m%d_%H%M%S"


@dataclass(frozen=True)
class Restored:
    made_at: datetime
    tables: int
    rows: int
    erased_again: int
    kept_as: str
    """The database that was there before, under its new name; "" where it was empty."""


def restore(path: Path, key: Key, *, replace: bool, erasures: Path | None) -> Restored:
    """Into the portal's database. `erasures` is the log that is newer than the backup; None: it is lost.

    Raises:
        BackupError: refused before anything was touched, or what became of it.
    """
    address = owner_address()
    with _opened(path) as file:
        contents = read(file, key)
        later = _lines_of(erasures)
        with connect(address, autocommit=True) as database:
            filled = not is_empty(database)
            _check_use(database, filled=filled, replace=replace)
        if filled:
            kept_as = _exchanged(address, file, key, contents)
        else:
            kept_as = ""
            fill_and_compare(address, file, key, contents)
    connection.close()
    _migrate()
    erased_again = len(replay([*_lines(contents.erasures), *later]))
    _complete_log(_lines(contents.erasures), later)
    counts = [count for count, _hash in contents.manifest["tables"].values()]
    return Restored(moment_of(contents), len(counts), sum(counts), erased_again, kept_as)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error


def moment_of(contents: Contents) -> datetime:
    return parse_datetime(contents.manifest["made_at"]) or now()


def _lines(content: bytes) -> list[str]:
    return content.decode().splitlines()


def _lines_of(path: Path | None) -> list[str]:
    """Also checks them, since nothing can be undone when they turn out to be broken afterwards."""
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            json.loads(line)["id"]
    except OSError as error:
        raise BackupError(
            _(
                "Das Protokoll der Löschungen %(path)s fehlt (%(reason)s). Ohne es zeigte das Portal "
                "Menschen, die nach der Sicherung gelöscht wurden. Nennen Sie es mit --erasures."
            )
            % {"path": path, "reason": error.strerror}
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(_("%(path)s ist kein Protokoll der Löschungen.") % {"path": path}) from error
    return lines


def _check_use(database: psycopg.Connection[Any], *, filled: bool, replace: bool) -> None:
    if not filled:
        return
    if not replace:
        raise BackupError(
            _(
                "Die Datenbank ist nicht leer, es wurde nichts verändert. Mit --replace bleibt sie unter "
                "einem anderen Namen liegen, und die Sicherung tritt an ihre Stelle."
            )
        )
    ours = [database.info.backend_pid]
    if connection.connection is not None:
        ours.append(connection.connection.info.backend_pid)  # its server process ends a moment after us
    connection.close()
    others = database.execute(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> ALL(%s) AND backend_type = 'client backend'",
        [ours],
    ).fetchone()
    if others and others[0]:
        raise BackupError(
            _(
                "Mit der Datenbank sind noch %(number)d andere verbunden, es wurde nichts verändert. "
                "Halten Sie erst Web, Worker und Zeitplan an."
            )
            % {"number": others[0]}
        )


def _exchanged(address: str, file: IO[bytes], key: Key, contents: Contents) -> str:
    """Restore beside the database and exchange the two by their names when all is compared."""
    name = str(conninfo_to_dict(address)["dbname"])
    moment = now().strftime(BESIDE)
    fresh, kept_as = f"{name}_neu_{moment}"[:63], f"{name}_vor_{moment}"[:63]
    create_database(address, fresh)
    try:
        fill_and_compare(make_conninfo(address, dbname=fresh), file, key, contents)
        with connect(make_conninfo(address, dbname="postgres"), autocommit=True) as server:
            for before, after in ((name, kept_as), (fresh, name)):
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
    except psycopg.Error as error:
        raise BackupError(
            _("Die Datenbanken ließen sich nicht tauschen: %(error)s") % {"error": error}
        ) from error
    finally:
        drop_database(address, fresh)
    return kept_as


def create_database(address: str, name: str) -> None:
    """Empty, with the same order of letters where the operating system gives it."""
    with connect(address, autocommit=True) as database:
        form = database.execute(
            "SELECT datlocprovider::text, datcollate, datctype FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        letters = sql.SQL("")
        if form and form[0] == "c":
            letters = sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, form[1:]))  # type: ignore[assignment]
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            database.execute(statement.format(sql.Identifier(name)) + letters)
            _admit_as_before(database, name)
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                _(
                    "Die Rolle %(role)s darf keine Datenbank anlegen. "
                    "Als postgres: ALTER ROLE %(role)s CREATEDB."
                )
                % {"role": database.info.user}
            ) from error


def _admit_as_before(database: psycopg.Connection[Any], name: str) -> None:
    """Who may connect to the present database may connect to the new one, nobody else. A dump omits that."""
    granted = database.execute(
        "SELECT CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, privilege_type "
        "FROM pg_database, aclexplode(datacl) WHERE datname = current_database()"
    ).fetchall()
    if granted:
        database.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    for grantee, privilege in granted:
        statement = sql.SQL("GRANT {} ON DATABASE {} TO {}").format(
            sql.SQL(privilege),
            sql.Identifier(name),
            sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC"),
        )
        database.execute(statement)


def drop_database(address: str, name: str) -> None:
    """One of our own, to which nobody is connected; FORCE would fail on a process that cleans up there."""
    with connect(address, autocommit=True) as database:
        database.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def fill_and_compare(address: str, file: IO[bytes], key: Key, contents: Contents) -> None:
    """One transaction fills an empty database; then each table's rows are compared with the manifest.

    Raises:
        BackupError: and what was filled in is there to be looked at, unless PostgreSQL refused it.
    """
    with connect(address) as database:
        version = database.info.server_version
    words = [program("pg_restore", version), "--no-owner", "--exit-on-error", "--single-transaction"]
    name = str(conninfo_to_dict(address)["dbname"])
    with NamedTemporaryFile() as errors:
        command = [*map(str, words), f"--dbname={name}"]
        with subprocess.Popen(
            command, env=environment(address), stdin=subprocess.PIPE, stderr=errors
        ) as process:
            try:
                read(file, key, cast(IO[bytes], process.stdin).write)
            except BrokenPipeError:
                pass  # it has ended, and says why
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            told = Path(errors.name).read_text(encoding="utf-8", errors="replace").strip()
            raise BackupError(
                _("pg_restore ist gescheitert, nichts wurde übernommen: %(told)s") % {"told": told[-600:]}
            )
    with connect(address) as database:
        if found := differences(contents.manifest, holding(database)):
            raise BackupError(
                _("Nach dem Einspielen weichen ab: %(names)s. Starten Sie das Portal nicht.")
                % {"names": ", ".join(found)}
            )


def _migrate() -> None:
    """An earlier version's tables become this one's: erasing needs them as they are now."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _complete_log(inside: Iterable[str], later: Iterable[str]) -> None:
    """The file beside the database knows afterwards whatever the backup's own log knew."""
    known = {json.loads(line)["id"] for line in later}
    missing = [line for line in inside if json.loads(line)["id"] not in known]
    settings.ERASURE_LOG.parent.mkdir(parents=True, exist_ok=True)
    with settings.ERASURE_LOG.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in missing)
        file.flush()
        os.fsync(file.fileno())
