"""A sealed report for the check, an attack on it with the triggers off, and what the check tells."""

from datetime import date
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from tests.factories import make_measure, set_cell
from tests.monitoring.flow import compiled, sealed

TABLES = (
    *("monitoring_report", "monitoring_reportfile", "monitoring_reporttext", "monitoring_erratum"),
    *("monitoring_reportevent", "monitoring_erratumevent"),
    *("measures_measureevent", "measures_rolloutcellevent"),
)
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))
NAME = "Sachstandsbericht 2. Quartal 2024"


def sealed_report(municipalities: Any, date_events: Any) -> Report:
    measure = make_measure("Sensornetz", light="red", light_reason="Geld fehlt")
    make_measure("Parkhaus")
    set_cell(measure, municipalities[0], stage="live", since=date(2024, 4, 2), evidence="Netz")
    date_events(2024, 5, 1)
    return sealed(compiled(request_report(kind="status", audience="public", period=Q2)))


def execute(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def attack(statement: str) -> None:
    """As somebody would who owns the tables: with their triggers off."""
    for table in TABLES:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert execute(statement) > 0
    for table in TABLES:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify() -> list[str]:
    """What the command tells of damage."""
    told = StringIO()
    try:
        call_command("verify_reports", quiet=True, stderr=told)
    except CommandError:
        assert told.getvalue() != ""
    return told.getvalue().splitlines()


def told() -> list[str]:
    """All that the command tells where nothing is damaged."""
    lines = StringIO()
    call_command("verify_reports", stdout=lines)
    return lines.getvalue().splitlines()


def with_checksum(expression: str) -> str:
    """The statement that gives each report another snapshot, and the checksum of that."""
    return (
        f"WITH new AS (SELECT id, {expression} AS text FROM monitoring_report) "
        "UPDATE monitoring_report report SET snapshot = new.text, "
        "sha256 = encode(sha256(convert_to(new.text, 'UTF8')), 'hex') FROM new WHERE new.id = report.id"
    )
