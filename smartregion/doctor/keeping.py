"""Backup, its drill, its key, and the log of erasures without which a restore shows who was erased."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.timezone import localtime, now

from smartregion.backup import BackupError
from smartregion.backup.envelope import head_of
from smartregion.backup.keys import Key
from smartregion.backup.making import GIVEN_UP_AFTER, backups_in
from smartregion.base import audit
from smartregion.base.erasure_log import is_whole
from smartregion.base.models import Erasure, Sign
from smartregion.base.wordings import sign_of_key
from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.doctor.database import host, seen_here, told_folder
from smartregion.doctor.machine import disks_below
from smartregion.operation import BACKUP_DUE, DRILL_DUE

TOO_OLD: Final = timedelta(days=3)
DRILL_TOO_OLD: Final = timedelta(days=35)
KEY_OF_UNITS: Final = "/etc/smartregion/backup.key"
NO_KEY: Final = "missing"
"""What doctor's unit is given in its place (SetCredential=), so that it starts and says so."""
BRING_BACK: Final = (
    "Ohne Schlüssel gibt es keine Sicherung und keine Rückkehr zu einer. Holen Sie die Kopie zurück; "
    "ein neuer (manage.py backup_key DATEI) öffnet keine ältere Sicherung."
)


@check("Schlüssel der Sicherung")
def key() -> Iterator[Finding]:
    if stands_in_for_key():
        yield fail(f"{KEY_OF_UNITS} fehlt.", BRING_BACK)
        return
    try:
        read = Key.read()
    except BackupError as error:
        yield fail(str(error), BRING_BACK)
        return
    newest = next(iter(backups_in(settings.BACKUP_FOLDER)), None)
    if not read.identities:
        yield ok("nur der öffentliche: ob Sie den geheimen dazu haben, ist von hier nicht zu sehen")
    elif newest is None:
        yield ok(f"{settings.BACKUP_KEY}; noch gibt es keine Sicherung, die er öffnen müsste")
    else:
        yield made_with(newest, read)


def stands_in_for_key() -> bool:
    """Whether systemd gave doctor's unit its substitute, since there is no key."""
    try:
        return Path(settings.BACKUP_KEY).read_text(encoding="ascii") == NO_KEY
    except (OSError, UnicodeError):
        return False


def made_with(newest: Path, key: Key) -> Finding:
    """Whether the newest backup can be read and compared with what people the log of erasures names."""
    try:
        with newest.open("rb") as file:
            said = head_of(file, key).get("erasure_key")
    except OSError as error:
        return fail(f"{newest} ist nicht lesbar ({error.strerror}).", f"chown smartregion-owner: {newest}")
    except BackupError as error:
        return fail(
            f"{newest.name} lässt sich nicht öffnen. {error}",
            "Legen Sie den Schlüssel von damals zurück. Soll der neue gelten, oder ist sie beschädigt: "
            "systemctl start smartregion-backup",
        )
    if said is None:
        return ok(f"öffnet {newest.name}; den SMARTREGION_SECRET_KEY dazu nennt erst die nächste Sicherung")
    if said != sign_of_key():
        return fail(
            f"{newest.name} wurde mit einem anderen SMARTREGION_SECRET_KEY gemacht: mit dem jetzigen fände "
            "eine Rückkehr zu ihr nicht, wer gelöscht wurde.",
            "Setzen Sie den von damals. Ist ein neuer gewollt: systemctl start smartregion-backup",
        )
    return ok(f"öffnet {newest.name}, und SMARTREGION_SECRET_KEY ist der von damals")


@check("Sicherung")
def backup() -> Iterator[Finding]:
    yield from _age(
        Sign.BACKUP, "Die letzte Sicherung ist", BACKUP_DUE, TOO_OLD, "systemctl start smartregion-backup"
    )
    folder, last = settings.BACKUP_FOLDER, _seen_at(Sign.BACKUP)
    kept = backups_in(folder)
    if not kept:
        yield fail(f"In {folder} liegt keine Sicherung.", "Stimmt SMARTREGION_BACKUP_FOLDER?")
    elif last and last.timestamp() - kept[0].stat().st_mtime > GIVEN_UP_AFTER.total_seconds():
        yield fail(
            f"Die letzte liegt nicht in {folder}: die neueste dort ist {kept[0].name}.",
            "Stimmt SMARTREGION_BACKUP_FOLDER, und ist die Platte eingehängt?",
        )


@check("Ort der Sicherungen")
def backup_place() -> Iterator[Finding]:
    folder, database = settings.BACKUP_FOLDER, seen_here(host(), told_folder())
    if not os.access(folder, os.W_OK | os.X_OK):
        yield fail(
            f"In {folder} kann dieser Benutzer nicht schreiben.",
            "Gehört der Ordner smartregion-owner, und nennt ihn ReadWritePaths= der Units?",
        )
    elif database is None:
        yield ok(f"{folder}; von der Platte der Datenbank ist hier nichts zu sehen")
    elif disks_below(folder) & disks_below(database):
        yield warn(
            f"{folder} liegt auf derselben Platte wie die Datenbank und ginge mit ihr verloren.",
            "Hängen Sie dort eine andere ein, und kopieren Sie die Sicherungen täglich weg.",
        )
    else:
        yield ok(f"{folder}, auf einer anderen Platte als die Datenbank")


@check("Rückspielprobe")
def drill() -> Iterator[Finding]:
    yield from _age(
        Sign.RESTORE_DRILL,
        "Die letzte gelungene Probe ist",
        DRILL_DUE,
        DRILL_TOO_OLD,
        "systemctl start smartregion-restore-drill",
    )


def _seen_at(name: str) -> datetime | None:
    return Sign.objects.filter(name=name).values_list("seen_at", flat=True).first()


def _age(name: str, what: str, due: timedelta, too_old: timedelta, do: str) -> Iterator[Finding]:
    seen_at = _seen_at(name)
    if seen_at is None:
        yield fail("Es gab noch keine.", do)
        return
    age = now() - seen_at
    text = f"{what} vom {localtime(seen_at):%d.%m.%Y %H:%M}."
    yield fail(text, do) if age > too_old else warn(text, do) if age > due else ok(text)


@check("Protokoll")
def audit_log() -> Iterator[Finding]:
    found = audit.verify()
    if isinstance(found, audit.Damage):
        yield fail(
            f"Das Protokoll ist beschädigt, Eintrag {found.number}: {found.problem}.",
            "Sichern Sie den Stand und gehen Sie von einem Eingriff aus "
            "(docs/operations.md, „What to do when“).",
        )
    else:
        yield ok(f"unversehrt, {found.number} Einträge")


@check("Protokoll der Löschungen")
def erasure_log() -> Iterator[Finding]:
    path = settings.ERASURE_LOG
    write = f"manage.py export_erasures {path}"
    if not path.is_file():
        yield fail(f"{path} fehlt.", f"Holen Sie die Datei zurück, oder: {write}")
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    if not all(map(is_whole, lines)):
        yield fail(f"{path} ist beschädigt.", write)
        return
    inside = {json.loads(line)["id"] for line in lines}
    missing = {str(pk) for pk in Erasure.objects.values_list("pk", flat=True)} - inside
    if missing:
        yield fail(f"In {path} fehlen {len(missing)} Löschungen.", write)
    elif place := overwritten_with(path):
        yield warn(
            f"{path} liegt in {place} und würde mit ihm überschrieben oder ersetzt.",
            "Setzen Sie SMARTREGION_ERASURE_LOG auf einen Ort daneben (deploy/portal.env.example).",
        )
    else:
        yield ok(f"{path}, {len(inside)} Einträge")


def overwritten_with(path: Path) -> str:
    """What of the portal a restore or an upgrade replaces and the file would go with; "" if none."""
    places = {
        "dem Ordner des Programms": settings.BASE_DIR,
        "dem Ordner der Sicherungen": settings.BACKUP_FOLDER,
    }
    if database := told_folder():
        places["dem Ordner der Datenbank"] = database
    resolved = path.resolve()
    return next((name for name, place in places.items() if resolved.is_relative_to(place.resolve())), "")
