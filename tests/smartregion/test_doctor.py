"""`manage.py doctor`: a line for each finding, whatever a check does."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from smartregion.doctor import CHECKS, Finding, examined, ok
from tests.network.test_accounts import closed_port
from tests.smartregion.doctor import FAIL, OK, WARN, text

pytestmark = pytest.mark.django_db


def test_a_check_that_breaks_is_told_and_the_others_go_on() -> None:
    def broken() -> Iterator[Finding]:
        yield ok("vorher")
        raise ZeroDivisionError("durch null")

    assert [(each.level, "ZeroDivisionError: durch null" in each.text) for each in examined(broken)] == [
        (OK, False),
        (FAIL, True),
    ]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(13, "Permission denied", "/etc/x"), "das Recht dazu"),
        (FileNotFoundError(2, "No such file or directory", "/etc/x"), "Legen Sie sie an"),
        (psycopg.OperationalError("connection refused"), "Läuft PostgreSQL"),
        (OperationalError("connection refused"), "Läuft PostgreSQL"),
        (ZeroDivisionError(), "melden Sie diese Zeile"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_check_that_breaks_says_what_to_do(error: Exception, advice: str) -> None:
    def broken() -> Iterator[Finding]:
        yield ok("vorher")
        raise error

    (_before, finding) = examined(broken)

    assert advice in finding.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_told_at_length_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        away.setitem(connection.settings_dict, "PORT", closed_port())
        told = {title: text(title) for title in ("Erweiterungen", "Datenbank", "Migrationen", "Haltbarkeit")}

    assert "Läuft PostgreSQL" in told.pop("Datenbank")
    assert set(told.values()) == {"Die Datenbank antwortet nicht. Siehe Datenbank."}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    status = 0
    try:
        call_command("doctor", *words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, capsys.readouterr().out.splitlines()


def test_the_command_says_a_line_for_each_finding_and_ends_with_1_where_something_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def only(*checks: Callable[[], Iterator[Finding]]) -> None:
        for title in list(CHECKS):
            monkeypatch.delitem(CHECKS, title, raising=False)
        for number, look in enumerate(checks):
            monkeypatch.setitem(CHECKS, f"Probe {number}", look)

    def good() -> Iterator[Finding]:
        yield Finding(OK, "gut")

    def bad() -> Iterator[Finding]:
        yield Finding(WARN, "mäßig")
        yield Finding(FAIL, "schlecht")

    status, lines = run(capsys)
    assert (status, {line.split()[0] for line in lines[:-1]} <= {"ok", "warn", "fail"}) == (1, True)
    only(good, bad)
    assert run(capsys) == (
        1,
        ["ok    Probe 0: gut", "warn  Probe 1: mäßig", "fail  Probe 1: schlecht", "1 Fehler, 1 Hinweis."],
    )
    assert run(capsys, "--quiet") == (1, ["warn  Probe 1: mäßig", "fail  Probe 1: schlecht"])
    only(good)
    assert run(capsys) == (0, ["ok    Probe 0: gut", "0 Fehler, 0 Hinweise."])
