"""Backups: one sealed file, brought back row by row, refused before anything is touched, and drilled."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils.timezone import now
from psycopg.conninfo import make_conninfo

from governance.models import Resolution
from measures.models import Document, Measure
from measures.services.documents import add_document
from network.models import Role, User
from smartregion.backup import BackupError
from smartregion.backup.envelope import DATABASE, ERASURES, Packer, read, seal
from smartregion.backup.keys import Key, make_key
from smartregion.backup.making import backups_in, make_backup
from smartregion.backup.programs import environment, owner_address, program
from smartregion.backup.rehearsal import mark_as_drill
from smartregion.backup.restoring import create_database, drop_database, exchanged
from smartregion.backup.rows import differences, holding
from smartregion.base.audit import Head, verify
from smartregion.base.erasure import erase
from smartregion.base.erasure_log import begin_log, line_of
from smartregion.base.models import AuditEntry, Erasure, Sign
from smartregion.base.personal import Person
from smartregion.base.row_security import create_policies
from smartregion.base.uploads import Upload
from smartregion.operation import operation
from tests import databases
from tests.factories import make_committee, make_measure, make_region, make_user
from tests.governance.rows import make_resolution

pytestmark = pytest.mark.django_db(transaction=True)
NAME, EMAIL = "Erika Beispielfrau", "erika.beispielfrau@example.org"
LOG = "public.base_auditentry"
"""What differs after a restore: it is noted there."""


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    settings.BACKUP_KEY = str(tmp_path / "backup.key")
    settings.BACKUP_FOLDER = tmp_path / "backups"
    begin_log()
    make_key(tmp_path / "backup.key")
    return tmp_path / "backups"


def make_rows() -> None:
    make_region()
    measure = make_measure("Netz", contact="ä„“\n\\t")
    make_resolution(make_committee())
    make_user(Role.COORDINATION)
    document = Document(measure=measure, title="Konzept", visibility="public")
    add_document(document=document, file=Upload("a.pdf", "pdf", bytes(range(256)) * 9_000), by=None)


@pytest.fixture
def other() -> Iterator[str]:
    """The name of an empty database, to which Django is connected while the test goes on."""
    name = f"{databases.PREFIX}restored_{os.getpid()}"
    mine = connection.settings_dict["NAME"]
    drop_database(owner_address(), name)
    create_database(owner_address(), name)
    yield name
    connection.close()
    connection.settings_dict["NAME"] = mine
    with psycopg.connect(owner_address(), autocommit=True) as server:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"]
        ).fetchall()
    for (each,) in rows:
        drop_database(owner_address(), each)


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def held() -> dict[str, Any]:
    with psycopg.connect(owner_address()) as database:
        return holding(database)


def backup(places: Path, keep: int = 5) -> Path:
    return make_backup(places, keep=keep)


def repacked(path: Path, *, without: str = "", one_row_more_in: str = "") -> None:
    """The same backup with another manifest."""
    key, pieces = Key.read(), []
    with path.open("rb") as file:
        contents = read(file, key, pieces.append)
    said = {
        name: said for name, said in contents.manifest.items() if name not in {"format", "parts", without}
    }
    if one_row_more_in:
        said["tables"][one_row_more_in][0] += 1

    def pack(packer: Packer) -> None:
        packer.add_stream(DATABASE, BytesIO(b"".join(pieces)))
        packer.add(ERASURES, contents.erasures)
        packer.finish(said)

    with path.open("wb") as file:
        seal(file, key, pack)


def refused(*words: Any, **options: Any) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*words, **options)
    return str(error.value)


def test_no_file_stands_outside_the_database() -> None:
    """Else a backup would have to hold it too (docs/decisions/0002)."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]

    assert [field for field in fields if isinstance(field, models.FileField)] == []


def test_a_backup_comes_back_with_the_same_rows_in_every_table(
    places: Path, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    before = held()
    path = backup(places)

    use(other)
    call_command("restore", path)

    told = capsys.readouterr().out
    after = held()
    assert differences(before, after) == [LOG]
    assert isinstance(verify(), Head)
    assert AuditEntry.objects.filter(kind="backup_restored").count() == 1
    assert "Tabellen verglichen." in told and "0 Löschungen wiederholt." in told
    assert (Resolution.objects.count(), Measure.objects.get().contact) == (1, "ä„“\n\\t")


def test_the_file_is_encrypted_and_any_age_program_with_the_key_opens_it(places: Path) -> None:
    User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)
    path = backup(places)
    text = Path(str(places.parent / "backup.key")).read_text().splitlines()[-1]

    sealed = path.read_bytes()
    opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(text)])

    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert (EMAIL.encode() in sealed, b"manifest.json" in opened) == (False, True)
    assert (path.stat().st_mode & 0o777, places.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("harm", ["cut", "cut far", "changed", "longer", "empty", "text", "other key"])
def test_a_damaged_file_or_a_wrong_key_is_refused_before_anything_is_touched(
    places: Path, other: str, harm: str
) -> None:
    make_rows()
    path = backup(places)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "cut": content[:-1],
            "cut far": content[:middle],
            "changed": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "longer": content + b"\0",
            "empty": b"",
            "text": b"Hallo",
            "other key": content,
        }[harm]
    )
    options: dict[str, Any] = {}
    if harm == "other key":
        make_key(places / "other.key")
        options["key"] = places / "other.key"
    use(other)

    told = refused("restore", path, **options)

    assert refused("restore", path, check=True, **options) == told
    assert "anderen Schlüssel" in told if harm == "other key" else "beschädigt" in told
    assert held() == {"tables": {}, "sequences": {}}


def test_a_backup_is_checked_while_the_portal_runs_and_nothing_is_touched(
    places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    path = backup(places)
    before = held()
    with psycopg.connect(owner_address()):
        call_command("restore", path, check=True)

    assert "ist lesbar" in capsys.readouterr().out
    assert held() == before


def test_a_manifest_that_says_something_else_is_refused(places: Path) -> None:
    """age finds what others do; this finds what we would do wrong ourselves."""
    key = Key.read()
    path = places.parent / "wrong.age"

    def pack(packer: Packer) -> None:
        packer.add(ERASURES, b"")
        packer.add(f"{DATABASE}/{0:015d}", b"half")
        packer.parts.pop(f"{DATABASE}/{0:015d}")
        packer.parts[DATABASE] = {"bytes": 8, "sha256": "x"}
        packer.finish({})

    with path.open("wb") as file:
        seal(file, key, pack)

    assert "nicht der ihres Verzeichnisses" in refused("restore", path)


def test_a_filled_database_is_left_alone_unless_told_otherwise(places: Path) -> None:
    make_rows()
    path = backup(places)
    before = held()

    assert "nicht leer, es wurde nichts verändert" in refused("restore", path)
    assert differences(before, held()) == []


def test_replacing_keeps_the_database_that_was_there_under_another_name(
    places: Path, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    before = held()
    path = backup(places)
    use(other)
    call_command("restore", path)
    Measure.objects.all().update(contact="später")
    connection.close()
    capsys.readouterr()

    call_command("restore", path, replace=True)

    kept = capsys.readouterr().out.strip().rpartition(" ")[2].rstrip(".")
    assert differences(before, held()) == [LOG]
    use(kept)
    assert Measure.objects.get().contact == "später"
    connection.close()


def test_the_database_that_takes_its_place_admits_the_same_roles(places: Path, other: str) -> None:
    make_rows()
    path = backup(places)
    use(other)
    call_command("restore", path)
    asked = "SELECT datacl::text FROM pg_database WHERE datname = current_database()"
    with psycopg.connect(owner_address()) as database:
        database.execute(f"REVOKE ALL ON DATABASE {other} FROM PUBLIC")
        database.execute(f"GRANT CONNECT ON DATABASE {other} TO pg_monitor")
        before = database.execute(asked).fetchone()
    connection.close()

    call_command("restore", path, replace=True)

    with psycopg.connect(owner_address()) as database:
        assert sorted(database.execute(asked).fetchone()[0][1:-1].split(",")) == sorted(
            before[0][1:-1].split(",")
        )


def test_replacing_is_refused_while_somebody_is_connected(places: Path, other: str) -> None:
    make_rows()
    path = backup(places)
    use(other)
    call_command("restore", path)

    with psycopg.connect(owner_address()):
        told = refused("restore", path, replace=True)

    assert "noch 1 andere verbunden, es wurde nichts verändert" in told


def test_who_was_erased_after_the_backup_is_erased_again(
    places: Path, other: str, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    make_rows()
    User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)
    path = backup(places)
    erase(person=Person.of(EMAIL), names=[NAME], reason="Antrag", by=None, office="Administration")

    use(other)
    call_command("restore", path)

    assert "1 Löschung wiederholt." in capsys.readouterr().out
    assert (User.objects.filter(email=EMAIL).exists(), Erasure.objects.count()) == (False, 1)


BROKEN = {
    "an id alone": '{"id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}',
    "no end": '{"counts": {}, "erased_at": "2026-01-01T00:0',
    "no hashes": '{"id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "erased_at": "2026-01-01T00:00:00+00:00", '
    '"scope": "all", "reason": "", "office": "", "signs": [[1]]}',
}


@pytest.mark.parametrize("harm", BROKEN)
def test_a_log_of_erasures_with_a_broken_line_is_refused_before_anything_is_touched(
    places: Path, other: str, settings: Any, harm: str
) -> None:
    make_rows()
    path = backup(places)
    erase(person=Person.of(EMAIL), names=[NAME], reason="Antrag", by=None, office="Administration")
    with settings.ERASURE_LOG.open("a") as log:
        log.write(f"{BROKEN[harm]}\n")
    use(other)

    assert "beschädigt (Zeile 2)" in refused("restore", path)
    assert "beschädigt (Zeile 2)" in refused("restore", path, check=True)
    assert "kein Protokoll" in refused("replay_erasures")
    assert held() == {"tables": {}, "sequences": {}}


def test_an_erasure_that_cannot_be_repeated_leaves_the_database_as_it_was(
    places: Path, other: str, settings: Any
) -> None:
    make_rows()
    User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)
    path = backup(places)
    entry = erase(person=Person.of(EMAIL), names=[NAME], reason="Antrag", by=None, office="Amt")
    entry.office = "A" * 121
    settings.ERASURE_LOG.write_text(line_of(entry))
    use(other)

    assert "getauscht wurde nichts" in refused("restore", path)
    assert held() == {"tables": {}, "sequences": {}}
    assert databases_like(f"{other}%") == [other]


def test_a_backup_of_another_secret_key_is_refused_since_its_erasures_would_find_nobody(
    places: Path, other: str, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    path = backup(places)
    settings.SECRET_KEY = "ein anderer Schlüssel, wie nach einem Wechsel im Betrieb"
    use(other)

    assert "anderen SMARTREGION_SECRET_KEY" in refused("restore", path)
    assert held() == {"tables": {}, "sequences": {}}
    call_command("restore", path, erasures_lost=True)
    assert capsys.readouterr().err == ""


def test_a_backup_that_does_not_say_its_secret_key_is_taken_with_a_warning(
    places: Path, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    path = backup(places)
    repacked(path, without="erasure_key")
    use(other)

    call_command("restore", path)

    assert "SMARTREGION_SECRET_KEY" in capsys.readouterr().err


def test_the_log_of_audits_and_that_of_migrations_stay_closed_to_the_portal_after_a_restore(
    places: Path, other: str, settings: Any
) -> None:
    """Whatever the backup and the defaults of the empty database (deploy/postgres/roles.sh) let it do."""
    role = settings.DATABASE_APP_ROLE
    make_rows()
    with psycopg.connect(owner_address(), autocommit=True) as database:
        database.execute(f"GRANT DELETE ON base_auditentry TO {role}")
        database.execute("ALTER TABLE measures_rolloutcell DISABLE ROW LEVEL SECURITY")
    path = backup(places)
    create_policies()
    use(other)
    with psycopg.connect(owner_address(), autocommit=True) as database:
        database.execute(f"ALTER DEFAULT PRIVILEGES GRANT INSERT, UPDATE, DELETE ON TABLES TO {role}")

    call_command("restore", path)

    with psycopg.connect(owner_address()) as database:
        assert database.execute(
            "SELECT has_table_privilege(%(role)s, 'base_auditentry', 'UPDATE'), "
            "has_table_privilege(%(role)s, 'base_auditentry', 'DELETE'), "
            "has_table_privilege(%(role)s, 'django_migrations', 'INSERT'), "
            "has_table_privilege(%(role)s, 'measures_rolloutcell', 'UPDATE'), "
            "(SELECT relrowsecurity FROM pg_class WHERE oid = 'measures_rolloutcell'::regclass)",
            {"role": role},
        ).fetchone() == (False, False, False, True, True)


def databases_like(pattern: str) -> list[str]:
    with psycopg.connect(owner_address(), dbname="postgres") as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", [pattern])
        return [name for (name,) in rows.fetchall()]


def test_two_databases_exchange_their_names_both_or_none(places: Path, other: str) -> None:
    """A program that looks at every database holds the fresh one; only the owner's own can be ended."""
    fresh = f"{other}_neu"
    create_database(owner_address(), fresh)
    address = make_conninfo(owner_address(), dbname=other)

    with psycopg.connect(owner_address(), dbname=fresh, user="postgres"):
        with pytest.raises(BackupError, match="es gilt die bisherige"):
            exchanged(address, fresh)
        assert databases_like(f"{other}%") == [other, fresh]

    with psycopg.connect(owner_address(), dbname=fresh):
        kept_as = exchanged(address, fresh)
    assert databases_like(f"{other}%") == [other, kept_as]


def test_without_the_log_of_erasures_nothing_is_restored_but_by_saying_so(
    places: Path, other: str, settings: Any
) -> None:
    make_rows()
    User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)
    erase(person=Person.of(EMAIL), names=[NAME], reason="Antrag", by=None, office="Administration")
    path = backup(places)
    inside = settings.ERASURE_LOG.read_text()
    settings.ERASURE_LOG = places / "elsewhere.jsonl"
    use(other)

    assert "Protokoll der Löschungen" in refused("restore", path, erasures=settings.ERASURE_LOG)
    assert held() == {"tables": {}, "sequences": {}}
    broken = places / "broken.jsonl"
    broken.write_text("kein JSON\n")
    assert "kein Protokoll" in refused("restore", path, erasures=broken)

    call_command("restore", path, erasures_lost=True)

    assert settings.ERASURE_LOG.read_text() == inside
    assert Erasure.objects.count() == 1


def test_a_draft_that_a_power_cut_left_goes_and_one_being_written_stays(places: Path) -> None:
    places.mkdir()
    old, young = places / ".backup-old", places / ".backup-young"
    for draft in (old, young):
        draft.touch()
    os.utime(old, (0, now().timestamp() - 4 * 3600))

    made = backup(places)

    assert sorted(places.iterdir()) == [young, made]


def test_as_many_backups_stay_as_wanted_and_nothing_else_goes(places: Path) -> None:
    places.mkdir()
    (places / "notes.txt").write_text("bleibt")
    made = [backup(places, keep=2) for _ in range(4)]

    assert backups_in(places) == [made[3], made[2]]
    assert sorted(path.name for path in places.iterdir()) == ["notes.txt", made[2].name, made[3].name]


def test_a_backup_that_fails_leaves_no_file_and_deletes_none(places: Path, settings: Any) -> None:
    kept = backup(places, keep=1)
    settings.ERASURE_LOG.unlink()

    assert "export_erasures" in refused("backup", "--keep=1")
    assert list(places.iterdir()) == [kept]
    settings.BACKUP_KEY = ""
    assert "SMARTREGION_BACKUP_KEY fehlt" in refused("backup")


def test_rows_that_are_written_meanwhile_do_not_make_hashes_and_dump_differ(places: Path, other: str) -> None:
    """Somebody commits every few milliseconds as long as the backup is made."""
    make_rows()
    writer = subprocess.Popen(
        [
            program("psql", 0),
            "-qc",
            "UPDATE base_sign SET seen_at = clock_timestamp()",
            "-c",
            r"\watch 0.005",
        ],
        env=environment(owner_address()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    Sign.give(Sign.BEAT)
    try:
        paths = [backup(places, keep=9) for _ in range(3)]
    finally:
        writer.kill()
        writer.wait()

    use(other)
    call_command("restore", paths[1])  # it compares by itself


def test_a_machine_with_the_public_key_alone_makes_backups_but_reads_none(
    places: Path, settings: Any
) -> None:
    public = places.parent / "public.key"
    public.write_text(str(Key.read().recipients[0]) + "\n")
    secret, settings.BACKUP_KEY = settings.BACKUP_KEY, str(public)

    path = backup(places)

    assert "nur den öffentlichen" in refused("restore_drill")
    call_command("restore_drill", key=Path(secret))
    assert path.is_file()


def test_a_key_is_made_once_and_never_replaced(places: Path) -> None:
    path = places.parent / "new.key"
    call_command("backup_key", path)
    text = path.read_text()

    assert "gibt es schon" in refused("backup_key", path)
    assert (path.read_text(), path.stat().st_mode & 0o777) == (text, 0o600)
    path.write_text("kein Schlüssel")
    with pytest.raises(BackupError):
        Key.read(path)


def test_the_drill_compares_all_rows_leaves_no_database_and_a_sign(
    places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_rows()
    backup(places)
    Sign.objects.filter(name=Sign.BACKUP).update(seen_at=now() - timedelta(hours=30))

    before = operation().safeguards
    call_command("restore_drill")
    after = operation().safeguards

    assert "stimmen überein" in capsys.readouterr().out
    assert [part.is_alive for part in before] == [False, False]
    assert [part.is_alive for part in after] == [False, True]
    assert databases_like(f"{connection.settings_dict['NAME']}%\\_probe%") == []


def test_a_drill_removes_what_a_drill_left_and_no_database_of_others(places: Path) -> None:
    make_rows()
    backup(places)
    name = connection.settings_dict["NAME"]
    left, others = f"{name}_probe_0123abcd", f"{name}_probe"
    for each in (left, others):
        create_database(owner_address(), each)
    mark_as_drill(owner_address(), left)

    try:
        call_command("restore_drill")
        assert databases_like(f"{name}%\\_probe%") == [others]
    finally:
        drop_database(owner_address(), others)


def test_a_database_that_is_there_is_never_taken_for_a_new_one(other: str) -> None:
    with pytest.raises(BackupError, match=f"{other} gibt es schon"):
        create_database(owner_address(), other)


def test_a_drill_that_finds_a_row_missing_fails_and_leaves_no_sign(places: Path) -> None:
    """The negative control: the dump lacks what the manifest has."""
    make_rows()
    repacked(backup(places), one_row_more_in="public.measures_measure")

    assert refused("restore_drill").startswith("Nach dem Einspielen weichen ab: public.measures_measure.")
    assert not Sign.objects.filter(name=Sign.RESTORE_DRILL).exists()


def test_a_drill_without_a_backup_says_so(places: Path) -> None:
    assert "liegt keine Sicherung" in refused("restore_drill")


def test_a_hash_tells_one_changed_byte_and_not_the_order_of_rows(places: Path) -> None:
    def of(*rows: str) -> list[Any]:
        with psycopg.connect(owner_address()) as database:
            database.execute("CREATE TABLE public.sample (text text, number float8, at timestamptz)")
            for row in rows:
                database.execute("INSERT INTO public.sample VALUES (%s, 0.1, '2026-01-01 00:00+00')", [row])
            found = holding(database)["tables"]["public.sample"]
            database.rollback()
        return found

    assert of("a", "b") == of("b", "a")
    assert (
        len({json.dumps(found) for found in (of("a", "b"), of("a", "a"), of("ab", ""), of("a"), of())}) == 5
    )


def test_no_password_stands_among_the_words_of_a_program() -> None:
    variables = environment("postgresql://portal:geheim@db.example.org:5433/portal?sslmode=require")

    wanted = {"PGUSER": "portal", "PGPASSWORD": "geheim", "PGHOST": "db.example.org", "PGPORT": "5433"}
    wanted |= {"PGDATABASE": "portal", "PGSSLMODE": "require"}
    assert {name: variables[name] for name in wanted} == wanted


def test_a_program_older_than_the_server_is_not_taken() -> None:
    with pytest.raises(BackupError, match="pg_dump fehlt für PostgreSQL 99; gefunden: "):
        program("pg_dump", 990_000)
