"""Exports: exactly the rows of the page, for each role; typed cells; no text becomes a formula."""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, localtime, now
from python_calamine import CalamineWorkbook

from measures.models import Measure, Milestone, RolloutCell
from network.models import Role
from tests.factories import make_field, make_measure, make_municipality, make_region, make_user, set_cell
from tests.monitoring.xlsx_text import xlsx_text

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+49 1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]
TEXTS = [*FORMULAS, "https://portal.example", "0123", "<r><t>x</t></r>", "<b>&amp;</b>", "_x0041_", "a\x0bb"]


def download(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)  # type: ignore[arg-type]


def sheet(data: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by its headings, read by another program than the one that wrote it."""
    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, cells[0]), row, strict=True)) for row in cells[1:]]


def workbook(client: Client, address: str, name: str) -> list[dict[str, Any]]:
    return sheet(download(client, address), name)


def lines(client: Client, address: str) -> list[dict[str, str]]:
    text = download(client, address).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def notes(client: Client, address: str) -> dict[str, Any]:
    return {row["Angabe"]: row["Wert"] for row in workbook(client, address, "Hinweise")}


# Which rows


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, ["Offen"]),
        (Role.STEERING, ["Intern", "Offen"]),
        (Role.TEAM, ["Intern", "Offen"]),
        (Role.COORDINATION, ["Entwurf", "Intern", "Offen"]),
    ],
)
def test_each_role_takes_home_only_what_is_visible_to_it(
    client: Client, role: Role | None, expected: list[str]
) -> None:
    make_municipality("Aadorf")
    make_measure("Entwurf", no="M-01", visibility="draft", light="red", light_reason="Entwurfsgrund")
    make_measure("Intern", no="M-02", visibility="internal")
    make_measure("Offen", no="M-03")
    if role:
        client.force_login(make_user(role))

    found = {
        address: [row[heading] for row in lines(client, f"{address}export.csv")]
        for address, heading in (
            ("/massnahmen/", "Titel"),
            ("/roll-out/", "Maßnahme"),
            ("/kommunen/aadorf/", "Maßnahme"),
        )
    }
    found["list"] = [row["Titel"] for row in workbook(client, "/massnahmen/export.xlsx", "Maßnahmen")]
    for name in ("Roll-out", "Einzelwerte"):
        found[name] = [row["Maßnahme"] for row in workbook(client, "/roll-out/export.xlsx", name)]

    assert found == dict.fromkeys(found, expected)
    assert notes(client, "/massnahmen/export.xlsx")["Zeilen"] == len(expected)


def test_no_part_of_a_workbook_holds_what_is_hidden(client: Client) -> None:
    place = make_municipality("Aadorf")
    make_measure("Offen")
    hidden = make_measure("Verborgen", visibility="internal", is_example=True, status_reason="Geheimer Grund")
    set_cell(hidden, place, reason="Geheimer Stand", evidence="Geheimer Nachweis")
    files = ["/massnahmen/export", "/roll-out/export", "/kommunen/aadorf/export"]

    def leaks() -> list[list[bool]]:
        texts = [xlsx_text(download(client, f"{file}.{kind}")) for file in files for kind in ("xlsx", "ods")]
        texts += [download(client, f"{file}.csv").decode() for file in files]
        return [["Verborgen" in text, "Geheimer" in text] for text in texts]

    assert leaks() == [[False, False]] * 9
    assert "Beispieldaten" not in notes(client, "/massnahmen/export.xlsx")
    client.force_login(make_user(Role.STEERING))
    assert leaks() == [[True, True]] * 9


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?phase=pilot",
        "?q=Netz",
        "?field=energie&starter=true",
        "?municipality=aadorf",
        "?light=blau",
        "?visibility=draft",
        "?page=2",
        "?q=gibt-es-nicht",
    ],
)
@pytest.mark.parametrize("role", [None, Role.COORDINATION])
def test_the_list_is_exported_with_the_rows_that_its_pages_show(
    client: Client, query: str, role: Role | None
) -> None:
    place, energy = make_municipality("Aadorf"), make_field("Energie")
    for number in range(23):
        measure = make_measure(
            "Netz" if number % 2 else "Weg",
            phase="pilot" if number % 3 else "idea",
            is_starter=number % 4 == 0,
            visibility="draft" if number % 5 == 0 else "public",
            **({"field": energy} if number % 2 else {}),
        )
        set_cell(measure, place, stage="interested" if number % 3 else "unknown")
    if role:
        client.force_login(make_user(role))
    shown = [
        measure.no
        for page in ("1", "2")
        for measure in client.get(f"/massnahmen/?{query.removeprefix('?')}&page={page}").context["measures"]
    ]

    exported = [row["Nr."] for row in workbook(client, f"/massnahmen/export.xlsx{query}", "Maßnahmen")]

    assert exported == list(dict.fromkeys(shown))
    assert [row["Nr."] for row in lines(client, f"/massnahmen/export.csv{query}")] == exported


@pytest.mark.parametrize("query", ["", "?stage=interested", "?stale=on", "?field=energie", "?stage=blau"])
def test_the_roll_out_is_exported_with_the_cells_that_the_matrix_shows(client: Client, query: str) -> None:
    places = [make_municipality("Bedorf", 30), make_municipality("Aadorf", 70)]
    for number in range(4):
        measure = make_measure(field=make_field("Energie" if number % 2 else "Mobilität"))
        for place in places:
            set_cell(measure, place, stage="interested" if number else "unknown", confirmed_at=now())
    RolloutCell.objects.filter(measure=measure, municipality=places[0]).delete()
    RolloutCell.objects.filter(measure__no=Measure.objects.first().no).update(confirmed_at=None)  # type: ignore[union-attr]
    rows = client.get(f"/roll-out/{query}").context["rows"]
    matrix = workbook(client, f"/roll-out/export.xlsx{query}", "Roll-out")
    cells = workbook(client, f"/roll-out/export.xlsx{query}", "Einzelwerte")

    shown = [
        (row.measure.no, place, stage)
        for row in rows
        for place, stage in zip(("Aadorf", "Bedorf"), stages_in(row), strict=True)
    ]
    assert [(row["Nr."], row["Kommune"], row["Stufe"]) for row in cells] == shown
    assert [(row["Nr."], place, row[place]) for row in matrix for place in ("Aadorf", "Bedorf")] == shown
    assert [list(row.values())[2:5] for row in matrix] == [
        [row.figures.affected, row.figures.live, row.figures.share] for row in rows
    ]
    assert [(row["Nr."], row["Kommune"]) for row in lines(client, f"/roll-out/export.csv{query}")] == [
        (no, place) for no, place, _stage in shown
    ]


def stages_in(row: Any) -> list[str]:
    labels = {stage.value: str(stage.label) for stage in RolloutCell.Stage}
    return [labels[cell.split("stage--")[1].split('"')[0].split()[0]] for cell in row.cells]


def test_a_municipality_takes_home_its_own_cells(client: Client) -> None:
    here, there = make_municipality("Aadorf"), make_municipality("Bedorf")
    measure = make_measure()
    set_cell(measure, here, stage="interested")
    set_cell(measure, there, stage="committed")

    [row] = workbook(client, "/kommunen/aadorf/export.xlsx", "Einzelwerte")

    assert (row["Kommune"], row["Stufe"]) == ("Aadorf", "Interesse bekundet")
    assert [row["Stufe"] for row in lines(client, "/kommunen/bedorf/export.csv")] == ["zugesagt"]
    assert client.get("/kommunen/cedorf/export.csv").status_code == 404


# Which columns


def test_visibility_keys_evidence_and_contact_are_for_those_whom_they_concern(client: Client) -> None:
    place = make_municipality("Aadorf")
    set_cell(make_measure(), place, contact="Kontaktstelle", evidence="Beschluss 12", note="Nur intern")
    asked = {"Sichtbarkeit", "Nachweis", "Ansprechstelle", "Schlüssel", "Version"}

    def columns() -> list[set[str]]:
        [measure] = workbook(client, "/massnahmen/export.xlsx", "Maßnahmen")
        [cell] = workbook(client, "/roll-out/export.xlsx", "Einzelwerte")
        [of_place] = lines(client, "/kommunen/aadorf/export.csv")
        return [asked & set(row) for row in (measure, cell, of_place)]

    assert columns() == [set(), set(), set()]
    client.force_login(make_user(Role.MUNICIPALITY, place))
    for_accounts = {"Nachweis", "Ansprechstelle"}
    assert columns() == [{"Sichtbarkeit"}, for_accounts, for_accounts]
    client.force_login(make_user(Role.COORDINATION))
    keys = {"Schlüssel", "Version"}
    assert columns() == [{"Sichtbarkeit"} | keys, for_accounts | keys, for_accounts]


def test_neither_a_person_nor_an_internal_note_is_exported(client: Client) -> None:
    place = make_municipality("Aadorf")
    editor = make_user(Role.MUNICIPALITY, place, name="Name der Person")
    set_cell(make_measure(), place, note="Nur intern", confirmed_at=now(), confirmed_by=editor)
    client.force_login(make_user(Role.COORDINATION))

    text = xlsx_text(download(client, "/roll-out/export.xlsx"))

    assert ["Name der Person" in text, "Nur intern" in text] == [False, False]
    assert [row["Bestätigt durch"] for row in lines(client, "/roll-out/export.csv")] == ["Kommune"]


def test_the_coordinator_gets_hidden_keys_and_lists_to_choose_from(client: Client) -> None:
    make_municipality()
    measure = make_measure()
    address = "/massnahmen/export.xlsx"
    public = xlsx_text(download(client, address))
    client.force_login(make_user(Role.COORDINATION))
    data = download(client, address)

    [row] = sheet(data, "Maßnahmen")
    assert (row["Schlüssel"], row["Version"]) == (measure.pk, 1)
    hidden = [
        re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* hidden="1"', text)
        for text in (public, xlsx_text(data))
    ]
    assert hidden == [[], [("21", "22")]]
    assert ["dataValidation " in text for text in (public, xlsx_text(data))] == [False, True]
    assert '<formula1>"grün,gelb,rot,grau"</formula1>' in xlsx_text(data).replace("&quot;", '"')
    assert "abgelehnt,zurückgezogen" in xlsx_text(download(client, "/roll-out/export.xlsx"))


# Types


@pytest.mark.parametrize("title", TEXTS)
def test_a_title_stays_text_whatever_it_looks_like(client: Client, title: str) -> None:
    make_municipality("Aadorf")
    make_measure(title)

    data = download(client, "/massnahmen/export.xlsx")
    cells = download(client, "/roll-out/export.xlsx")

    assert [row["Titel"].rstrip() for row in sheet(data, "Maßnahmen")] == [title]
    for name in ("Roll-out", "Einzelwerte"):
        assert [row["Maßnahme"].rstrip() for row in sheet(cells, name)] == [title]
    assert ["<f>" in xlsx_text(file) for file in (data, cells)] == [False, False]


@pytest.mark.parametrize("title", TEXTS)
def test_a_csv_puts_an_apostrophe_before_what_could_be_a_formula(client: Client, title: str) -> None:
    make_municipality("Aadorf")
    make_measure(title)
    expected = f"'{title}" if title in FORMULAS else title

    assert [row["Titel"] for row in lines(client, "/massnahmen/export.csv")] == [expected]
    assert [row["Maßnahme"] for row in lines(client, "/roll-out/export.csv")] == [expected]


def test_text_that_poses_as_markup_neither_breaks_nor_fills_the_workbook(client: Client) -> None:
    """XlsxWriter writes a text "<r>…</r>" as it stands; it would end the sheet's XML."""
    make_measure("<r></t></is></c></row></sheetData></r>")

    with zipfile.ZipFile(io.BytesIO(download(client, "/massnahmen/export.xlsx"))) as archive:
        assert archive.read("xl/worksheets/sheet1.xml").count(b"</sheetData>") == 1


def test_dates_and_numbers_are_typed_and_no_value_is_empty(client: Client) -> None:
    place = make_municipality("Aadorf")
    measure = make_measure("Mit", no="M-01", starts_on=date(2024, 5, 1), is_starter=True, is_example=True)
    make_measure("Ohne", no="M-02")
    for title, on, weight in (("Fertig", date(2024, 6, 1), 1), ("Offen", date(2025, 6, 1), 3)):
        Milestone.objects.create(
            measure=measure,
            title=title,
            planned_date=on,
            actual_date=on if title == "Fertig" else None,
            weight=weight,
        )
    at = now() - timedelta(days=200)
    set_cell(measure, place, since=date(2024, 7, 1), confirmed_at=at)

    mit, ohne = workbook(client, "/massnahmen/export.xlsx", "Maßnahmen")
    cell, unconfirmed = workbook(client, "/roll-out/export.xlsx", "Einzelwerte")

    names = ["Beginn", "Ende", "Fortschritt", "Nächster Meilenstein", "Fällig am", "Startermaßnahme"]
    assert [mit[name] for name in names] == [date(2024, 5, 1), "", 25, "Offen", date(2025, 6, 1), "ja"]
    assert [ohne[name] for name in names] == ["", "", "", "", "", "nein"]
    matrix = workbook(client, "/roll-out/export.xlsx", "Roll-out")
    for rows in ([mit, ohne], [cell, unconfirmed], matrix, lines(client, "/roll-out/export.csv")):
        assert [row["Beispieldaten"] for row in rows] == ["ja", "nein"]
    assert (mit["Beispieldaten"], mit["Adresse"]) == ("ja", "http://testserver/massnahmen/mit/")
    names = ["Seit", "Bestätigt am", "Zu bestätigen"]
    assert [cell[name] for name in names] == [date(2024, 7, 1), localtime(at).date(), "ja"]
    assert [unconfirmed[name] for name in names] == ["", "", "ja"]
    first, second = lines(client, "/massnahmen/export.csv")
    assert [first["Beginn"], first["Fortschritt"], second["Fortschritt"]] == ["2024-05-01", "25", ""]


# Notes, names, headers


def test_the_notes_say_when_how_chosen_and_how_counted(client: Client) -> None:
    make_region()
    make_municipality("Aadorf")
    make_measure(phase="pilot", is_example=True)
    client.force_login(make_user(Role.STEERING))

    found = notes(client, "/massnahmen/export.xlsx?phase=pilot&light=blau&page=3")
    rollout = notes(client, "/roll-out/export.xlsx?stale=on")

    assert found["Exportiert am"].date() == localdate()
    assert found["Filter"] == "Phase: Pilot"
    assert found["Nicht angewendet"].startswith("Der Filter „Ampel“ kennt den Wert „blau“ nicht.")
    assert found["Dieselben Angaben im Portal"] == "http://testserver/massnahmen/?phase=pilot&light=blau"
    assert found["Herausgeber"] == "Koordinierungsstelle Smart Region"
    assert "frei erfunden" in found["Beispieldaten"]
    assert found["Sichtbarkeit"].endswith(": öffentlich, intern.")
    assert "nicht öffentlich" in found["Weitergabe"] or "Nicht alles" in found["Weitergabe"]
    assert "http://testserver/impressum/" in found["Lizenz und Nutzung"]
    assert rollout["Filter"] == "nur mit unbestätigten Ständen"
    assert rollout["Zählregel der drei Zahlen"].startswith("Betroffen sind alle Kommunen außer")


@pytest.mark.parametrize("file_format", ["xlsx", "ods", "csv"])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/massnahmen/export", "massnahmen"),
        ("/roll-out/export", "roll-out"),
        ("/kommunen/aadorf/export", "roll-out-aadorf"),
    ],
)
def test_a_file_bears_the_date_and_is_kept_by_nobody(
    client: Client, address: str, name: str, file_format: str
) -> None:
    make_municipality("Aadorf")

    response = client.get(f"{address}.{file_format}")

    expected = f'attachment; filename="{name}-{localdate():%Y-%m-%d}.{file_format}"'
    assert response["Content-Disposition"] == expected
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert download(client, f"{address}.{file_format}")


def test_the_links_keep_the_filter(client: Client) -> None:
    make_municipality("Aadorf")
    for number in range(21):
        make_measure(phase="pilot", no=f"M-{number:02}")

    listed = client.get("/massnahmen/?phase=pilot&q=&page=2").content.decode()
    partial = client.get("/massnahmen/?phase=pilot", headers={"HX-Request": "true"}).content.decode()
    matrix = client.get("/roll-out/?stage=unknown&page=1").content.decode()
    place = client.get("/kommunen/aadorf/").content.decode()

    for file_format in ("xlsx", "ods", "csv"):
        assert f'href="/massnahmen/export.{file_format}?phase=pilot"' in listed
        assert f'href="/massnahmen/export.{file_format}?phase=pilot"' in partial
        assert f'href="/roll-out/export.{file_format}?stage=unknown"' in matrix
        assert f'href="/kommunen/aadorf/export.{file_format}"' in place


def test_an_ods_holds_the_same_as_the_workbook(client: Client) -> None:
    place = make_municipality("Aadorf")
    measure = make_measure(
        "<b>&amp;  Text\nzweite Zeile", no="M-01", starts_on=date(2024, 5, 1), is_starter=True
    )
    make_measure("=1+1", no="M-02")
    set_cell(measure, place, stage="committed", since=date(2024, 7, 1), reason=" zwei  Leerzeichen")
    client.force_login(make_user(Role.COORDINATION))

    for address, names in (("/massnahmen/", ["Maßnahmen"]), ("/roll-out/", ["Roll-out", "Einzelwerte"])):
        for name in names:
            ods, xlsx = (
                workbook(client, f"{address}export.{file_format}", name) for file_format in ("ods", "xlsx")
            )
            assert ods == xlsx
