"""`manage.py doctor`: disks, files and programs of this machine."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smartregion.doctor import Finding, Level, machine
from smartregion.doctor.machine import (
    accounts,
    changeable,
    disks_below,
    not_owned,
    owned_by_portal,
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

    assert seen(0o640, 0o600, 0o755) == []
    assert seen(0o644, 0o600, 0o755) == seen(0o660, 0o600, 0o755) == [FAIL]
    assert seen(0o640, 0o640, 0o755) == [FAIL]
    assert seen(0o600, 0o600, 0o777) == [FAIL]


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


def test_passwords_and_keys_that_belong_to_the_portals_user_are_caught(tmp_path: Path) -> None:
    """Whatever their mode: who owns a file can give the rights to it."""
    me, mine = os.geteuid(), os.getegid()
    secret = tmp_path / "owner.env"
    secret.touch(0o600)
    tmp_path.chmod(0o755)

    def told(findings: Iterator[Finding]) -> list[str]:
        return [finding.text.split()[0] for finding in findings if finding.level is FAIL]

    assert told(not_owned([secret, tmp_path / "none.key"], me)) == []
    assert told(not_owned([secret], me + 1)) == [str(secret)]
    assert told(owned_by_portal([tmp_path, secret], {me + 1}, {mine})) == []
    assert told(owned_by_portal([tmp_path, secret], {me}, {mine})) == [str(tmp_path), str(secret)]
    tmp_path.chmod(0o775)
    assert told(owned_by_portal([tmp_path, secret], {me + 1}, {mine})) == [str(tmp_path)]


@pytest.fixture
def portals_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests is the user of the portal."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(machine, "USERS", (me,))
    monkeypatch.setattr(machine, "ROOT", -1)


def test_the_folder_of_settings_is_looked_at(
    portals_user: None, production: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert levels("Rechte an Dateien") == [OK]
    monkeypatch.setattr(machine, "SETTINGS", tmp_path / "etc")
    (tmp_path / "etc").mkdir(0o755)
    for name in ("owner.env", "portal.env", "backup.key"):
        (tmp_path / "etc" / name).touch(0o600)

    assert levels("Rechte an Dateien") == [FAIL] * 4
    for name in ("etc kann", "portal.env kann", "owner.env gehört", "backup.key gehört"):
        assert f"/{name} " in text("Rechte an Dateien")


def test_the_programs_own_folder_is_looked_at_where_the_portals_users_are(
    portals_user: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_DIR = tmp_path
    assert f"{tmp_path} kann der Benutzer des Portals ändern" in text("Dateien des Programms")
    assert set(levels("Dateien des Programms")) == {FAIL}

    monkeypatch.setattr(machine, "USERS", ("niemand-heißt-so",))
    assert levels("Dateien des Programms") == [OK] and "nicht angesehen" in text("Dateien des Programms")


def test_programs_that_the_portals_user_could_change_are_caught(tmp_path: Path) -> None:
    """Root, as whom tests may run, can change anything and is not asked for."""
    me, mine = os.geteuid(), os.getegid()
    folder = tmp_path / "releases" / "1"
    program = folder / "app" / "views.py"
    program.parent.mkdir(parents=True)
    program.touch()
    (folder / "link").symlink_to(tmp_path / "nowhere")
    for place in (tmp_path, folder.parent, folder, program.parent):
        place.chmod(0o755)

    def seen(mode: int, users: set[int], groups: set[int]) -> list[str]:
        program.chmod(mode)
        found = changeable(folder, users, groups)
        return [each.text.split()[0] for each in found if each.level is FAIL]

    other = {me + 1}
    assert seen(0o644, other, {mine}) == seen(0o664, other, {mine + 1}) == []
    assert seen(0o664, other, {mine}) == seen(0o646, other, set()) == [str(program)]
    assert {str(folder), str(folder.parent)} <= set(seen(0o644, {me}, set()))
    program.parent.chmod(0o775)
    assert seen(0o644, other, {mine}) == [str(program.parent)]
    program.parent.chmod(0o755)
    folder.parent.chmod(0o775)
    (above,) = (each for each in changeable(folder, other, {mine}) if each.level is FAIL)
    assert f"chown root:root {folder.parent} && " in above.text
    folder.parent.chmod(0o1775)
    assert seen(0o644, other, {mine}) == []
    assert not {0} & set.union(*accounts())


def test_a_folder_of_the_program_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    """Nobody can list a file either, not even root."""
    (tmp_path / "closed").touch(0o600)

    (finding,) = changeable(tmp_path / "closed", {os.geteuid() + 1}, set())

    assert (finding.level, f"{tmp_path}/closed lässt sich nicht ansehen" in finding.text) == (WARN, True)


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
