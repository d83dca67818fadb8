"""`manage.py doctor`: backup, drill, key, audit log and the log of erasures."""

import os
import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from smartregion.backup.envelope import ERASURES, seal
from smartregion.backup.keys import Key, make_key
from smartregion.backup.making import make_backup
from smartregion.base import audit
from smartregion.base.erasure_log import line_of
from smartregion.base.models import Erasure, Sign
from smartregion.base.tasks import note_audit_head
from smartregion.doctor import Level
from tests.smartregion.doctor import FAIL, OK, WARN, levels, text

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_backups_on_the_disk_of_the_database_or_in_a_folder_that_takes_none_are_caught(
    settings: Any, data_folder: Path
) -> None:
    with TemporaryDirectory(dir="/dev/shm") as memory, TemporaryDirectory(dir=data_folder.parent) as beside:
        settings.BACKUP_FOLDER = Path(beside)
        assert "auf derselben Platte" in text("Ort der Sicherungen")
        assert levels("Ort der Sicherungen") == [WARN]
        settings.BACKUP_FOLDER = Path(memory)
        assert levels("Ort der Sicherungen") == [OK]
    assert levels("Ort der Sicherungen") == [FAIL]


def age(name: str, **old: float) -> list[Level]:
    Sign.objects.update_or_create(name=name, defaults={"seen_at": now() - timedelta(**old)})
    title = "Sicherung" if name == Sign.BACKUP else "Rückspielprobe"
    return levels(title)


def test_a_missing_or_old_backup_or_drill_and_a_missing_key_are_caught(production: Any) -> None:
    production.BACKUP_FOLDER.mkdir()
    assert (levels("Sicherung"), levels("Rückspielprobe")) == ([FAIL, FAIL], [FAIL])
    file = production.BACKUP_FOLDER / "smartregion-20260101T000000Z.age"
    file.touch()
    assert [age(Sign.BACKUP, hours=hours) for hours in (1, 30, 80)] == [[OK], [WARN], [FAIL]]
    assert [age(Sign.RESTORE_DRILL, days=days) for days in (7, 9, 40)] == [[OK], [WARN], [FAIL]]
    yesterday = (now() - timedelta(days=1)).timestamp()
    os.utime(file, (yesterday, yesterday))
    assert age(Sign.BACKUP, hours=1) == [OK, FAIL]
    assert "Die letzte liegt nicht in" in text("Sicherung")
    Path(production.BACKUP_KEY).write_text("leer")
    assert levels("Schlüssel der Sicherung") == [FAIL]
    production.BACKUP_KEY = ""
    assert levels("Schlüssel der Sicherung") == [FAIL]


def test_an_audit_log_that_was_cut_is_caught() -> None:
    audit.note(audit.Kind.SETTINGS_CHANGED, what="region")
    note_audit_head()
    assert levels("Protokoll") == [OK]

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE base_auditentry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM base_auditentry")

    assert levels("Protokoll") == [FAIL]


def test_a_log_of_erasures_that_is_missing_incomplete_broken_or_in_a_bad_place_is_caught(
    production: Any,
) -> None:
    assert levels("Protokoll der Löschungen") == [OK]
    erasure = Erasure.objects.create(scope="all", reason="x", office="y", signs=[])
    assert "fehlen 1 Löschungen" in text("Protokoll der Löschungen")
    production.ERASURE_LOG.write_text(line_of(erasure))
    assert levels("Protokoll der Löschungen") == [OK]

    production.BACKUP_FOLDER = production.ERASURE_LOG.parent
    assert levels("Protokoll der Löschungen") == [WARN]
    production.ERASURE_LOG.write_text("kaputt\n")
    assert levels("Protokoll der Löschungen") == [FAIL]
    production.ERASURE_LOG.unlink()
    assert levels("Protokoll der Löschungen") == [FAIL]


@pytest.mark.django_db(transaction=True)
def test_another_key_or_secret_key_than_that_of_the_newest_backup_is_caught(production: Any) -> None:
    title, secret = "Schlüssel der Sicherung", production.SECRET_KEY
    assert "noch gibt es keine Sicherung" in text(title) and levels(title) == [OK]
    make_backup(production.BACKUP_FOLDER, keep=2)
    assert "SMARTREGION_SECRET_KEY ist der von damals" in text(title) and levels(title) == [OK]

    production.SECRET_KEY = "".join(reversed(secret))
    assert "mit einem anderen SMARTREGION_SECRET_KEY" in text(title) and levels(title) == [FAIL]
    production.SECRET_KEY = secret
    other = Path(production.BACKUP_KEY).with_name("other.key")
    public = make_key(other)
    production.BACKUP_KEY = str(other)
    assert "mit einem anderen Schlüssel verschlüsselt" in text(title) and levels(title) == [FAIL]
    other.write_text(public)
    assert "nur der öffentliche" in text(title) and levels(title) == [OK]


def test_a_backup_of_a_version_that_did_not_name_its_secret_key_first_is_opened_all_the_same(
    production: Any,
) -> None:
    production.BACKUP_FOLDER.mkdir()
    with (production.BACKUP_FOLDER / "smartregion-20260101T000000Z.age").open("wb") as file:
        seal(file, Key.read(), lambda packer: packer.add(ERASURES, b""))

    assert "erst die nächste Sicherung" in text("Schlüssel der Sicherung")
    assert levels("Schlüssel der Sicherung") == [OK]


def test_doctor_starts_without_the_key_under_systemd_and_says_that_it_is_missing(
    production: Any, tmp_path: Path
) -> None:
    unit = (production.BASE_DIR / "deploy/systemd/smartregion-doctor.service").read_text()
    (substitute,) = re.findall(r"^SetCredential=backup\.key:(.+)$", unit, re.M)
    production.BACKUP_KEY = str(tmp_path / "given.key")
    Path(production.BACKUP_KEY).write_text(substitute)

    assert text("Schlüssel der Sicherung").startswith("/etc/smartregion/backup.key fehlt. ")
    assert levels("Schlüssel der Sicherung") == [FAIL]
