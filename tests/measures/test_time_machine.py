"""List, page, matrix and map with `?stand=`: the state of that day, its links, forms, files and messages."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, Milestone
from measures.models.ladder import Stage
from measures.time_machine import quarter_ends
from network.models import Municipality, Role
from smartregion.base.past_tables import drop_views
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell
from tests.past import happened_on

pytestmark = pytest.mark.django_db
BEGIN, BEFORE, THEN, LATER = date(2024, 1, 2), date(2024, 1, 10), date(2024, 3, 31), date(2024, 5, 10)
STAND = f"stand={THEN}"


@pytest.fixture
def measure() -> Measure:
    """In March "Früher", an idea, interested; since May "Heute", a pilot, committed."""
    with happened_on(BEGIN):
        make_region()
        place = make_municipality("Aadorf")
    with happened_on(BEFORE):
        measure = make_measure("Netz", summary="Früher", phase="idea", no="M-1")
        milestone = Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 4, 15))
        set_cell(measure, place, stage="interested")
    with happened_on(LATER):
        measure.summary, measure.phase = "Heute", "pilot"
        measure.save_over(measure.version)
        set_cell(measure, place, stage="committed")
        milestone.actual_date = LATER
        milestone.save_over(milestone.version)
        make_measure("Später", no="M-2")
    return measure


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(role: Role) -> Client:
    client = Client()
    place = Municipality.objects.first() if role == Role.MUNICIPALITY else None
    client.force_login(make_user(role, place))
    return client


@pytest.mark.parametrize(
    "address", ["/massnahmen/", "/massnahmen/netz/", "/roll-out/", "/roll-out/karte/", "/massnahmen/?q=netz"]
)
def test_each_page_tells_which_day_it_shows_and_leads_back(
    client: Client, measure: Measure, address: str
) -> None:
    then = page(client, f"{address}{'&' if '?' in address else '?'}{STAND}")

    assert "Stand vom 31.03.2024" in then
    back = re.search(r'href="([^"]*)">zurück zu heute', then)
    assert back
    response = client.get(back[1].replace("&amp;", "&"))
    assert (response.status_code, response["Location"]) == (302, address)


def test_the_list_shows_what_there_was(client: Client, measure: Measure) -> None:
    then, today = page(client, f"/massnahmen/?{STAND}"), page(client, "/massnahmen/")

    assert ("Früher" in then, "1 Maßnahme<" in then, "Später" in then) == (True, True, False)
    assert ("Heute" in today, "2 Maßnahmen<" in today) == (True, True)


def test_filters_choose_by_the_values_of_that_day(client: Client, measure: Measure) -> None:
    assert "1 Maßnahme<" in page(client, f"/massnahmen/?phase=idea&{STAND}")
    assert "0 Maßnahmen<" in page(client, f"/massnahmen/?phase=pilot&{STAND}")


def test_what_was_due_is_judged_by_the_clock_of_that_day(client: Client, measure: Measure) -> None:
    assert "überfällig:" not in page(client, f"/massnahmen/?{STAND}")
    assert "überfällig:" in page(client, "/massnahmen/?stand=2024-04-20")
    assert "überfällig:" not in page(client, "/massnahmen/")


def test_the_matrix_and_the_map_show_the_stages_of_that_day(client: Client, measure: Measure) -> None:
    for address in ("/roll-out/", "/roll-out/karte/?massnahme=netz"):
        then = page(client, f"{address}{'&' if '?' in address else '?'}{STAND}")
        main = then[then.index("<main") :]
        assert (str(Stage.INTERESTED.label) in main, "Aadorf" in main) == (True, True)
    cells = re.findall(r'<td><a class="stage stage--(\w+)', page(client, f"/roll-out/?{STAND}"))
    assert cells == ["interested"]


def test_the_drawer_of_a_cell_is_of_the_day_of_its_matrix(client: Client, measure: Measure) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/roll-out/?{STAND}"}

    drawer = client.get("/roll-out/zelle/aadorf/netz/", headers=headers).content.decode()

    assert ("stage--interested" in drawer, "stage--committed" in drawer) == (True, False)


def test_links_between_these_pages_keep_the_day_and_others_do_not(client: Client, measure: Measure) -> None:
    then = page(client, f"/massnahmen/?phase=idea&{STAND}")
    links = set(re.findall(r' href="(/[^"#]*)', then.replace("&amp;", "&")))

    assert {f"/massnahmen/netz/?{STAND}", f"/roll-out/?{STAND}", f"/massnahmen/?{STAND}"} <= links
    assert f"/massnahmen/export.csv?phase=idea&{STAND}" in links
    assert {"/gremien/", "/berichte/", "/impressum/"} <= links
    assert {link for link in links if link.startswith("/massnahmen/netz/")} == {f"/massnahmen/netz/?{STAND}"}


def test_forms_of_filters_keep_the_day(client: Client, measure: Measure) -> None:
    for address in ("/massnahmen/", "/roll-out/", "/roll-out/karte/"):
        forms = [
            re.findall(r'<form class="filter".*?</form>', page(client, each), re.S)[0]
            for each in (f"{address}?{STAND}", address)
        ]
        field = f'<input type="hidden" name="stand" value="{THEN}">'
        assert [field in form for form in forms] == [True, False]


def test_results_alone_are_of_that_day_and_keep_its_address(client: Client, measure: Measure) -> None:
    response = client.get(f"/massnahmen/?{STAND}", headers={"HX-Request": "true"})

    assert "Früher" in response.content.decode()
    assert response["HX-Push-Url"] == f"/massnahmen/?{STAND}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2024-13-01", "ist kein Tag"),
        ("2024-02-30", "ist kein Tag"),
        ("gestern", "ist kein Tag"),
        ("2024-1-1", "ist kein Tag"),
        ("٢٠٢٤-٠٣-٣١", "ist kein Tag"),
        ("x\0y", "ist kein Tag"),
        ("<b>", "&lt;b&gt;"),
        ("2023-12-31", "Die Aufzeichnung beginnt am 02.01.2024."),
        ("0001-01-01", "Die Aufzeichnung beginnt am 02.01.2024."),
        ("9999-12-31", "ist noch nicht vorbei"),
        ("today", "ist kein Tag"),
    ],
)
def test_a_day_that_cannot_be_shown_is_explained_beside_the_present(
    client: Client, measure: Measure, text: str, says: str
) -> None:
    for address in ("/massnahmen/", "/massnahmen/netz/", "/roll-out/", "/roll-out/karte/"):
        response = client.get(address, {"stand": text, "q": "netz"})
        shown = response.content.decode()
        assert (response.status_code, says in shown) == (200, True)
        assert "Gezeigt wird der heutige Stand." in shown


@pytest.mark.parametrize("odd", ["\0", "9" * 30, "²", "x" * 9000])
def test_odd_filters_break_no_page_of_the_past(client: Client, measure: Measure, odd: str) -> None:
    names = ["q", "field", "phase", "municipality", "tag", "live", "stage", "page", "columns", "ansicht"]
    query = {**dict.fromkeys(names, odd), "stand": f"{THEN}"}

    for address in (
        "/massnahmen/",
        "/massnahmen/netz/",
        "/roll-out/",
        "/roll-out/karte/",
        "/roll-out/export.csv",
    ):
        response = client.get(address, query)
        b"".join(response)
        assert response.status_code == 200


def test_today_is_no_earlier_state(client: Client, measure: Measure) -> None:
    today = page(client, f"/massnahmen/?stand={localdate()}")

    assert ("ist noch nicht vorbei" in today, "Heute" in today) == (True, True)


def test_a_measure_that_was_not_there_yet_is_shown_as_it_is_today(client: Client, measure: Measure) -> None:
    shown = page(client, f"/massnahmen/spaeter/?{STAND}")

    assert "Für den 31.03.2024 ist diese Seite nicht zu sehen." in shown
    assert client.get(f"/massnahmen/gibt-es-nicht/?{STAND}").status_code == 404


def test_while_a_migration_runs_the_present_is_shown(client: Client, measure: Measure) -> None:
    drop_views()

    shown = page(client, f"/massnahmen/?{STAND}")

    assert ("gerade nicht zu haben" in shown, "Heute" in shown) == (True, True)


def test_what_takes_too_long_is_ended_and_explained(client: Client, measure: Measure) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW as_of.fields_actionfield")
        cursor.execute(
            "CREATE VIEW as_of.fields_actionfield AS "
            "SELECT field.* FROM public.fields_actionfield field, pg_sleep(6)"
        )
        cursor.execute("GRANT SELECT ON as_of.fields_actionfield TO PUBLIC")

    shown = page(client, f"/massnahmen/?{STAND}")

    assert ("dauert zu lange" in shown, "Heute" in shown) == (True, True)


def test_in_the_past_nothing_can_be_changed(measure: Measure) -> None:
    for role in (Role.COORDINATION, Role.MUNICIPALITY, Role.TEAM):
        client = signed_in(role)
        for address in ("/massnahmen/", "/massnahmen/netz/", "/roll-out/?zelle=aadorf/netz"):
            text = page(client, f"{address}{'&' if '?' in address else '?'}{STAND}")
            main = text[text.index("<main") : text.index("</main>")]
            assert 'method="post"' not in main
            assert "bearbeiten/" not in main
            assert "/feld/" not in main


def test_the_coordinator_has_those_forms_today(measure: Measure) -> None:
    text = page(signed_in(Role.COORDINATION), "/massnahmen/netz/")

    assert "/massnahmen/netz/bearbeiten/" in text


def test_what_is_sent_to_an_address_with_a_day_is_refused(measure: Measure) -> None:
    client = signed_in(Role.COORDINATION)
    for address in ("/massnahmen/netz/feld/title/", "/massnahmen/neu/", "/massnahmen/", "/gesundheit/"):
        response = client.post(f"{address}?{STAND}", {"title": "Anders", "version": 2})
        assert response.status_code == 409
        assert "Es wurde nichts gespeichert." in response.content.decode()
    assert sorted(Measure.objects.values_list("title", flat=True)) == ["Netz", "Später"]


def test_files_hold_the_rows_of_that_day_and_name_it(client: Client, measure: Measure) -> None:
    response = client.get(f"/massnahmen/export.csv?{STAND}")
    rows = b"".join(response).decode("utf-8-sig").splitlines()
    book = client.get(f"/massnahmen/export.xlsx?{STAND}")
    sheets = openpyxl.load_workbook(BytesIO(b"".join(book)))

    assert f'filename="massnahmen-stand-{THEN}.csv"' in response["Content-Disposition"]
    assert f'filename="massnahmen-stand-{THEN}.xlsx"' in book["Content-Disposition"]
    assert [row.split(";")[1] for row in rows[1:]] == ["Netz"]
    assert "Idee" in rows[1]
    notes = {row[0].value: row[1].value for row in sheets["Hinweise"].iter_rows()}
    assert notes["Stand"].date() == THEN
    assert STAND in notes["Dieselben Angaben im Portal"]


def test_the_matrix_to_take_home_holds_the_stages_of_that_day(client: Client, measure: Measure) -> None:
    response = client.get(f"/roll-out/export.csv?{STAND}")
    rows = b"".join(response).decode("utf-8-sig").splitlines()

    assert f'filename="roll-out-stand-{THEN}.csv"' in response["Content-Disposition"]
    assert [(str(Stage.INTERESTED.label) in row, "Aadorf" in row) for row in rows[1:]] == [(True, True)]


def test_a_workbook_of_the_past_cannot_be_brought_back(measure: Measure) -> None:
    book = signed_in(Role.COORDINATION).get(f"/massnahmen/export.xlsx?{STAND}")

    headings = [cell.value for cell in openpyxl.load_workbook(BytesIO(b"".join(book))).worksheets[0][1]]

    assert ("Titel" in headings, "Schlüssel" in headings) == (True, False)


def test_a_file_of_a_day_that_cannot_be_shown_leads_to_its_page(client: Client, measure: Measure) -> None:
    response = client.get("/massnahmen/export.csv?stand=2024-99-99&phase=pilot", follow=True)

    assert response.redirect_chain == [("/massnahmen/?phase=pilot", 302)]
    assert "ist kein Tag" in response.content.decode()


def test_a_visitor_s_cache_asks_each_time_and_an_account_s_keeps_nothing(measure: Measure) -> None:
    visitor = Client()
    first = visitor.get(f"/massnahmen/?{STAND}")
    again = visitor.get(f"/massnahmen/?{STAND}", headers={"If-None-Match": first["ETag"]})
    account = signed_in(Role.COORDINATION).get(f"/massnahmen/?{STAND}")

    assert (first["Cache-Control"], again.status_code) == ("no-cache", 304)
    assert set(account["Cache-Control"].split(", ")) == {"private", "no-store"}


def test_the_choice_is_the_ends_of_quarters_since_the_history_began(client: Client, measure: Measure) -> None:
    assert quarter_ends(date(2024, 1, 2), date(2024, 11, 26)) == [
        date(2024, 9, 30),
        date(2024, 6, 30),
        date(2024, 3, 31),
    ]
    shown = page(client, "/massnahmen/")
    assert f'<option value="{THEN}">31.03.2024 (Ende 2024 Q1)</option>' in shown


def test_without_a_past_no_choice_is_offered(client: Client) -> None:
    make_region()

    assert "Früheren Stand zeigen" not in page(client, "/massnahmen/")


def test_a_page_asks_as_often_in_the_past_with_many_measures_as_with_few(
    client: Client, measure: Measure, count_queries: Callable[[], Any]
) -> None:
    addresses = [
        "/massnahmen/",
        "/massnahmen/netz/",
        "/roll-out/",
        "/roll-out/karte/",
        "/massnahmen/export.csv",
    ]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with count_queries() as queries:
                b"".join(client.get(f"{address}?{STAND}"))
            found.append(len(queries))
        return found

    costs()
    few = costs()
    with happened_on(BEFORE + timedelta(days=1)):
        for number in range(12):
            make_measure(f"Weitere {number}")

    assert costs() == few


def test_a_cell_of_a_past_day_opens_on_that_day_and_one_of_today_at_its_municipality(
    measure: Measure, client: Client
) -> None:
    def cell(query: str) -> str:
        page = client.get(f"/roll-out/{query}").content.decode()
        return html.unescape(re.findall(r'<td><a class="stage [^"]*" href="([^"]*)"', page)[0])

    past = cell(f"?{STAND}&q=Netz")

    assert cell("") == f"/kommunen/aadorf/#{measure.slug}"
    assert past == f"/roll-out/?{STAND}&q=Netz&zelle=aadorf/{measure.slug}"
    drawer = client.get(past).content.decode()
    assert ["Stand vom 31.03.2024" in drawer, 'id="drawer-title"' in drawer] == [True, True]
    assert "(heute)" in drawer
