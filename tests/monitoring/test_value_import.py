"""Tables of values: all or nothing, shown before, taken back as a whole, read again as written."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from monitoring.models import IndicatorValue, ValueImport
from network.models import Role, User
from smartregion.base.changes import changes_of
from smartregion.base.tables import read_tables
from tests.factories import make_municipality, make_region, make_user
from tests.monitoring.indicator_rows import make_indicator, make_value

pytestmark = pytest.mark.django_db
END = date(2024, 12, 31)
HEADINGS = ["Kürzel", "Kommune", "Wert vom", "Wert", "Anmerkung", "Grund der Berichtigung"]


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def table(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows])
    return text.getvalue().encode()


def upload(client: Client, content: bytes, name: str = "werte.csv") -> ValueImport:
    response = client.post("/indikatoren/import/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.context["form"].errors
    return ValueImport.objects.get(pk=int(response["Location"].strip("/").split("/")[-1]))


def take(client: Client, taken: ValueImport, step: str) -> ValueImport:
    client.post(f"/indikatoren/import/{taken.pk}/{step}/")
    taken.refresh_from_db()
    return taken


def values() -> list[tuple[str, date, Any]]:
    rows = IndicatorValue.objects.order_by("indicator__key", "on")
    return list(rows.values_list("indicator__key", "on", "value"))


def test_a_table_is_shown_then_applied_and_taken_back_as_a_whole() -> None:
    indicator, client = make_indicator(), client_of(make_user())
    old = make_value(indicator, END, 5)
    taken = upload(
        client,
        table(
            ["zaehlung", "", "31.12.2024", "6", "", "Zahlendreher"],
            ["zaehlung", "", "31.12.2023", "1.573", "", ""],
            ["zaehlung", "", "2022-12-31", "kein Wert", "Zähler defekt", ""],
            ["zaehlung", "", "31.12.2021", "", "", ""],
        ),
    )
    assert [(plan["before"], plan["shown"]) for plan in taken.found["plans"]] == [
        ("5", "6"),
        ("", "1573"),
        ("", "kein Wert"),
    ]
    assert values() == [("zaehlung", END, 5)]

    take(client, taken, "uebernehmen")
    assert values() == [
        ("zaehlung", date(2022, 12, 31), None),
        ("zaehlung", date(2023, 12, 31), 1573),
        ("zaehlung", END, 6),
    ]
    assert changes_of(old)[0].reason == "Zahlendreher"
    assert {value.way for value in IndicatorValue.objects.all()} == {"import"}

    assert take(client, taken, "zuruecknehmen").state == "undone"
    assert values() == [("zaehlung", END, 5)]


def test_the_same_table_twice_changes_nothing() -> None:
    make_indicator()
    client, content = client_of(make_user()), table(["zaehlung", "", "31.12.2024", "6", "", ""])
    take(client, upload(client, content), "uebernehmen")

    again = upload(client, content)

    assert (again.found["plans"], again.found["unchanged"]) == ([], 1)
    assert take(client, again, "uebernehmen").state == "checked"


def test_a_table_without_notes_leaves_them_as_they_are() -> None:
    value = make_value(make_indicator(), END, 5, note="geschätzt")
    client = client_of(make_user())
    content = "Kürzel;Wert vom;Wert;Grund der Berichtigung\nzaehlung;31.12.2024;6;Zahlendreher\n"

    take(client, upload(client, content.encode()), "uebernehmen")

    value.refresh_from_db()
    assert (value.value, value.note) == (6, "geschätzt")


def test_one_wrong_line_keeps_the_whole_table_out() -> None:
    indicator, client = make_indicator(), client_of(make_user())
    make_value(indicator, END, 5)
    taken = upload(
        client,
        table(
            ["zaehlung", "", "31.12.2023", "6", "", ""],
            ["zaehlung", "", "31.12.2024", "6", "", ""],
            ["gibt-es-nicht", "", "31.12.2024", "6", "", ""],
            ["zaehlung", "", "31.12.2022", "viele", "", ""],
            ["zaehlung", "", "31.12.2023", "7", "", ""],
            ["zaehlung", "", "", "7", "", ""],
            ["zaehlung", "Aadorf", "31.12.2020", "7", "", ""],
            ["zaehlung", "", "31.12.2999", "7", "", ""],
            ["zaehlung", "", "31.12.2019", "kein Wert", "", ""],
        ),
    )

    assert [error["row"] for error in taken.found["errors"]] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert take(client, taken, "uebernehmen").state == "checked"
    assert values() == [("zaehlung", END, 5)]


def test_a_value_that_changed_since_the_preview_refuses_the_import() -> None:
    indicator, client = make_indicator(), client_of(make_user())
    value = make_value(indicator, END, 5)
    taken = upload(
        client,
        table(["zaehlung", "", "31.12.2023", "1", "", ""], ["zaehlung", "", "31.12.2024", "6", "", "x"]),
    )
    value.value = 7
    value.save_over(1)

    assert take(client, taken, "uebernehmen").state == "checked"
    assert values() == [("zaehlung", END, 7)]


def test_an_import_whose_values_were_corrected_since_is_not_taken_back() -> None:
    make_indicator()
    client = client_of(make_user())
    taken = upload(
        client,
        table(["zaehlung", "", "31.12.2023", "1", "", ""], ["zaehlung", "", "31.12.2024", "6", "", ""]),
    )
    take(client, taken, "uebernehmen")
    value = IndicatorValue.objects.get(on=END)
    value.value = 7
    value.save_over(1)

    assert take(client, taken, "zuruecknehmen").state == "applied"
    assert len(values()) == 2


def test_a_municipality_reads_in_its_own_values_only() -> None:
    own, _other = make_municipality("Aadorf"), make_municipality("Bedorf")
    make_indicator(per_municipality=True)
    make_indicator("Geheim", visibility="draft", per_municipality=True)
    client = client_of(make_user(Role.MUNICIPALITY, own))

    taken = upload(
        client,
        table(
            ["zaehlung", "Aadorf", "31.12.2024", "6", "", ""],
            ["zaehlung", "Bedorf", "31.12.2024", "6", "", ""],
            ["geheim", "Aadorf", "31.12.2024", "6", "", ""],
        ),
    )

    assert [error["row"] for error in taken.found["errors"]] == [3, 4]
    assert [plan["place"] for plan in taken.found["plans"]] == ["Aadorf"]


def test_an_import_is_for_the_account_that_made_it() -> None:
    make_indicator()
    taken = upload(client_of(make_user()), table(["zaehlung", "", "31.12.2024", "6", "", ""]))
    other = client_of(make_user())

    assert other.get(taken.get_absolute_url()).status_code == 404
    assert other.post(f"{taken.get_absolute_url()}uebernehmen/").status_code == 404


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "ods"])
def test_an_export_read_in_again_says_nothing_new(file_format: str) -> None:
    place = make_municipality()
    make_value(make_indicator(decimals=3), END, 1.125, note="=1+1")
    make_value(make_indicator("Orte", per_municipality=True), END, -12_345, place)
    make_value(make_indicator("Ohne"), END, None, note="Zähler defekt")
    client = client_of(make_user())
    content = b"".join(client.get(f"/indikatoren/werte/export.{file_format}"))

    found = upload(client, content, f"werte.{file_format}").found

    assert (found["plans"], found["errors"], found["unchanged"]) == ([], [], 3)


def test_the_template_holds_the_lines_that_are_due() -> None:
    make_indicator(rhythm="yearly", collected_from=date(2024, 1, 1))
    client = client_of(make_user())

    sheet = read_tables(client.get("/indikatoren/import/vorlage.xlsx").content)[0]

    first = dict(zip(sheet.rows[0], sheet.rows[1], strict=False))
    assert (first["Kürzel"], first["Zeitraum"], first["Wert vom"]) == ("zaehlung", "Jahr 2024", END)


def test_a_table_without_our_columns_is_refused_with_what_is_missing() -> None:
    client = client_of(make_user())

    page = client.post("/indikatoren/import/", {"file": SimpleUploadedFile("x.csv", b"Name;Zahl\na;1\n")})

    assert page.context["form"].errors == {
        "file": [
            "Die Spalten „Kürzel“, „Wert vom“, „Wert“ fehlen. Bitte nehmen Sie die Vorlage oder einen Export "
            "der Werte."
        ]
    }


def test_an_unlikely_value_of_a_table_is_shown_and_confirmed_before_it_is_taken() -> None:
    indicator, client = make_indicator(unit="kWh"), client_of(make_user())
    make_value(indicator, date(2023, 12, 31), 10)
    taken = upload(client, table([indicator.key, "", "31.12.2024", "1000", "", ""]))

    page = client.get(taken.get_absolute_url()).content.decode()
    assert "1.000 ist mindestens das Zehnfache des vorigen Wertes 10." in page
    assert take(client, taken, "uebernehmen").state == "checked"
    client.post(f"/indikatoren/import/{taken.pk}/uebernehmen/", {"sure": "on"})

    assert [value for _key, _on, value in values()] == [10, 1000]


def zip_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * (65 * 2**20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Die Datei ist leer."),
        (b"  \n", "Die Datei ist leer."),
        (b"%PDF-1.7\n", "Das ist ein PDF, keine Tabelle."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "Das ist keine Tabelle, die sich lesen lässt."),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "Das ist keine Tabelle, die sich lesen lässt."),
        (zip_bomb(), "Entpackt ist die Datei größer als 64 MB."),
        (b"PK\x03\x04kaputt", "Die Datei ist beschädigt."),
    ],
)
def test_a_file_that_is_no_table_is_told_what_to_upload(content: bytes, reason: str) -> None:
    client = client_of(make_user())

    page = client.post("/indikatoren/import/", {"file": SimpleUploadedFile("werte.xlsx", content)})

    [problem] = page.context["form"].errors["file"]
    assert problem.startswith(reason)
    assert problem.endswith(
        "Hochladen lässt sich die ausgefüllte Vorlage oder ein Export der Werte, als XLSX, ODS oder CSV."
    )
    assert ValueImport.objects.count() == 0
