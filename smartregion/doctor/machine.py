"""This machine: disks, who may read and change what, and which versions of programs are installed."""

import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from packaging.requirements import Requirement

from smartregion import bootstrap, catalogues
from smartregion.assets import REPORT_STYLES
from smartregion.doctor import Finding, check, fail, is_near, ok, warn
from smartregion.doctor.database import host, seen_here, told_folder
from smartregion.stack.prepare import static_is_current

BLOCK_DEVICES: Final = Path("/sys/dev/block")
GIGABYTE: Final = 1_000_000_000
SETTINGS: Final = Path("/etc/smartregion")
ROOT: Final = 0
OWNERS: Final = ("owner.env", "*.key")
"""What web and worker, whose group may read the other files there, must not know."""
USERS: Final = ("smartregion", "smartregion-owner")
PINNED: Final = re.compile(r"^[A-Za-z0-9][^\\\n]*==[^\\\n]*", re.M)


@check("Benutzer")
def account() -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield warn("Diese Prüfung läuft als root.", "Lassen Sie das Portal als smartregion laufen, auch sie.")
    else:
        yield ok("kein root")


@check("Speicherplatz")
def disks() -> Iterator[Finding]:
    places = {Path(settings.VAR_DIR), Path(settings.BACKUP_FOLDER), Path(os.environ.get("TMPDIR", "/tmp"))}  # noqa: S108
    for place in sorted(places):
        existing = next(path for path in (place, *place.parents) if path.exists())
        yield room(place, *shutil.disk_usage(existing)[::2])


@check("Speicherplatz der Datenbank")
def database_disk() -> Iterator[Finding]:
    yield room_of_database(host(), told_folder())


def room_of_database(server: str, told: Path | None) -> Finding:
    if folder := seen_here(server, told):
        return room(folder, *shutil.disk_usage(folder)[::2])
    if is_near(server) and told is None:
        return warn(
            "Die Datenbank verrät nicht, auf welcher Platte sie liegt.",
            f"Als postgres: GRANT pg_read_all_settings TO {connection.settings_dict['USER']}.",
        )
    return ok(f"von hier nicht zu sehen ({server}): achten Sie dort selbst auf freien Platz")


def disks_below(place: Path, devices: Path = BLOCK_DEVICES) -> set[str]:
    """The disks on which a folder lies, as far as the system tells; else its file system, by number."""
    number = place.stat().st_dev
    device = devices / f"{os.major(number)}:{os.minor(number)}"
    return _disks(device.resolve()) if device.exists() else {str(number)}


def _disks(device: Path) -> set[str]:
    """What is below a partition, a volume or encryption."""
    if (device / "partition").exists():
        device = device.parent
    below = device / "slaves"
    parts = below.iterdir() if below.exists() else ()
    return {disk for part in parts for disk in _disks(part.resolve())} or {device.name}


def room(place: Path, total: int, free: int) -> Finding:
    """What is small as a whole, like a container's /tmp in memory, is measured by its share."""
    text = f"{place}: {free / GIGABYTE:.1f} GB frei ({100 * free // max(total, 1)} %)."
    if free < min(GIGABYTE // 2, total // 4) or free < total * 0.02:
        return fail(text, "Schaffen Sie Platz, bevor die Datenbank anhält.")
    if free < min(2 * GIGABYTE, total // 2) or free < total * 0.1:
        return warn(text, "Schaffen Sie bald Platz.")
    return ok(text)


@check("Rechte an Dateien")
def permissions() -> Iterator[Finding]:
    named = {Path(path) for path in (settings.BACKUP_KEY, settings.SIGN_IN_SERVICES_FILE) if path}
    owners = {path for pattern in OWNERS for path in SETTINGS.glob(pattern)}
    envs = set(SETTINGS.glob("*.env"))
    findings = [
        *readable_by_others({*envs, *named} - owners, owners),
        *owned_by_portal([SETTINGS, *sorted(envs - owners)], *accounts()),
        *not_owned(sorted(owners), ROOT),
        *writable_by_others([settings.VAR_DIR, settings.BACKUP_FOLDER, settings.BASE_DIR]),
    ]
    yield from findings or [ok("Kennwörter und Schlüssel liest nur, wer soll.")]


def readable_by_others(of_group: Iterable[Path], of_root: Iterable[Path]) -> Iterator[Finding]:
    """Files with passwords and keys, which a group may read, or root alone."""
    denied = dict.fromkeys(of_group, (stat.S_IRWXO | stat.S_IWGRP, "0640"))
    denied |= dict.fromkeys(of_root, (stat.S_IRWXO | stat.S_IRWXG, "0600"))
    open_ones = [
        (path, mode)
        for path, (bits, mode) in sorted(denied.items())
        if path.exists() and path.stat().st_mode & bits
    ]
    for path, mode in open_ones:
        yield fail(f"{path} ist für andere Benutzer offen.", f"chmod {mode} {path}")


def owned_by_portal(paths: Iterable[Path], users: set[int], groups: set[int]) -> Iterator[Finding]:
    """Who owns a file or folder also gives the rights to it."""
    for path in paths:
        if path.exists() and can_change(path.stat(), users, groups):
            yield fail(
                f"{path} kann der Benutzer des Portals ändern.", f"chown root {path} && chmod g-w {path}"
            )


def not_owned(paths: Iterable[Path], owner: int) -> Iterator[Finding]:
    for path in paths:
        if path.exists() and path.stat().st_uid != owner:
            yield fail(f"{path} gehört nicht root.", f"chown root:root {path}")


def writable_by_others(folders: list[Path]) -> Iterator[Finding]:
    for folder in folders:
        if folder.exists() and folder.stat().st_mode & stat.S_IWOTH:
            yield fail(f"In {folder} darf jeder schreiben.", f"chmod o-w {folder}")


@check("Dateien des Programms")
def program_files() -> Iterator[Finding]:
    """They belong to root, so that what runs cannot change itself."""
    users, groups = accounts()
    if users:
        yield from changeable(settings.BASE_DIR, users, groups)
    else:
        yield ok(f"nicht angesehen: hier gibt es weder {' noch '.join(USERS)}")


def accounts() -> tuple[set[int], set[int]]:
    """Numbers of the users and groups of the portal's units; root can do anything."""
    users, groups = set(), set()
    for name in USERS:
        with suppress(KeyError):
            account = pwd.getpwnam(name)
            users.add(account.pw_uid)
            groups.add(account.pw_gid)
    return users - {ROOT}, groups - {ROOT}


def changeable(folder: Path, users: set[int], groups: set[int]) -> Iterator[Finding]:
    """What of the program these could change or exchange, and where nobody could look."""
    above = [place for place in folder.parents if can_exchange(place.stat(), users, groups)]
    unseen: list[OSError] = []
    inside = (path for path in within(folder, unseen) if can_change(path.lstat(), users, groups))
    path = next(inside, None)
    for place in above:
        yield fail(
            f"{place} kann der Benutzer des Portals ändern, und damit ein anderes Programm einsetzen.",
            f"chown root:root {place} && chmod go-w {place}",
        )
    if path:
        yield fail(
            f"{path} kann der Benutzer des Portals ändern, und damit, was er morgen ausführt.",
            f"chown -R root:root {folder} && chmod -R go-w {folder}",
        )
    for error in unseen[:1]:
        yield warn(
            f"{error.filename} lässt sich nicht ansehen ({error.strerror}).",
            f"chmod -R go+rX {folder}, oder diese Prüfung als root",
        )
    if not above and not path and not unseen:
        yield ok(f"In {folder} kann das Portal nichts ändern.")


def within(folder: Path, unseen: list[OSError]) -> Iterator[Path]:
    """The folder, and all in it but links; folders that could not be listed are added to `unseen`."""
    yield folder
    for place, folders, files in os.walk(folder, onerror=unseen.append):
        paths = (Path(place, name) for name in (*folders, *files))
        yield from (path for path in paths if not path.is_symlink())


def can_change(told: os.stat_result, users: set[int], groups: set[int]) -> bool:
    by_group = told.st_mode & stat.S_IWGRP and told.st_gid in groups
    return bool(told.st_uid in users or by_group or told.st_mode & stat.S_IWOTH)


def can_exchange(told: os.stat_result, users: set[int], groups: set[int]) -> bool:
    """What is in a sticky folder, only its owner and that of the folder can rename."""
    return told.st_uid in users if told.st_mode & stat.S_ISVTX else can_change(told, users, groups)


@check("Uhr dieses Rechners")
def synchronised() -> Iterator[Finding]:
    program = shutil.which("timedatectl")
    words = [program or "", "show", "--property=NTPSynchronized", "--value"]
    told = (
        subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip() if program else ""
    )
    if told == "no":
        yield warn("Die Uhr wird nicht abgeglichen.", "timedatectl set-ntp true")
    else:
        yield ok("wird abgeglichen" if told == "yes" else "nicht feststellbar, ob sie abgeglichen wird")


@check("Oberfläche")
def assets() -> Iterator[Finding]:
    missing = [
        style for style in REPORT_STYLES if not (settings.REPORT_FONT_DIR / f"FiraSans-{style}.ttf").is_file()
    ]
    stale = [each for each in catalogues.LANGUAGES if not _is_compiled(each)]
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file() or not static_is_current():
        yield fail("Die statischen Dateien sind nicht auf dem Stand des Programms.", "make assets")
    if stale:
        yield fail(f"Übersetzungen fehlen oder sind alt: {', '.join(stale)}.", "make assets")
    if missing:
        yield fail(f"Schriften der Berichte fehlen: {', '.join(missing)}.", "make assets")
    if not missing and not stale:
        yield ok("Schriften und Übersetzungen sind auf dem Stand.")


def _is_compiled(language: str) -> bool:
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.mo"
    return path.is_file() and path.read_bytes() == catalogues.compiled(language)


@check("Python-Pakete")
def packages() -> Iterator[Finding]:
    lock = bootstrap.RUN_LOCK.read_text(encoding="utf-8")
    wrong = list(unlike(lock))
    if wrong:
        yield fail(
            f"Andere Fassungen als in requirements.lock: {', '.join(wrong)}.", "make assets, als root."
        )
    else:
        yield ok("eingetragen in den Fassungen von requirements.lock; den Inhalt prüfte pip beim Einrichten")


def unlike(lock: str) -> Iterator[str]:
    """What is installed in another version than pinned, or not at all. Other platforms' pins do not count."""
    for line in PINNED.findall(lock):
        pinned = Requirement(line.strip())
        if pinned.marker and not pinned.marker.evaluate():
            continue
        try:
            found = installed_version(pinned.name)
        except PackageNotFoundError:
            yield f"{pinned.name} fehlt"
            continue
        if found not in pinned.specifier:
            yield f"{pinned.name} {found}"
