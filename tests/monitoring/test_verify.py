"""One changed byte is found, wherever it is: in a file, a snapshot, a row, or the history behind them."""

import hashlib
import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError

from monitoring.compile import TYPESET, WRITTEN, content_of
from monitoring.models import Erratum, Report, ReportTemplate
from monitoring.services.errata import approve_erratum, declare_erratum
from monitoring.services.reports import (
    compile_report,
    discard_draft,
    give_back,
    request_report,
    restore_draft,
)
from network.models import Role
from smartregion.base.history import event_model
from tests.factories import make_user
from tests.monitoring.flow import compiled, sealed
from tests.monitoring.verifying import (
    NAME,
    Q2,
    TABLES,
    attack,
    execute,
    sealed_report,
    told,
    verify,
    with_checksum,
)
from tests.scale import by_turns

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def report(municipalities, date_events) -> Report:
    return sealed_report(municipalities, date_events)


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
    **{
        f"{name} in the row": (
            f"UPDATE monitoring_report SET {name} = {value}",
            f"Die Zeile sagt anderes als ihr Verlauf: Bericht, {name}.",
        )
        for name, value in {
            "released_as": "'Jemand anders'",
            "approved_as": "'Jemand anders'",
            "approved_by_id": "NULL",
            "sealed_at": "sealed_at - interval '1 year'",
            "subject": "'Ganz etwas anderes'",
            "sha256": "repeat('0', 64)",
        }.items()
    },
    "the seal": (
        "UPDATE monitoring_report SET sealed_at = NULL, approved_as = '', approved_by_id = NULL",
        "Die Zeile sagt anderes als ihr Verlauf: Bericht, sealed_at.",
    ),
    "all that compiling gave": (
        "UPDATE monitoring_report SET compiled_at = NULL, snapshot = '', sha256 = '', released_at = NULL, "
        "released_as = '', sealed_at = NULL, approved_as = '', approved_by_id = NULL, released_by_id = NULL",
        "Die Zeile sagt anderes als ihr Verlauf: Bericht, compiled_at.",
    ),
    "the newest history row of the report": (
        "UPDATE monitoring_reportevent SET approved_as = 'Jemand anders' WHERE approved_as <> ''",
        "Die Zeile sagt anderes als ihr Verlauf: Bericht, approved_as.",
    ),
    "an older history row of the report": (
        "UPDATE monitoring_reportevent SET released_as = 'Jemand anders' "
        "WHERE released_as <> '' AND sealed_at IS NULL",
        "Im Verlauf ändert sich, was feststand: Bericht, released_as.",
    ),
    "the history row of the release": (
        "DELETE FROM monitoring_reportevent WHERE released_as <> '' AND sealed_at IS NULL",
        "Im Verlauf fehlt ein Eintrag: Bericht.",
    ),
    "the history of the report": (
        "DELETE FROM monitoring_reportevent",
        "Die Zeile fehlt, oder es fehlt ihr Verlauf: Bericht.",
    ),
    "a snapshot that is a list": (
        with_checksum("'[]' || chr(10)"),
        "Der Datenstand folgt nicht dem heutigen Schema: $.",
    ),
    "a snapshot that is empty": (
        with_checksum("'{}' || chr(10)"),
        "Der Datenstand folgt nicht dem heutigen Schema: $.",
    ),
    "a snapshot that is nested too deep": (
        with_checksum("repeat('[', 100000) || repeat(']', 100000) || chr(10)"),
        "Der Datenstand ist kein kanonisches JSON.",
    ),
    "a snapshot of another moment in the wrong form": (
        with_checksum('regexp_replace(snapshot, \'"moment":"[^"]*"\', \'"moment":"gestern"\')'),
        "Der Verlauf zum Stichtag lässt sich nicht mehr lesen (ValueError).",
    ),
    "history without the organisations": (
        "DELETE FROM network_organisationevent",
        "Der Verlauf zum Stichtag lässt sich nicht mehr lesen (KeyError).",
    ),
}


def test_whole_reports_pass(report: Report) -> None:
    assert told() == ["1 Berichte geprüft, keiner ist beschädigt."]


@pytest.mark.parametrize("damage", by_turns(ATTACKS, of=3))
def test_damage_is_found_and_named(report: Report, damage: str) -> None:
    statement, sentence = ATTACKS[damage]
    assert verify() == []

    attack(statement)

    named = Report.objects.filter(pk=report.pk).first()
    assert f"{named} ({report.pk}): {sentence}" in verify()


def test_a_published_report_that_is_gone_is_missed(report: Report) -> None:
    attack(
        "WITH files AS (DELETE FROM monitoring_reportfile), texts AS (DELETE FROM monitoring_reporttext) "
        "DELETE FROM monitoring_report"
    )

    assert f"Bericht {report.pk}: Die Zeile fehlt, oder es fehlt ihr Verlauf: Bericht." in verify()


def test_what_was_given_back_or_discarded_is_not_missed(report: Report) -> None:
    other = compiled(request_report(kind="status", audience="internal", period=Q2))
    draft = give_back(report=other, reason="Zahlen fehlen", by=make_user())
    assert verify() == []

    discard_draft(report=draft, by=make_user())
    assert verify() == []

    sealed(compiled(compile_report(restore_draft(draft.pk, by=make_user()), by=make_user())))
    assert verify() == []


ERRATUM_ATTACKS = {
    "the row": (
        "UPDATE monitoring_erratum SET text = 'Es sind 9, nicht 4.'",
        "Die Zeile sagt anderes als ihr Verlauf: Berichtigung, text.",
    ),
    "an older history row": (
        "WITH row AS (UPDATE monitoring_erratum SET text = 'Es sind 9, nicht 4.') "
        "UPDATE monitoring_erratumevent SET text = 'Es sind 9, nicht 4.' "
        "WHERE pgh_id = (SELECT MAX(pgh_id) FROM monitoring_erratumevent)",
        "Im Verlauf ändert sich, was feststand: Berichtigung, text.",
    ),
    "the row that is gone": (
        "DELETE FROM monitoring_erratum",
        "Die Zeile fehlt, oder es fehlt ihr Verlauf: Berichtigung.",
    ),
}


@pytest.mark.parametrize("damage", ERRATUM_ATTACKS)
def test_damage_of_an_approved_erratum_is_found(report: Report, damage: str) -> None:
    statement, sentence = ERRATUM_ATTACKS[damage]
    erratum = declare_erratum(report=report, text="Es sind 5, nicht 4.", by=make_user(), office="Amt")
    approve_erratum(erratum=erratum, by=make_user(Role.STEERING), office="Vorsitz")
    Erratum.objects.update(approved_by=None)  # as when an account ends
    assert verify() == []

    attack(statement)

    assert verify() == [f"{NAME} ({report.pk}): {sentence}"]


def test_the_name_of_what_a_report_is_about_is_compared(report: Report) -> None:
    template = ReportTemplate.objects.create(name="Kurzbericht", sections=["overview"], filters={})
    custom = sealed(compiled(request_report(kind="custom", audience="public", period=Q2, scope=template)))
    ReportTemplate.objects.update(name="Bericht")
    assert verify() == []

    attack(with_checksum("replace(snapshot, 'Kurzbericht', 'Langbericht')") + f" AND new.id = {custom.pk}")

    sentences = {
        "Die Zeile des Berichts sagt anderes als der Datenstand: subject.",
        "Der Verlauf sagt anderes als der Datenstand: report.scope.label.",
    }
    assert {f"{custom} ({custom.pk}): {sentence}" for sentence in sentences} <= set(verify())


def test_a_forgery_of_an_older_format_is_no_way_around_the_history(report: Report) -> None:
    """All of it consistent: row and its history, snapshot, files and checksums."""
    forged = json.loads(report.snapshot) | {"format_version": 2}
    forged["fields"][0]["measures"][0]["light_reason"] = "Alles bestens"
    content = content_of(forged)
    for table in TABLES:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    Report.objects.update(snapshot=content.json.decode(), sha256=content.sha256)
    event_model(Report)._base_manager.exclude(sha256="").update(sha256=content.sha256)
    for name, write in {**TYPESET, **WRITTEN}.items():
        data = write(content)
        file = report.files.filter(format=name)
        file.update(content=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    for table in TABLES:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    sentence = "Der Datenstand folgt nicht dem heutigen Schema: format_version."
    assert verify() == [f"{NAME} ({report.pk}): {sentence}"]


def test_one_report_that_cannot_be_read_does_not_hide_the_next(report: Report) -> None:
    other = sealed(compiled(request_report(kind="status", audience="internal", period=Q2)))
    attack(with_checksum("'{}' || chr(10)") + f" AND new.id = {report.pk}")
    attack(FLIP.format("csv"))

    found = verify()

    assert f"{NAME} ({report.pk}): Der Datenstand folgt nicht dem heutigen Schema: $." in found
    assert f"{NAME} ({other.pk}): Die Datei passt nicht zu ihrer Prüfsumme: csv." in found


@pytest.mark.parametrize("guarded", [True, False])
def test_the_triggers_are_what_the_attack_switches_off(report: Report, guarded: bool) -> None:
    """The negative control of these tests: with the triggers on, the same statement is refused."""
    statement = FLIP.format("pdf")
    outcome: Callable[[], object] = (lambda: execute(statement)) if guarded else (lambda: attack(statement))

    if guarded:
        with pytest.raises(DatabaseError, match="Cannot update"):
            outcome()
    else:
        outcome()

    assert (verify() == []) == guarded
