"""One changed byte is found, wherever it is: in a file, a snapshot, a row, or the history behind them."""

from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils.timezone import localdate

from measures.models import Measure
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.verify import request_verification
from network.models import Role
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.base.worklist import worklist_for
from tests.factories import make_measure, make_user, set_cell
from tests.monitoring.flow import compiled, sealed

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    *("monitoring_report", "monitoring_reportfile", "monitoring_reporttext"),
    *("measures_measureevent", "measures_rolloutcellevent"),
)
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture
def report(municipalities, date_events) -> Report:
    measure = make_measure("Sensornetz", light="red", light_reason="Geld fehlt")
    make_measure("Parkhaus")
    set_cell(measure, municipalities[0], stage="live", since=date(2024, 4, 2), evidence="Netz")
    date_events(2024, 5, 1)
    return sealed(compiled(request_report(kind="status", audience="public", period=Q2)))


def attack(statement: str) -> None:
    """As somebody would who owns the tables: with their triggers off."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify() -> list[str]:
    """What the command tells of damage."""
    told = StringIO()
    try:
        call_command("verify_reports", quiet=True, stderr=told)
    except CommandError:
        assert told.getvalue() != ""
    return told.getvalue().splitlines()


FLIP = (
    "UPDATE monitoring_reportfile SET content = set_byte(content, 100, get_byte(content, 100) # 1) "
    "WHERE format = '{}'"
)
ATTACKS: dict[str, tuple[str, str]] = {
    **{
        f"a byte of the {name}": (FLIP.format(name), f"Die Datei passt nicht zu ihrer Prüfsumme: {name}.")
        for name in ("pdf", "docx", "xlsx", "ods", "csv", "json", "slides")
    },
    "a byte of the file and its checksum": (
        "UPDATE monitoring_reportfile SET content = content || '\\x00', size = size + 1, "
        "sha256 = encode(sha256(content || '\\x00'), 'hex') WHERE format = 'json'",
        "Die JSON-Datei ist nicht der Datenstand.",
    ),
    "a PDF of other data": (
        "UPDATE monitoring_reportfile file "
        "SET content = other.content, size = other.size, sha256 = other.sha256 "
        "FROM monitoring_reportfile other WHERE file.format = 'pdf' AND other.format = 'docx'",
        "Die Datei lässt sich nicht öffnen: pdf.",
    ),
    "a byte of the snapshot": (
        "UPDATE monitoring_report SET snapshot = replace(snapshot, 'Parkhaus', 'Parkhaut')",
        "Der Datenstand passt nicht zu seiner Prüfsumme.",
    ),
    "a snapshot with a matching checksum": (
        "UPDATE monitoring_report SET snapshot = replace(snapshot, 'Parkhaus', 'Parkhaut'), "
        "sha256 = encode(sha256(convert_to(replace(snapshot, 'Parkhaus', 'Parkhaut'), 'UTF8')), 'hex')",
        "Die JSON-Datei ist nicht der Datenstand.",
    ),
    "white space in the snapshot": (
        "UPDATE monitoring_report SET snapshot = ' ' || snapshot",
        "Der Datenstand ist kein kanonisches JSON.",
    ),
    "the size of a file": (
        "UPDATE monitoring_reportfile SET size = size + 1 WHERE format = 'xlsx'",
        "Die Datei hat nicht ihre Größe: xlsx.",
    ),
    "a file that is gone": (
        "DELETE FROM monitoring_reportfile WHERE format = 'ods'",
        "Die Datei fehlt: ods.",
    ),
    "the audience in the row": (
        "UPDATE monitoring_report SET audience = 'internal'",
        "Die Zeile des Berichts sagt anderes als der Datenstand: audience.",
    ),
    "a history row": (
        "UPDATE measures_measureevent SET light_reason = 'Geld fehlte' WHERE light_reason <> ''",
        "Der Verlauf sagt anderes als der Datenstand: fields.0.measures.0.light_reason.",
    ),
    "a history row of the roll-out": (
        "UPDATE measures_rolloutcellevent SET since = since + 1 WHERE since IS NOT NULL",
        "Der Verlauf sagt anderes als der Datenstand: roll_out.rows.0.cells.0.since.",
    ),
    "a history row that is gone": (
        "DELETE FROM measures_measureevent WHERE title = 'Parkhaus'",
        "Der Verlauf sagt anderes als der Datenstand: fields.0.measures.",
    ),
    "a text": (
        "UPDATE monitoring_reporttext SET text = 'anders' WHERE section = 'overview'",
        "Der Verlauf sagt anderes als der Datenstand: report.sections.1.text.",
    ),
}


def test_whole_reports_pass(report: Report) -> None:
    told = StringIO()

    call_command("verify_reports", stdout=told)

    assert told.getvalue() == "1 Berichte geprüft, keiner ist beschädigt.\n"


@pytest.mark.parametrize("damage", ATTACKS)
def test_damage_is_found_and_named(report: Report, damage: str) -> None:
    statement, sentence = ATTACKS[damage]
    assert verify() == []

    attack(statement)

    found = verify()
    assert f"Sachstandsbericht 2. Quartal 2024 ({report.pk}): {sentence}" in found


def test_what_was_hidden_or_edited_since_is_no_damage_but_told(report: Report) -> None:
    Measure.objects.filter(title="Parkhaus").update(visibility="internal")
    Measure.objects.filter(title="Sensornetz").update(title="Messnetz", light="green", light_reason="")
    number = Measure.objects.get(title="Parkhaus").no
    told = StringIO()

    call_command("verify_reports", stdout=told)

    assert told.getvalue().splitlines() == [
        f"Sachstandsbericht 2. Quartal 2024 ({report.pk}): Seither nicht mehr sichtbar: {number}.",
        "1 Berichte geprüft, keiner ist beschädigt.",
    ]


def test_an_interim_report_is_compiled_anew_as_of_its_own_moment(municipalities, date_events) -> None:
    today = localdate()
    measure = make_measure("Sensornetz")
    report = compiled(request_report(kind="status", audience="public", period=Period.year(today)))
    Measure.objects.filter(pk=measure.pk).update(title="Messnetz")

    assert report.is_interim or today == Period.year(today).end
    assert verify() == []


def run() -> Job:
    job = request_verification()
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_the_nightly_check_tells_the_administrator_until_it_is_clean_again(report: Report) -> None:
    administrator, coordinator = make_user(Role.ADMINISTRATION), make_user()

    def told(user: object) -> list[str]:
        groups = {group.key: group.entries for group in worklist_for(user, localdate())}
        return [entry.why for entry in groups.get("berichte-pruefen", [])]

    assert (run().status, told(administrator)) == ("done", [])
    attack("UPDATE monitoring_reportfile SET size = size + 1 WHERE format = 'xlsx'")
    job = run()

    sentence = f"Sachstandsbericht 2. Quartal 2024 ({report.pk}): Die Datei hat nicht ihre Größe: xlsx."
    assert (job.status, told(administrator), told(coordinator)) == ("failed", [sentence], [])

    attack("UPDATE monitoring_reportfile SET size = size - 1 WHERE format = 'xlsx'")
    assert (run().status, told(administrator)) == ("done", [])


def test_two_checks_do_not_wait_in_line() -> None:
    assert request_verification() == request_verification()


@pytest.mark.parametrize("guarded", [True, False])
def test_the_triggers_are_what_the_attack_switches_off(report: Report, guarded: bool) -> None:
    """The negative control of these tests: with the triggers on, the same statement is refused."""
    statement = FLIP.format("pdf")
    outcome: Callable[[], None] = (lambda: _execute(statement)) if guarded else (lambda: attack(statement))

    if guarded:
        with pytest.raises(DatabaseError, match="Cannot update"):
            outcome()
    else:
        outcome()

    assert (verify() == []) == guarded


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
