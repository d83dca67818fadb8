"""The catalogue of solutions: who sees what, what the filters find, where a solution runs, who edits it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from measures.models import RolloutCell, Solution, SolutionLink
from measures.solutions import Reach, reaches
from network.models import Role
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
    set_cell,
)
from tests.measures.solution_rows import make_assessment, make_scale, make_solution
from tests.measures.test_export import download, lines, workbook
from tests.monitoring.xlsx_text import xlsx_text

pytestmark = pytest.mark.django_db
LIVE = {"stage": "live", "since": "2024-05-01", "evidence": "Beschluss"}


@pytest.fixture
def coordinator() -> Client:
    return signed_in(Role.COORDINATION)


def signed_in(role: Role | None) -> Client:
    client = Client()
    if role:
        client.force_login(
            make_user(role, make_municipality("Zedorf") if role == Role.MUNICIPALITY else None)
        )
    return client


def listed(client: Client, query: str = "") -> list[str]:
    return [solution.title for solution, _reach in client.get(f"/loesungen/{query}").context["rows"]]


# Who sees what

SEEN = [
    (None, ["Offen"]),
    (Role.MUNICIPALITY, ["Intern", "Offen"]),
    (Role.STEERING, ["Intern", "Offen"]),
    (Role.TEAM, ["Intern", "Offen"]),
    (Role.ADMINISTRATION, ["Intern", "Offen"]),
    (Role.COORDINATION, ["Entwurf", "Intern", "Offen"]),
]


@pytest.mark.parametrize(("role", "expected"), SEEN)
def test_each_role_finds_only_what_is_visible_to_it(role: Role | None, expected: list[str]) -> None:
    make_scale()
    measure = make_measure("Netz")
    words = {"Entwurf": "draft", "Intern": "internal", "Offen": "public"}
    for title, visibility in words.items():
        solution = make_solution(title, measure, visibility=visibility, interfaces=[f"API {title}"])
        make_assessment(solution, {"Funktion": 3, "Betrieb": 3})
    client = signed_in(role)

    assert (
        listed(client)
        == listed(client, "?q=api")
        == listed(client, "?field=mobilitaet&maturity=3")
        == expected
    )
    offered = client.get("/loesungen/").context["filter"].filters["interface"].extra["choices"]
    assert offered == [(f"API {title}", f"API {title}") for title in expected]
    assert [row["Name"] for row in lines(client, "/loesungen/export.csv")] == expected
    assert [row["Name"] for row in workbook(client, "/loesungen/export.xlsx", "Lösungen")] == expected
    links = client.get("/massnahmen/netz/").context["solution_links"]
    assert [link.solution.title for link in links] == expected
    codes = {
        title: {
            client.get(f"/loesungen/{row.slug}/{below}").status_code
            for row in [Solution.objects.get(title=title)]
            for below in ("", f"bewertungen/{row.assessments.get().pk}/")
        }
        for title in words
    }
    assert codes == {title: {200 if title in expected else 404} for title in words}


@pytest.mark.parametrize(("role", "expected"), SEEN)
def test_what_a_hidden_measure_tells_of_a_solution_is_told_to_nobody_who_may_not_see_it(
    role: Role | None, expected: list[str]
) -> None:
    place, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    solution = make_solution("Plattform")
    for visibility, title, where in (
        ("draft", "Entwurf", place),
        ("internal", "Intern", other),
        ("public", "Offen", None),
    ):
        measure = make_measure(title, visibility=visibility, field=make_field(title))
        SolutionLink.objects.create(solution=solution, measure=measure)
        if where:
            set_cell(measure, where, **LIVE, contact="Hauptamt")
    client = signed_in(role)
    live = [name for title, name in (("Entwurf", "Aadorf"), ("Intern", "Bedorf")) if title in expected]

    page = client.get("/loesungen/plattform/")

    assert [link.measure.title for link in page.context["links"]] == [
        title for title in ("Entwurf", "Intern", "Offen") if title in expected
    ]
    assert [found.municipality.name for found in page.context["places"]] == live
    assert page.context["reach"].live == live
    assert ("Hauptamt" in page.content.decode()) == bool(live)
    assert [listed(client, f"?field={word}") for word in ("entwurf", "intern", "offen")] == [
        ["Plattform"] if title in expected else [] for title in ("Entwurf", "Intern", "Offen")
    ]
    assert [listed(client, f"?municipality={word}") for word in ("aadorf", "bedorf")] == [
        ["Plattform"] if name in live else [] for name in ("Aadorf", "Bedorf")
    ]
    [row] = lines(client, "/loesungen/export.csv")
    assert row["Läuft in"] == ", ".join(live)
    told = str([change.subject for change in page.context["changes"] or []])
    assert ["„M-" in told, "Entwurf" in told, "Intern" in told] == [
        role is not None,
        "Entwurf" in expected,
        "Intern" in expected,
    ]


def test_no_part_of_a_workbook_holds_a_hidden_solution() -> None:
    make_solution("Verborgen", visibility="internal", reuse="Geheim", is_example=True)
    make_solution("Offen")

    def leaks(client: Client) -> list[bool]:
        files = [xlsx_text(download(client, "/loesungen/export.xlsx"))]
        files.append(download(client, "/loesungen/export.csv").decode())
        return ["Verborgen" in text for text in files]

    assert leaks(Client()) == [False, False]
    assert leaks(signed_in(Role.STEERING)) == [True, True]


def test_the_history_does_not_tell_what_happened_while_the_solution_was_hidden(coordinator: Client) -> None:
    solution = make_solution("Plattform", visibility="draft", summary="Geheime Fassung")
    for visibility, summary in (("draft", "Noch geheim"), ("public", "Offen"), ("public", "Offener")):
        solution.visibility, solution.summary = visibility, summary
        solution.save_over(solution.version)

    def told(client: Client) -> str:
        changes = client.get("/loesungen/plattform/").context["changes"]
        return str(changes)

    assert ["geheim" in told(client) for client in (coordinator, signed_in(Role.TEAM))] == [True, False]
    assert "Offener" in told(signed_in(Role.TEAM))
    assert Client().get("/loesungen/plattform/").context["changes"] is None


def test_the_contact_of_a_municipality_is_for_accounts() -> None:
    measure = (make_municipality("Aadorf"), make_measure("Netz"))[1]
    set_cell(measure, measure.cells.get().municipality, **LIVE, contact="Hauptamt")
    make_solution("Plattform", measure)

    texts = [
        client.get("/loesungen/plattform/").content.decode() for client in (Client(), signed_in(Role.TEAM))
    ]

    assert ["Hauptamt" in text for text in texts] == [False, True]


# What the filters find


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Ampel", "Buchung", "Zähler"]),
        ("?q=ZAHLER", ["Zähler"]),
        ("?q=stadtwerke", ["Ampel"]),
        ("?q=sensorthings", ["Zähler"]),
        ("?q=Ampel buchung", []),
        ("?field=energie", ["Zähler"]),
        ("?maturity=0", ["Ampel", "Zähler"]),
        ("?maturity=3", ["Zähler"]),
        ("?licence=open", ["Zähler"]),
        ("?licence=proprietary", ["Buchung"]),
        ("?interface=MQTT", ["Ampel", "Zähler"]),
        ("?interface=MQTT&licence=open", ["Zähler"]),
        ("?municipality=aadorf", ["Zähler"]),
        ("?municipality=bedorf", []),
        ("?maturity=9", ["Ampel", "Buchung", "Zähler"]),
        ("?interface=gibtesnicht", ["Ampel", "Buchung", "Zähler"]),
        ("?visibility=draft", ["Ampel", "Buchung", "Zähler"]),
    ],
)
def test_a_filter_finds_what_it_says_on_the_page_for_htmx_and_in_the_export(
    client: Client, query: str, expected: list[str]
) -> None:
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    measure = make_measure("Netz", field=make_field("Energie"))
    for place, stage in zip(places, ("live", "introducing"), strict=True):
        set_cell(measure, place, **{**LIVE, "stage": stage})
    meter = make_solution("Zähler", measure, licence="MIT", interfaces=["OGC SensorThings API", "MQTT"])
    make_solution("Buchung", make_measure("Weg"), licence="proprietary")
    provider = make_organisation("Stadtwerke")
    lamp = make_solution("Ampel", interfaces=["MQTT"], provider=provider)
    make_assessment(meter, {"Funktion": 3, "Betrieb": 4})
    make_assessment(lamp, {"Funktion": 0, "Betrieb": 4})

    assert listed(client, query) == expected
    partial = client.get(f"/loesungen/{query}", headers={"HX-Request": "true"})
    assert [row.title for row, _reach in partial.context["rows"]] == expected
    assert ("<html" in partial.content.decode(), partial["HX-Push-Url"][:11]) == (False, "/loesungen/")
    assert [row["Name"] for row in lines(client, f"/loesungen/export.csv{query}")] == expected


def test_an_empty_catalogue_and_an_empty_result_say_so(client: Client) -> None:
    assert "Noch keine Lösungen" in client.get("/loesungen/").content.decode()
    make_solution()
    assert "Keine Lösung passt zu allen Filtern" in client.get("/loesungen/?q=nichts").content.decode()


# Where a solution runs


def test_it_runs_where_one_of_its_measures_is_live_and_concerns_all_that_are_not_wholly_unaffected() -> None:
    places = {name: make_municipality(name) for name in ("Äadorf", "Bedorf", "Cedorf", "Dedorf")}
    first, second = make_measure("Netz"), make_measure("Weg")
    set_cell(first, places["Bedorf"], **LIVE)
    set_cell(second, places["Bedorf"], **LIVE)
    set_cell(second, places["Äadorf"], **LIVE)
    set_cell(first, places["Äadorf"], stage="not_affected")
    for measure in (first, second):
        set_cell(measure, places["Cedorf"], stage="not_affected")
    RolloutCell.objects.filter(municipality=places["Dedorf"]).delete()
    both, one, none = (
        make_solution("Beide", first, second),
        make_solution("Eine", first),
        make_solution("Keine"),
    )

    found = reaches([both, one, none], make_user(Role.COORDINATION))

    assert found == {both.pk: Reach(["Äadorf", "Bedorf"], 3), one.pk: Reach(["Bedorf"], 2)}


# Editing


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    form = client.get(address).context["form"]
    values = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    return {**values, **changes}


def test_the_coordinator_creates_edits_and_takes_it_back(coordinator: Client) -> None:
    new = typed(
        coordinator, "/loesungen/neu/", title="Plattform", summary="Kurz", cost_once="0", cost_yearly=""
    )
    assert coordinator.post("/loesungen/neu/", new)["Location"] == "/loesungen/plattform/"
    solution = Solution.objects.get()
    assert (solution.cost_once, solution.cost_yearly, solution.visibility) == (Decimal(0), None, "draft")
    page = coordinator.get("/loesungen/plattform/").content.decode()
    assert ["0,00\xa0€" in page, "keine Angabe" in page] == [True, True]

    address = "/loesungen/plattform/bearbeiten/"
    change = typed(coordinator, address, interfaces="oparl, OParl ,MQTT", cost_yearly="1.234,50")
    answer = coordinator.post(address, change, follow=True)
    solution.refresh_from_db()
    assert (solution.interfaces, solution.cost_yearly) == (["MQTT", "oparl"], Decimal("1234.50"))
    assert "1.234,50\xa0€" in answer.content.decode()

    coordinator.post("/loesungen/plattform/rueckgaengig/?version=2")
    solution.refresh_from_db()
    assert (solution.interfaces, solution.cost_yearly) == ([], None)


def test_a_second_editor_sees_both_versions_and_loses_no_text(coordinator: Client) -> None:
    make_solution(interfaces=["MQTT"])
    address = "/loesungen/plattform/bearbeiten/"
    first, second = (typed(coordinator, address, summary=text) for text in ("Adas Text", "Bens Text"))
    coordinator.post(address, {**first, "interfaces": "NGSI-LD"})

    conflict = coordinator.post(address, second)

    assert (conflict.status_code, Solution.objects.get().summary) == (409, "Adas Text")
    [difference] = conflict.context["differences"]
    assert (difference.before, difference.after) == ("Adas Text", "Bens Text")
    again = conflict.context["form"]
    values = {name: value for name in again.fields if (value := again[name].value()) not in (None, False)}
    assert coordinator.post(address, values).status_code == 302
    stored = Solution.objects.get()
    assert (stored.summary, stored.interfaces) == ("Bens Text", ["NGSI-LD"])


def test_becoming_public_has_to_be_confirmed(coordinator: Client) -> None:
    make_solution(visibility="internal")
    address = "/loesungen/plattform/bearbeiten/"
    change = typed(coordinator, address, visibility="public")

    asked = coordinator.post(address, change)

    assert list(asked.context["form"].errors) == ["confirm_visibility"]
    assert "Ja, diese Lösung soll öffentlich sein" in asked.content.decode()
    coordinator.post(address, {**change, "confirm_visibility": "on"})
    assert Solution.objects.get().visibility == "public"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"summary": "x" * 1001}, "summary"),
        ({"cost_once": "-1"}, "cost_once"),
        ({"cost_once": "1,234"}, "cost_once"),
        ({"effort_days": "viel"}, "effort_days"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"licence": "WTFPL"}, "licence"),
        ({"interfaces": ",".join(map(str, range(21)))}, "interfaces"),
        ({"interfaces": "x" * 61}, "interfaces"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    coordinator: Client, changes: dict[str, str], field: str
) -> None:
    make_solution()
    address = "/loesungen/plattform/bearbeiten/"

    answer = coordinator.post(address, typed(coordinator, address, **changes))

    assert list(answer.context["form"].errors) == [field]


def test_there_is_one_provider(coordinator: Client) -> None:
    provider = make_organisation("Stadtwerke")
    make_solution()
    address = "/loesungen/plattform/bearbeiten/"

    answer = coordinator.post(
        address, typed(coordinator, address, provider=provider.pk, provider_name="Softwarehaus")
    )

    assert "nicht beides" in str(answer.context["form"].non_field_errors())
    for values in (
        {"provider": provider, "provider_name": "Softwarehaus"},
        {"cost_once": -1},
        {"interfaces": ["x"] * 21},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_solution("Andere", **values)


def test_a_measure_is_linked_taken_off_and_brought_back(coordinator: Client) -> None:
    solution, measure = make_solution(), make_measure("Netz")
    address = "/loesungen/plattform/verknuepfungen/neu/"

    coordinator.post(address, {"measure": measure.pk, "kind": "produced"})
    twice = coordinator.post(address, {"measure": measure.pk, "kind": "uses"})

    [link] = solution.links.all()
    assert (link.measure, link.kind, list(twice.context["form"].errors)) == (measure, "produced", ["measure"])
    below = f"/loesungen/plattform/verknuepfungen/{link.pk}/"
    page = coordinator.post(f"{below}entfernen/", follow=True)
    assert (solution.links.count(), f"{below}wiederherstellen/" in page.content.decode()) == (0, True)
    assert coordinator.post(f"{below}entfernen/").status_code == 404
    coordinator.post(f"{below}wiederherstellen/")
    assert [(row.pk, row.kind) for row in solution.links.all()] == [(link.pk, "produced")]


def test_a_link_answers_only_below_its_own_solution(coordinator: Client) -> None:
    make_solution("Andere")
    link = SolutionLink.objects.create(solution=make_solution("Plattform"), measure=make_measure())

    assert coordinator.post(f"/loesungen/andere/verknuepfungen/{link.pk}/entfernen/").status_code == 404
    assert SolutionLink.objects.count() == 1


@pytest.mark.parametrize("role", [None, Role.MUNICIPALITY, Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_nobody_else_changes_a_solution(role: Role | None) -> None:
    solution = make_solution("Plattform")
    link = SolutionLink.objects.create(solution=solution, measure=make_measure())
    below = f"verknuepfungen/{link.pk}/"
    client = signed_in(role)

    codes = {
        address: client.post(f"/loesungen/{address}", {"title": "Anders", "version": 1}).status_code
        for address in (
            "neu/",
            "plattform/bearbeiten/",
            "plattform/rueckgaengig/?version=1",
            "plattform/verknuepfungen/neu/",
            f"plattform/{below}entfernen/",
            f"plattform/{below}wiederherstellen/",
        )
    }

    assert codes == {address: 302 if role is None else 403 if address == "neu/" else 404 for address in codes}
    assert (Solution.objects.get().title, SolutionLink.objects.count()) == ("Plattform", 1)
    make_scale()
    ways = ("plattform/bearbeiten/", "plattform/bewerten/1/", f"{below}entfernen/", "verknuepfungen/neu/")
    pages = [
        reader.get("/loesungen/plattform/").content.decode()
        for reader in (client, signed_in(Role.COORDINATION))
    ]
    assert [[way in page for way in ways] for page in pages] == [[False] * 4, [True] * 4]


def test_an_address_word_of_a_page_is_no_solutions_own() -> None:
    assert [make_solution(title).slug for title in ("Neu", "Skala", "Skala", "!")] == [
        "neu-2",
        "skala-2",
        "skala-3",
        "loesung",
    ]


def test_the_export_keeps_amounts_exact_and_what_is_not_known_empty(client: Client) -> None:
    make_region()
    make_solution("Ohne")
    make_solution("=1+1", cost_once=Decimal(0), cost_yearly=Decimal("1950.50"))

    csv_rows = lines(client, "/loesungen/export.csv")
    xlsx_rows = workbook(client, "/loesungen/export.xlsx", "Lösungen")

    amounts = ("Einmalige Kosten", "Jährliche Kosten", "Läuft in (Zahl)", "Reifegrad")
    assert [[row[name] for name in amounts] for row in csv_rows] == [["0,00", "1950,50", "", ""], [""] * 4]
    assert [[row[name] for name in amounts] for row in xlsx_rows] == [[0, 1950.5, "", ""], [""] * 4]
    assert csv_rows[0]["Name"] == "'=1+1"
