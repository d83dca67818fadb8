"""What the portal demands of its environment before it starts, and what a production portal never offers."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client

from network.models import User
from smartregion.environment import local_secret_key
from tests.factories import make_user

SECRET = "x" * 25 + "0123456789" * 3
PRODUCTION = {
    "SMARTREGION_SECRET_KEY": SECRET,
    "SMARTREGION_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgresql://portal:geheim@db.example.org/portal",
    "REDIS_URL": "redis://queue.example.org:6379/0",
}


def start(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a Python command with these variables and none of the portal's others."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SMARTREGION_") and name not in PRODUCTION
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=live.BASE_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(environment: dict[str, str]) -> tuple[bool, str]:
    """Whether the settings refuse to be loaded, and all that they say."""
    done = start(["-c", "import smartregion.settings"], environment)
    return done.returncode != 0, (done.stdout + done.stderr).strip()


def test_a_command_says_in_one_line_that_the_database_is_not_to_be_reached() -> None:
    away = {**PRODUCTION, "DATABASE_URL": "postgresql://portal:geheim@127.0.0.1:1/portal"}

    done = start(["manage.py", "migrate", "--check"], away)

    assert done.returncode == 1
    assert done.stderr.startswith("Die Datenbank ist nicht zu erreichen. Bitte prüfen Sie DATABASE_URL.")
    assert "Traceback" not in done.stderr and "geheim" not in done.stderr


@pytest.mark.parametrize("name", ["SMARTREGION_SECRET_KEY", "SMARTREGION_SECOND_FACTOR_KEY"])
@pytest.mark.parametrize("value", ["geheim", SECRET[6:], "ab" * 40])
def test_production_refuses_a_key_that_could_be_tried_out(name: str, value: str) -> None:
    is_refused, said = refusal({**PRODUCTION, name: value})

    assert is_refused and said.startswith(f"Smart Region startet nicht: {name} ist zu kurz oder zu leicht")
    assert value not in said


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


@pytest.mark.parametrize("name", ["SMARTREGION_SECRET_KEY", "SMARTREGION_HOSTS"])
def test_demo_and_production_exclude_each_other(name: str) -> None:
    services = {key: PRODUCTION[key] for key in ("DATABASE_URL", "REDIS_URL")}

    assert refusal({**services, "SMARTREGION_DEMO": "1", name: PRODUCTION[name]}) == (
        True,
        "Smart Region startet nicht: Der Demobetrieb (SMARTREGION_DEMO=1) lässt ohne Passwort hinein und "
        f"verträgt sich nicht mit {name}. Schalten Sie eines von beiden ab.",
    )


@pytest.mark.parametrize("name", ["SMARTREGION_SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("empty", [False, True])
def test_production_names_the_variable_that_is_missing(name: str, empty: bool) -> None:
    assert refusal({**without(name), **({name: " "} if empty else {})}) == (
        True,
        f"Smart Region startet nicht: Die Umgebungsvariable {name} fehlt. Setzen Sie sie, siehe "
        "docs/operations.md.",
    )


def test_production_asks_for_its_host_names() -> None:
    assert refusal(without("SMARTREGION_HOSTS")) == (
        True,
        "Smart Region startet nicht: Die Umgebungsvariable SMARTREGION_HOSTS fehlt: die Namen, unter denen "
        "das Portal erreichbar ist.",
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SMARTREGION_DEMO": "vielleicht"}, "SMARTREGION_DEMO muss 1 oder 0 sein, nicht „vielleicht“."),
        (
            {"SMARTREGION_SMTP_PORT": "0"},
            "SMARTREGION_SMTP_PORT muss eine ganze Zahl größer als 0 sein, nicht „0“.",
        ),
        ({"REDIS_URL": "http://queue"}, "REDIS_URL muss mit redis:// oder rediss:// beginnen."),
        (
            {"DATABASE_URL": "mysql"},
            "DATABASE_URL ist keine gültige PostgreSQL-Adresse (postgresql://benutzer:passwort@host/datenbank).",
        ),
    ],
)
def test_a_wrong_value_ends_the_start_with_one_sentence(wrong: dict[str, str], sentence: str) -> None:
    assert refusal({**PRODUCTION, **wrong}) == (True, f"Smart Region startet nicht: {sentence}")


def test_production_settings_pass_djangos_own_check_without_a_warning() -> None:
    done = start(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION)

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_demo_buttons_and_their_address_exist_in_the_demo_only(
    client: Client, settings: Any, db: None
) -> None:
    make_user()
    User.objects.update(is_demo=True, email="koordination@demo.invalid")

    def offered() -> tuple[bool, int]:
        page = client.get("/anmelden/").content.decode()
        answer = client.post("/anmelden/demo/", {"account": "koordination@demo.invalid"})
        client.logout()
        return "koordination@demo.invalid" in page, answer.status_code

    settings.DEMO = True
    in_demo = offered()
    settings.DEMO = False

    assert (in_demo, offered()) == ((True, 302), (False, 404))
    assert "_auth_user_id" not in client.session


def test_the_demos_key_is_never_read_half_written(tmp_path: Path) -> None:
    """Many starts at once in a fresh folder: all read one whole key."""
    ask = (
        "import sys; from pathlib import Path; from smartregion.environment import local_secret_key as key; "
    )
    ask += "sys.stdin.read(); print(key(Path(sys.argv[1]) / 'var'))"
    command = [sys.executable, "-c", ask, str(tmp_path)]
    starts = [
        subprocess.Popen(command, cwd=live.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for process in starts:
        assert process.stdin
        process.stdin.close()

    keys = {process.stdout.read().strip() for process in starts if process.stdout}
    assert [process.wait() for process in starts] == [0] * 8
    assert [len(key) for key in keys] == [67]
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_demos_key_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process would read at the worst moment: just before the key is there."""
    seen: list[list[str]] = []
    link = os.link

    def look_and_link(draft: str, path: Path) -> None:
        seen.append([file.read_text() for file in tmp_path.glob("secret_key")])
        link(draft, path)

    monkeypatch.setattr(os, "link", look_and_link)

    assert (local_secret_key(tmp_path), seen) == ((tmp_path / "secret_key").read_text(), [[]])


def test_production_trusts_one_proxy_unless_told_otherwise() -> None:
    ask = ["-c", "from smartregion import settings; print(settings.TRUSTED_PROXIES)"]

    assert [
        start(ask, {**PRODUCTION, **more}).stdout.strip()
        for more in ({}, {"SMARTREGION_TRUSTED_PROXIES": "2"})
    ] == ["1", "2"]
