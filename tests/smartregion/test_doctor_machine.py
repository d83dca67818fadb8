"""`manage.py doctor`: disks, files and programs of this machine."""

import os
from pathlib import Path
from typing import Any

import pytest

from smartregion.doctor import Level
from smartregion.doctor.machine import (
    accounts,
    changeable,
    disks_below,
    readable_by_others,
    room,
    room_of_database,
    unlike,
    writable_by_others,
)
from tests.smartregion.doctor import FAIL, OK, WARN, levels, text

pytestmark = pytest.mark.django_db
GIGABYTE = 10**9


def test_a_full_disk_is_caught_before_it_is_full() -> None:
    def level(total: int, free: int) -> Level:
        return room(Path("/x"), total * GIGABYTE, free * GIGABYTE // 10).level

    assert [level(100, 500), level(100, 90), level(10, 18), level(100, 15), level(4, 4)] == [
        OK,
        WARN,
        WARN,
        FAIL,
        FAIL,
    ]


def test_a_small_place_in_memory_is_not_full_because_it_is_small() -> None:
    def level(free: int) -> Level:
        return room(Path("/tmp"), total=256_000_000, free=free).level

    assert [level(256_000_000), level(100_000_000), level(50_000_000)] == [OK, WARN, FAIL]


@pytest.mark.django_db(transaction=True)
def test_the_disk_of_the_database_is_looked_at_where_it_is_on_this_machine(data_folder: Path) -> None:
    assert text("Speicherplatz der Datenbank").startswith(f"{data_folder}: ")
    assert "GB frei" in text("Speicherplatz der Datenbank")
    elsewhere = room_of_database("db.kreis.de", data_folder)
    assert (elsewhere.level, "achten Sie dort selbst" in elsewhere.text) == (OK, True)
    assert room_of_database("localhost", Path("/gibt/es/nicht")).level is OK


def test_a_role_that_is_not_told_where_the_database_lies_is_caught() -> None:
    assert "GRANT pg_read_all_settings TO" in text("Speicherplatz der Datenbank")
    assert levels("Speicherplatz der Datenbank") == [WARN]


def test_two_partitions_and_a_volume_of_one_disk_are_one_disk(tmp_path: Path) -> None:
    """As in /sys: a disk with two partitions, on one of them an encrypted volume; and a disk without any."""
    number = tmp_path.stat().st_dev
    name = f"{os.major(number)}:{os.minor(number)}"
    parts = [tmp_path / "sda" / part for part in ("sda1", "sda2")]
    for part in parts:
        part.mkdir(parents=True)
        (part / "partition").touch()
    (tmp_path / "dm-0" / "slaves").mkdir(parents=True)
    (tmp_path / "dm-0" / "slaves" / "sda2").symlink_to(parts[1])
    (tmp_path / "vda" / "slaves").mkdir(parents=True)
    seen = []
    for device in (*parts, tmp_path / "dm-0", tmp_path / "vda"):
        devices = tmp_path / f"as-{device.name}"
        devices.mkdir()
        (devices / name).symlink_to(device)
        seen.append(disks_below(tmp_path, devices))

    assert seen == [{"sda"}, {"sda"}, {"sda"}, {"vda"}]
    assert disks_below(tmp_path, tmp_path / "nothing") == {str(number)}


def test_files_that_others_may_read_and_folders_that_others_may_write_are_caught(tmp_path: Path) -> None:
    secret, owners, folder = tmp_path / "portal.env", tmp_path / "owner.env", tmp_path / "var"
    secret.touch()
    owners.touch()
    folder.mkdir()

    def seen(file_mode: int, owners_mode: int, folder_mode: int) -> list[Level]:
        secret.chmod(file_mode)
        owners.chmod(owners_mode)
        folder.chmod(folder_mode)
        told = (*readable_by_others([secret], [owners]), *writable_by_others([folder]))
        return [each.level for each in told]

    assert seen(0o640, 0o600, 0o755) == [OK]
    assert seen(0o644, 0o600, 0o755) == seen(0o660, 0o600, 0o755) == [FAIL]
    assert seen(0o640, 0o640, 0o755) == [FAIL]
    assert seen(0o600, 0o600, 0o777) == [OK, FAIL]


def test_the_file_of_the_sign_in_services_is_looked_at(production: Any, tmp_path: Path) -> None:
    services = tmp_path / "services.json"
    services.touch()
    production.SIGN_IN_SERVICES_FILE = str(services)

    services.chmod(0o644)
    assert f"{services} ist für andere Benutzer offen" in text("Rechte an Dateien")
    services.chmod(0o640)
    assert levels("Rechte an Dateien") == [OK]


def test_old_static_files_catalogues_and_missing_fonts_are_caught(settings: Any, tmp_path: Path) -> None:
    assert levels("Oberfläche") == [OK]
    settings.STATIC_ROOT = settings.REPORT_FONT_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path]

    told = text("Oberfläche")

    assert levels("Oberfläche") == [FAIL, FAIL, FAIL]
    assert "statischen Dateien" in told and "en, nl" in told and "Regular, Italic" in told


def test_programs_that_the_portals_user_could_change_are_caught(tmp_path: Path) -> None:
    """Root, as whom tests may run, can change anything and is not asked for."""
    me, mine = os.geteuid(), os.getegid()
    program = tmp_path / "app" / "views.py"
    program.parent.mkdir()
    program.touch()
    (tmp_path / "current").symlink_to(tmp_path / "nowhere")
    for folder in (tmp_path, program.parent):
        folder.chmod(0o755)

    def seen(mode: int, users: set[int], groups: set[int]) -> str:
        program.chmod(mode)
        found = changeable(tmp_path, users, groups)
        return str(found.relative_to(tmp_path)) if found else ""

    assert seen(0o644, {me + 1}, {mine}) == seen(0o664, {me + 1}, {mine + 1}) == ""
    assert seen(0o664, {me + 1}, {mine}) == seen(0o646, set(), set()) == "app/views.py"
    assert seen(0o644, {me}, set()) == "."
    assert not {0} & set.union(*accounts())


def test_packages_unlike_the_lock_file_are_caught() -> None:
    lock = "\n".join(
        [
            "django==5.2.19 \\",
            "    --hash=sha256:0",
            "redis==1.0 \\",
            "no-such-thing==1",
            'no-such-thing-on-linux==1 ; sys_platform == "win32"',
            "# six==1",
        ]
    )

    assert [each.split()[0] for each in unlike(lock)] == ["redis", "no-such-thing"]
    assert levels("Python-Pakete") == [OK]
