"""What an import understands, what it refuses, and what it never does."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from measures.imports.words import BadValue, read_day, read_yes_or_no
from measures.models import ColumnMapping, GateCriterion, Measure, Milestone, RolloutCell, TableImport
from network.models import Role
from smartregion.base.changes import changes_of
from smartregion.base.spreadsheet import LongList, Sheets, csv_value, without_apostrophe
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
    set_cell,
)
from tests.measures.uploads import download, step, upload, xlsx

pytestmark = pytest.mark.django_db
CELLS = ["Nr.", "Kommune", "Stufe", "Seit", "Nachweis", "Begründung"]


@pytest.fixture
def coordinator(client: Client) -> Any:
    make_region()
    make_municipality("Aadorf")
    make_municipality("Bedorf")
    user = make_user()
    client.force_login(user)
    return user


def errors(table_import: TableImport) -> list[tuple[int, str]]:
    return [(error["row"], error["column"]) for error in table_import.found["errors"]]


# Reading cells


@pytest.mark.parametrize(
    "cell",
    [date(2026, 11, 25), "25.11.2026", " 25.11.26", "2026-11-25", "2026-11-25T00:00:00", 46351.0, 46351.5],
)
def test_a_day_is_understood_as_the_programs_write_it(cell: Any) -> None:
    assert read_day(cell) == date(2026, 11, 25)


@pytest.mark.parametrize("cell", ["31.02.2026", "bald", 7, True, "2026", 1e300, float("nan")])
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(BadValue):
        read_day(cell)


def test_yes_and_no_are_understood_as_the_programs_write_them() -> None:
    assert [read_yes_or_no(cell) for cell in ("ja", "WAHR", True, "x", 1.0)] == [True] * 5
    assert [read_yes_or_no(cell) for cell in ("nein", "FALSCH", False, "", 0.0)] == [False] * 5
    with pytest.raises(BadValue):
        read_yes_or_no("vielleicht")


@pytest.mark.parametrize("text", ["=1", "'=1", "''@x", "'s ist gut", "plain", "'", "+49"])
def test_a_text_keeps_its_apostrophes_through_a_csv(text: str) -> None:
    assert without_apostrophe(csv_value(text)) == text


# Finding rows


def test_rows_are_found_without_keys_columns_in_any_order_and_deleted_rows_stay(
    client: Client, coordinator: Any
) -> None:
    measure = make_measure(no="M-01")
    make_measure(no="M-02")
    rows = [["Stufe", "Kommune", "Nr."], ["zugesagt", " aadorf ", "M-01"], [], ["", "", ""]]

    checked = upload(client, xlsx(rows))
    step(client, checked, "uebernehmen")

    assert [plan["shown"] for plan in checked.found["plans"]] == [[["Stufe", "unbekannt", "zugesagt"]]]
    stages = RolloutCell.objects.exclude(stage="unknown").values_list(
        "measure", "municipality__name", "stage"
    )
    assert list(stages) == [(measure.pk, "Aadorf", "committed")]


def test_only_a_changed_cell_counts_as_confirmed(client: Client, coordinator: Any) -> None:
    make_measure(no="M-01")
    rows = [CELLS, ["M-01", "Aadorf", "zugesagt"], ["M-01", "Bedorf", "unbekannt"]]

    step(client, upload(client, xlsx(rows)), "uebernehmen")

    confirmed = RolloutCell.objects.exclude(confirmed_at=None)
    assert list(confirmed.values_list("municipality__name", "confirmed_by")) == [("Aadorf", coordinator.pk)]


def test_the_import_is_the_reason_to_move_on_with_open_criteria(client: Client, coordinator: Any) -> None:
    measure = make_measure(no="M-01")
    GateCriterion.objects.create(phase="idea", text="Kosten stehen fest.")
    rows = [["Schlüssel", "Titel", "Phase"], [measure.pk, "Sensornetz", "Pilot"]]

    step(client, upload(client, xlsx(rows)), "uebernehmen")

    measure.refresh_from_db()
    assert measure.phase == "pilot"
    assert changes_of(measure)[0].reason.startswith("Import vom ")


def test_the_forms_decide_and_every_error_names_row_and_column(client: Client, coordinator: Any) -> None:
    make_measure(no="M-01")
    make_measure(no="M-02")
    rows = [
        CELLS,
        ["M-01", "Aadorf", "im Regelbetrieb", "", "", ""],
        ["M-01", "Bedorf", "abgelehnt", "", "", ""],
        ["M-02", "Aadorf", "fertig", "bald", "", ""],
        ["M-99", "Aadorf", "zugesagt", "", "", ""],
        ["M-02", "Bedorf", "zugesagt", "", "", ""],
        ["M-02", "Bedorf", "zugesagt", "", "", ""],
    ]

    checked = upload(client, xlsx(rows))

    assert errors(checked) == [
        (2, "Seit"),
        (2, "Nachweis"),
        (3, "Begründung"),
        (4, "Stufe"),
        (4, "Seit"),
        (5, "Schlüssel"),
        (7, "Nr."),
    ]
    assert client.post(f"/import/{checked.pk}/uebernehmen/").status_code == 302
    assert not RolloutCell.objects.exclude(stage="unknown").exists()
    page = client.get(f"/import/{checked.pk}/").content.decode()
    assert "„fertig“ gibt es hier nicht. Möglich: nicht betroffen, unbekannt" in page
    assert "uebernehmen" not in page


def test_what_only_the_portal_has_changed_since_the_export_is_left_alone(
    client: Client, coordinator: Any
) -> None:
    measure = make_measure("Netz", no="M-01")
    export = download(client, "/massnahmen/export.xlsx")
    measure.title = "Netz neu"
    measure.save_over(1)

    same = upload(client, export)
    status = upload(client, edited(export, {"Status": "abgeschlossen"}))
    title = upload(client, edited(export, {"Titel": "Anders"}))

    assert (same.changes, same.found["errors"]) == (0, [])
    assert [plan["shown"] for plan in status.found["plans"]] == [[["Status", "laufend", "abgeschlossen"]]]
    assert errors(title) == [(2, "Titel")]


def edited(data: bytes, values: dict[str, Any], sheet: str = "Maßnahmen", row: int = 2) -> bytes:
    book = load_workbook(io.BytesIO(data))
    columns = {cell.value: cell.column for cell in book[sheet][1]}
    for heading, value in values.items():
        book[sheet].cell(row, columns[heading]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_changed_matrix_is_reported_as_not_read(client: Client, coordinator: Any) -> None:
    make_measure(no="M-01")
    export = download(client, "/roll-out/export.xlsx")

    checked = upload(client, edited(export, {"Bedorf": "zugesagt"}, "Roll-out"))
    both = edited(export, {"Bedorf": "zugesagt"}, "Roll-out")
    in_both = upload(client, edited(both, {"Stufe": "zugesagt"}, "Einzelwerte", row=3))

    assert (checked.changes, in_both.changes) == (0, 1)
    assert [
        sum("„Roll-out“ weicht" in note for note in each.found["notes"]) for each in (checked, in_both)
    ] == [1, 0]


# Writing


def test_a_row_that_changed_meanwhile_refuses_everything_until_it_is_checked_again(
    client: Client, coordinator: Any
) -> None:
    first, second = make_measure("Eins", no="M-01"), make_measure("Zwei", no="M-02")
    head = ["Nr.", "Titel", "Status", "Phase"]
    rows = [head, ["M-01", "Eins", "ruhend", "Idee"], ["M-02", "Zwei neu", "laufend", "Idee"]]
    rows[1][2] = "abgeschlossen"
    checked = upload(client, xlsx(rows))
    second.summary = "Anders"
    second.save_over(1)

    refused = step(client, checked, "uebernehmen")

    assert (refused.state, refused.applied_by) == ("checked", None)
    assert refused.refusal == ["M-02 Zwei wurde inzwischen im Portal geändert oder entfernt."]
    assert [Measure.objects.get(pk=row.pk).version for row in (first, second)] == [1, 2]
    assert "M-02 Zwei wurde inzwischen" in client.get(f"/import/{checked.pk}/").content.decode()
    assert step(client, step(client, refused, "pruefen"), "uebernehmen").state == "applied"
    assert Measure.objects.get(pk=second.pk).summary == "Anders"


def test_undo_is_refused_if_a_row_was_changed_since(client: Client, coordinator: Any) -> None:
    measure = make_measure("Eins", no="M-01")
    rows = [["Nr.", "Titel", "Status", "Phase"], ["M-01", "Eins neu", "laufend", "Pilot"]]
    applied = step(client, upload(client, xlsx(rows)), "uebernehmen")
    measure.refresh_from_db()
    measure.summary = "Anders"
    measure.save_over(measure.version)

    refused = step(client, applied, "zuruecknehmen")

    assert (refused.state, refused.undone_by) == ("applied", None)
    assert refused.refusal == ["M-01 Eins neu wurde seitdem geändert oder entfernt."]
    assert Measure.objects.get().title == "Eins neu"


NEW = {
    "Nr.": "M-77",
    "Titel": "Neu",
    "Handlungsfeld": "Mobilität",
    "Federführung": "Kreis Musterland",
    "Kurzbeschreibung": "Kurz",
}


def test_the_template_takes_new_measures_and_undo_removes_them(client: Client, coordinator: Any) -> None:
    make_field()
    make_organisation()
    template = download(client, "/import/vorlage.xlsx")

    checked = upload(client, edited(template, NEW))
    applied = step(client, checked, "uebernehmen")

    assert (checked.found["errors"], applied.state) == ([], "applied")
    measure = Measure.objects.get()
    assert (measure.no, measure.visibility, measure.cells.count()) == ("M-77", "draft", 2)
    assert step(client, applied, "zuruecknehmen").state == "undone"
    assert not Measure.objects.exists()


def test_undo_keeps_a_new_measure_to_which_something_has_come(client: Client, coordinator: Any) -> None:
    make_field()
    make_organisation()
    template = download(client, "/import/vorlage.xlsx")
    applied = step(client, upload(client, edited(template, NEW)), "uebernehmen")
    Milestone.objects.create(measure=Measure.objects.get(), title="Start", planned_date=date(2026, 1, 1))

    refused = step(client, applied, "zuruecknehmen")

    assert (refused.state, len(refused.refusal), Measure.objects.count()) == ("applied", 1, 1)


def test_becoming_public_has_to_be_confirmed(client: Client, coordinator: Any) -> None:
    make_measure("Eins", no="M-01", visibility="draft")
    rows = [["Nr.", "Titel", "Status", "Sichtbarkeit"], ["M-01", "Eins", "laufend", "öffentlich"]]
    checked = upload(client, xlsx(rows))

    client.post(f"/import/{checked.pk}/uebernehmen/")
    assert Measure.objects.get().visibility == "draft"
    step(client, checked, "uebernehmen", confirm_visibility="on")
    assert Measure.objects.get().visibility == "public"


def test_an_applied_import_cannot_be_discarded_any_other_can(client: Client, coordinator: Any) -> None:
    make_measure("Eins", no="M-01")
    rows = [["Nr.", "Titel", "Status", "Phase"], ["M-01", "Eins neu", "laufend", "Idee"]]
    applied = step(client, upload(client, xlsx(rows)), "uebernehmen")

    client.post(f"/import/{applied.pk}/verwerfen/")
    assert TableImport.objects.count() == 1
    undone = step(client, applied, "zuruecknehmen")
    client.post(f"/import/{undone.pk}/verwerfen/")
    assert TableImport.objects.count() == 0


# Foreign lists


def test_a_foreign_list_is_mapped_once_and_remembered(client: Client, coordinator: Any) -> None:
    make_field("Mobilität")
    lead = make_organisation()
    make_measure("Altes Projekt", no="M-07", status="planned")
    rows = [
        ["Unsere Projekte 2026"],
        ["Projekttitel", "Projektstatus", "Startdatum", "Bemerkung"],
        ["Altes Projekt", "läuft", "01.03.2026", "x"],
        ["Neues Projekt", "läuft", 46351, ""],
    ]
    found = upload(client, xlsx(rows))
    assert found.state == "mapping"
    address = f"/import/{found.pk}/zuordnung/"
    page = client.get(address)
    suggested = {name: page.context["form"][name].value() for name in ("column_0", "column_1", "column_2")}
    assert suggested == {"column_0": "title", "column_1": "status", "column_2": "starts_on"}

    sent = {**suggested, "column_3": "", "default_field": make_field().pk, "default_lead": lead.pk}
    asked = client.post(address, sent)
    assert (asked.status_code, "läuft" in asked.content.decode()) == (200, True)
    mapped = step(client, found, "zuordnung", **sent, word_1_0="active")

    assert mapped.found["errors"] == []
    assert [plan["shown"][0] for plan in mapped.found["plans"]] == [
        ["Status", "geplant", "laufend"],
        ["Nummer", "–", "M-08"],
    ]
    step(client, mapped, "uebernehmen")
    new = Measure.objects.get(title="Neues Projekt")
    assert (new.no, new.status, new.starts_on) == ("M-08", "active", date(2026, 11, 25))
    assert ColumnMapping.objects.count() == 1
    assert upload(client, xlsx(rows)).state == "checked"


# Who, how often, how long


@pytest.mark.parametrize("role", [None, Role.MUNICIPALITY, Role.STEERING, Role.TEAM])
def test_imports_are_the_coordinators_alone(client: Client, role: Role | None) -> None:
    if role:
        client.force_login(make_user(role, make_municipality() if role == Role.MUNICIPALITY else None))

    assert {
        client.get(address).status_code for address in ("/import/", "/import/vorlage.xlsx", "/import/1/")
    } == {403 if role else 302}


def test_a_check_asks_as_often_with_many_rows_as_with_few(
    client: Client, coordinator: Any, count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        export = download(client, "/roll-out/export.xlsx")
        with count_queries() as queries:
            assert upload(client, export).found["errors"] == []
        return len(queries)

    for _number in range(5):
        make_measure()
    cost()
    few = cost()
    for _number in range(45):
        make_measure()

    assert cost() == few


def test_a_long_list_goes_on_in_a_second_sheet(client: Client, coordinator: Any) -> None:
    from xlsxwriter import Workbook

    target = io.BytesIO()
    with Workbook(target) as workbook:
        listed = LongList(Sheets(workbook), "Liste", [("Kopf", 10)], most=2)
        for number in range(5):
            listed.write([number])
        assert listed.close() == 5

    book = load_workbook(io.BytesIO(target.getvalue()))
    assert {page.title: [cell.value for cell in page["A"]] for page in book} == {
        "Liste": ["Kopf", 0, 1],
        "Liste 2": ["Kopf", 2, 3],
        "Liste 3": ["Kopf", 4],
    }


def test_a_waiting_import_is_on_the_workplace(client: Client, coordinator: Any) -> None:
    place = make_municipality("Cedorf")
    measure = make_measure("Eins", no="M-01")
    set_cell(measure, place, contact="Amt")
    upload(client, xlsx([["Nr.", "Titel", "Status", "Phase"], ["M-01", "Eins neu", "laufend", "Idee"]]))

    assert "tabelle.xlsx" in client.get("/arbeitsplatz/?art=importe").content.decode()
    assert "tabelle.xlsx" in client.get("/import/").content.decode()


def test_the_list_asks_as_often_with_many_imports_as_with_few(
    client: Client, coordinator: Any, count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        with count_queries() as queries:
            assert client.get("/import/").status_code == 200
        return len(queries)

    for _number in range(2):
        upload(client, b"a;b\n1;2\n", "a.csv")
    cost()
    few = cost()
    for _number in range(20):
        upload(client, b"a;b\n1;2\n", "a.csv")

    assert cost() == few
