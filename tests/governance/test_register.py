"""All resolutions, Beschlusskontrolle and "Was wurde daraus?": what each reader finds, and what it costs."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate
from python_calamine import CalamineWorkbook

from governance.models import Committee, FollowUp, Resolution, ResolutionBudget, ResolutionCell
from measures.models import RolloutCell
from network.models import Role
from tests.factories import (
    make_budget_line,
    make_committee,
    make_measure,
    make_municipality,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.readers import DRAFT, INTERNAL, PUBLIC, reader
from tests.governance.rows import make_item, make_meeting, make_member, make_paper, make_resolution

pytestmark = pytest.mark.django_db
LISTS = ["/beschluesse/", "/beschluesse/kontrolle/", "/beschluesse/export.csv"]


def fill(committee: Committee) -> None:
    """One resolution of each visibility; its canary word stands in all that hangs on it."""
    for word, visibility in [("Amsel", "public"), ("Biber", "internal"), ("Dachs", "draft")]:
        paper = make_paper(committee, f"Vorlage {word}", visibility=visibility)
        meeting = make_meeting(committee, f"Sitzung {word}", visibility=visibility)
        item = make_item(meeting, title=f"Punkt {word}", visibility=visibility, paper=paper)
        resolution = make_resolution(
            committee, f"2026/{word}", title=f"Beschluss {word}", item=item, visibility=visibility
        )
        FollowUp.objects.create(resolution=resolution, what=f"Auftrag {word}", noted_in=meeting)
        FollowUp.objects.filter(resolution=resolution, noted_in=None).update(
            responsible=word, evidence=word, reported_on=localdate()
        )


def texts_of(client: Client, addresses: list[str]) -> str:
    answers = [client.get(address) for address in addresses]
    found = []
    for answer in answers:
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code == 200:
            found.append(body.decode() if "sheet" not in answer["Content-Type"] else sheet_text(body))
    return " ".join(found)


def sheet_text(body: bytes) -> str:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return str([workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("visitor", PUBLIC),
        ("municipality", PUBLIC),
        ("member of another", PUBLIC),
        ("team", PUBLIC),
        ("administration", PUBLIC),
        ("member", PUBLIC | INTERNAL),
        ("coordinator", PUBLIC | INTERNAL | DRAFT),
    ],
)
def test_a_reader_finds_only_what_is_visible_to_them(client: Client, kind: str, words: set[str]) -> None:
    make_region()
    committee = make_committee()
    fill(committee)
    if user := reader(kind, committee):
        client.force_login(user)
    whereabouts = [f"{row.get_absolute_url()}was-wurde-daraus/" for row in Resolution.objects.all()]

    for pages in ([page] for page in [*LISTS, "/beschluesse/export.xlsx"]):
        text = texts_of(client, pages)
        assert {word for word in PUBLIC | INTERNAL | DRAFT if word in text} == words, pages
    text = texts_of(client, whereabouts)
    assert {word for word in PUBLIC | INTERNAL | DRAFT if word in text} == words
    counts = client.get("/beschluesse/kontrolle/").context["counts"]
    assert counts == {"all": len(words), "overdue": 0, "reported": len(words)}


def test_a_public_resolution_tells_nothing_of_what_is_internal_around_it(client: Client) -> None:
    make_region()
    committee = make_committee()
    paper = make_paper(committee, "Vorlage Biber", visibility="internal")
    meeting = make_meeting(committee, "Klausur Biber", visibility="internal")
    item = make_item(meeting, title="Punkt Biber", visibility="internal", paper=paper)
    place = make_municipality("Biberdorf")
    hidden = make_measure("Biber", visibility="internal")
    resolution = make_resolution(committee, item=item, noted_in=meeting)
    resolution.measures.add(hidden, make_measure("Netz"))
    cell = set_cell(hidden, place, stage="interested")
    ResolutionCell.objects.create(resolution=resolution, cell=cell)
    line = make_budget_line(Resolution.objects.get().measures.get(title="Netz"), amount="4711.00")
    ResolutionBudget.objects.create(resolution=resolution, line=line)

    pages = [resolution.get_absolute_url(), f"{resolution.get_absolute_url()}was-wurde-daraus/"]
    text = texts_of(client, [*pages, *LISTS, "/beschluesse/export.xlsx"])

    assert ("Biber" in text, "4.711" in text) == (False, False)
    client.force_login(make_user(Role.COORDINATION))
    text = texts_of(client, pages)
    assert ("Klausur Biber" in text, "Biberdorf" in text, "4.711" in text) == (True, True, True)


def found(client: Client, query: str) -> list[str]:
    return sorted(row.number for row in client.get(f"/beschluesse/?{query}").context["page_obj"])


def test_the_list_is_searched_and_filtered(client: Client) -> None:
    make_region()
    committee, council = make_committee(), make_committee("Kreistag", keeps_register=False)
    measure = make_measure("Netz")
    first = make_resolution(committee, "LK 2025/01", title="Sensoren", resolved_on=date(2025, 3, 1))
    first.measures.add(measure)
    make_resolution(committee, "LK 2026/01", outcome="noted", resolved_on=date(2026, 3, 1))
    make_resolution(council, "KT 7", procedure="urgent", noted_in=make_meeting(council))

    expected = {
        "q=sensoren+2025": ["LK 2025/01"],
        "committee=kreistag": ["KT 7"],
        "year=2025": ["LK 2025/01"],
        "outcome=noted": ["LK 2026/01"],
        "open=true": ["LK 2025/01"],
        "open=false": ["KT 7", "LK 2026/01"],
        "procedure=urgent": ["KT 7"],
        f"measure={measure.slug}": ["LK 2025/01"],
        "committee=mond": ["KT 7", "LK 2025/01", "LK 2026/01"],
    }
    assert {query: found(client, query) for query in expected} == expected


def test_what_is_longest_overdue_stands_first_in_each_committee(client: Client) -> None:
    make_region()
    committee = make_committee()
    for number, days in enumerate([3, -2, None, -9]):
        due = None if days is None else localdate() + timedelta(days=days)
        make_resolution(committee, f"LK {number}", what=f"Auftrag {days}", due_on=due)

    page = client.get("/beschluesse/kontrolle/")

    assert [row.what for row in page.context["rows"]] == [
        "Auftrag -9",
        "Auftrag -2",
        "Auftrag 3",
        "Auftrag None",
    ]
    assert page.context["counts"] == {"all": 4, "overdue": 2, "reported": 0}
    assert "überfällig seit 9 Tagen" in page.content.decode()


def test_the_effect_is_told_by_the_stages_of_then_and_now(client: Client) -> None:
    make_region()
    place = make_municipality()
    measure = make_measure("Netz")
    set_cell(measure, place, stage="live", since=date(2024, 1, 1), evidence="Vertrag")
    resolution = make_resolution(make_committee())
    resolution.measures.add(measure)

    (effect,) = client.get(f"{resolution.get_absolute_url()}was-wurde-daraus/").context["effects"]

    assert (effect.then.live, effect.then.affected, effect.now.live) == (0, 1, 1)


def test_links_are_added_and_those_of_money_are_for_accounts(client: Client) -> None:
    make_region()
    places = [make_municipality(), make_municipality("Bedorf")]
    resolution, measure, other = make_resolution(make_committee()), make_measure("Netz"), make_measure()
    client.force_login(make_user(Role.COORDINATION))
    address = f"{resolution.get_absolute_url()}verknuepfen/"
    client.post(address, {"measures": [measure.pk]})
    cell, line = RolloutCell.objects.get(measure=measure, municipality=places[0]), make_budget_line(measure)
    foreign = RolloutCell.objects.get(measure=other, municipality=places[1])

    assert client.post(address, {"cells": [foreign.pk]}).status_code == 200
    client.post(address, {"cells": [cell.pk], "lines": [line.pk]})

    assert list(resolution.measures.all()) == [measure]
    assert list(resolution.cells.all()) == [cell]
    assert list(resolution.budget_lines.all()) == [line]
    panels = [client.get(place.get_absolute_url()).content.decode() for place in places]
    assert [resolution.title in panel for panel in panels] == [True, False]


def test_an_urgent_decision_is_recorded_on_its_own_page(client: Client) -> None:
    make_region()
    committee = make_committee(number_prefix="LK")
    client.force_login(make_user(Role.COORDINATION))
    typed = {"title": "Ersatz", "wording": "Ersetzt wird.", "outcome": "adopted", "visibility": "public"}
    typed |= {"resolved_on": localdate().isoformat(), "step": "record"}

    client.post("/gremien/lenkungskreis/beschluesse/dringlich/", typed)

    resolution = Resolution.objects.get()
    assert (resolution.procedure, resolution.item, resolution.is_open) == ("urgent", None, True)
    approval = resolution.follow_ups.get(is_approval=True)
    meeting = make_meeting(committee)
    answer = client.post(
        f"/gremien/lenkungskreis/umsetzung/{approval.pk}/erledigt/", {"meeting": meeting.pk}, follow=True
    )
    assert "Genehmigt wird durch einen eigenen Beschluss des Gremiums." in answer.content.decode()
    assert client.get(f"/gremien/lenkungskreis/umsetzung/{approval.pk}/melden/").status_code == 404


def test_the_way_of_a_resolution_costs_the_same_for_two_rows_as_for_ten(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    make_region()
    committee = make_committee()
    paper = make_paper(committee)
    meeting = make_meeting(committee)
    resolution = make_resolution(committee, item=make_item(meeting, paper=paper))
    page = f"{resolution.get_absolute_url()}was-wurde-daraus/"

    def cost(size: int) -> int:
        for number in range(resolution.measures.count(), size):
            place = make_municipality(f"Dorf {number}")
            measure = make_measure()
            resolution.measures.add(measure)
            cell = RolloutCell.objects.get(measure=measure, municipality=place)
            ResolutionCell.objects.create(resolution=resolution, cell=cell)
            FollowUp.objects.create(resolution=resolution, what=f"Auftrag {number}", noted_in=meeting)
            paper.consultations.create(committee=committee, position=number, role="prepare")
        with count_queries() as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    cost(2)
    assert cost(2) == cost(10)


def test_a_member_reports_from_the_page_of_the_resolution(client: Client) -> None:
    committee = make_committee()
    resolution = make_resolution(committee)
    client.force_login(make_member(committee))

    assert "Als umgesetzt melden" in client.get(resolution.get_absolute_url()).content.decode()
