"""Brings a backup back. Everything that can be known beforehand is looked at before anything is touched."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import psycopg
from django.core.management import call_command
from django.db import Error, connection
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
from smartregion.base.erasure_log import add_to_log, is_whole
from smartregion.base.erasure_replay import replay
from smartregion.base.wordings import sign_of_key

BESIDE = "%Y%m%d_%H%M%S"
TRIES = 20
"""A connection that has just been closed is still counted for a moment; two seconds are given to it."""


@dataclass(frozen=True)
class Restored:
    made_at: datetime
    tables: int
    rows: int
    erased_again: int
    kept_as: str
    """The database that was there before, under its new name; "" where it was empty."""
    has_known_key: bool
    """Whether the log of erasures is surely one that this backup can be compared with."""


def restore(path: Path, key: Key, *, replace: bool, erasures: Path | None) -> Restored:
    """Into the portal's database. `erasures` is the log that is newer than the backup; None: it is lost.

    Raises:
        BackupError: refused before anything was touched, or what became of it.
    """
    address = owner_address()
    with _opened(path) as file:
        contents, inside, later, has_known_key = _examined(file, key, erasures)
        with connect(address, autocommit=True) as database:
            filled = not is_empty(database)
            _check_use(database, filled=filled, replace=replace)
        with _beside(address) as fresh:
            fill_and_compare(make_conninfo(address, dbname=fresh), file, key, contents)
            with _asking(fresh):
                erased_again = _brought_up_to_date(inside, later)
            kept_as = exchanged(address, fresh)
    if not filled:
        _drop_if_unused(address, kept_as)
    counts = [count for count, _hash in contents.manifest["tables"].values()]
    return Restored(
        made_at=moment_of(contents),
        tables=len(counts),
        rows=sum(counts),
        erased_again=erased_again,
        kept_as=kept_as if filled else "",
        has_known_key=has_known_key,
    )


def check(path: Path, key: Key, *, erasures: Path | None) -> datetime:
    """When the backup was made. What can be known while the portal runs is looked at, nothing touched.

    Raises:
        BackupError: `restore` would refuse it.
    """
    with _opened(path) as file:
        return moment_of(_examined(file, key, erasures)[0])


def _examined(
    file: IO[bytes], key: Key, erasures: Path | None
) -> tuple[Contents, list[str], list[str], bool]:
    """What the file holds, the lines of its log of erasures and of the later one, and what its key says."""
    contents = read(file, key)
    later = _lines_of(erasures)
    inside = list(filter(is_whole, contents.erasures.decode(errors="replace").splitlines()))
    return contents, inside, later, _has_known_key(contents, is_log_lost=erasures is None)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error


def moment_of(contents: Contents) -> datetime:
    return parse_datetime(contents.manifest["made_at"]) or now()


def _lines_of(path: Path | None) -> list[str]:
    """Also checks them: whoever stands in a broken line would be back."""
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        broken = [number for number, line in enumerate(lines, 1) if not is_whole(line)]
    except OSError as error:
        raise BackupError(
            _(
                "Das Protokoll der Löschungen %(path)s fehlt (%(reason)s). Ohne es zeigte das Portal "
                "Menschen, die nach der Sicherung gelöscht wurden. Nennen Sie es mit --erasures."
            )
            % {"path": path, "reason": error.strerror}
        ) from error
    except UnicodeError as error:
        raise BackupError(_("%(path)s ist kein Protokoll der Löschungen.") % {"path": path}) from error
    if broken:
        raise BackupError(
            _("%(path)s ist kein Protokoll der Löschungen oder beschädigt (Zeile %(number)d).")
            % {"path": path, "number": broken[0]}
        )
    return lines


def _has_known_key(contents: Contents, *, is_log_lost: bool) -> bool:
    """Backups that were made before this was asked do not say it."""
    said = contents.manifest.get("erasure_key")
    if said not in {None, sign_of_key()} and not is_log_lost:
        raise BackupError(
            _(
                "Die Sicherung wurde mit einem anderen SMARTREGION_SECRET_KEY gemacht. Mit dem jetzigen "
                "fände das Portal nicht, wer gelöscht wurde; es wurde nichts verändert. Setzen Sie den von "
                "damals, oder --erasures-lost, wenn er verloren ist."
            )
        )
    return said is not None


def _check_use(database: psycopg.Connection[Any], *, filled: bool, replace: bool) -> None:
    if filled and not replace:
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
    for _try in range(TRIES):
        if not (others := _number_of_others(database, ours)):
            return
        database.execute("SELECT pg_sleep(0.1)")
    raise BackupError(
        _(
            "Mit der Datenbank sind noch %(number)d andere verbunden, es wurde nichts verändert. "
            "Halten Sie erst Web, Worker und Zeitplan an."
        )
        % {"number": others}
    )


def _number_of_others(database: psycopg.Connection[Any], ours: list[int]) -> int:
    (number,) = database.execute(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> ALL(%s) AND backend_type = 'client backend'",
        [ours],
    ).fetchone() or (0,)
    return int(number)


@contextmanager
def _beside(address: str) -> Iterator[str]:
    """The name of a new database, which vanishes unless it has got another name."""
    fresh = f"{_name(address)}_neu_{now().strftime(BESIDE)}"[:63]
    create_database(address, fresh)
    try:
        yield fresh
    finally:
        _drop_if_unused(address, fresh)


def _name(address: str) -> str:
    return str(conninfo_to_dict(address)["dbname"])


def _drop_if_unused(address: str, name: str) -> None:
    with suppress(psycopg.errors.ObjectInUse):
        drop_database(address, name)


@contextmanager
def _asking(database: str) -> Iterator[None]:
    """Meanwhile Django asks this database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _brought_up_to_date(inside: list[str], later: list[str]) -> int:
    """Tables, policies and rights become those of this version; then, by number, people are erased again."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        number = len(replay([*inside, *later]))
    except Error as error:
        raise BackupError(
            _("Die Sicherung ließ sich nicht auf diesen Stand bringen, getauscht wurde nichts: %(error)s")
            % {"error": error}
        ) from error
    _complete_log(inside, later)
    return number


def exchanged(address: str, fresh: str) -> str:
    """The two exchange their names, both or none; returns the one under which the old database is kept."""
    name = _name(address)
    kept_as = f"{name}_vor_{now().strftime(BESIDE)}"[:63]
    try:
        with connect(make_conninfo(address, dbname="postgres")) as server:
            _end_connections(server, fresh)
            for before, after in ((name, kept_as), (fresh, name)):
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
    except psycopg.Error as error:
        raise BackupError(
            _("Die Datenbanken ließen sich nicht tauschen, es gilt die bisherige: %(error)s")
            % {"error": error}
        ) from error
    return kept_as


def _end_connections(server: psycopg.Connection[Any], database: str) -> None:
    """Those that we may end, of a database that nobody has a business with."""
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND pg_has_role(current_user, usesysid, 'MEMBER')",
        [database],
    )


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
        except psycopg.errors.DuplicateDatabase as error:
            raise BackupError(_("Die Datenbank %(name)s gibt es schon.") % {"name": name}) from error


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
        BackupError: PostgreSQL refused it, or something is not as it was.
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
                _("Nach dem Einspielen weichen ab: %(names)s. Nehmen Sie eine andere Sicherung.")
                % {"names": ", ".join(found)}
            )


def _complete_log(inside: Iterable[str], later: Iterable[str]) -> None:
    """The file beside the database knows afterwards whatever the backup's own log knew."""
    known = {json.loads(line)["id"] for line in later}
    add_to_log(*(line for line in inside if json.loads(line)["id"] not in known))
