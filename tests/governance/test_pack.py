"""The meeting pack: what it holds, for whom, and that nothing else leaks into it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.timezone import now

from governance.documents.content import Document, Heading, Paragraph, Quote, Table
from governance.documents.docx import to_docx
from governance.documents.pack import pack_of
from governance.documents.pdf import to_pdf
from governance.models import AgendaItem, AnyMember, Committee, FollowUp, Meeting, Paper, Resolution
from measures.models import Measure, RolloutCell
from network.models import Role
from smartregion.base.history import event_model
from tests.factories import (
    make_committee,
    make_measure,
    make_municipality,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.docx_text import whole_text
from tests.governance.readers import READERS, reader
from tests.governance.rows import make_item, make_meeting, make_member, make_paper, make_resolution
from tests.monitoring.pdf_text import pdf_text
from tests.pdf_check import failures

pytestmark = pytest.mark.django_db
WORDS = {"public": "Amsel", "internal": "Biber", "draft": "Dachs"}
PUBLIC, INTERNAL, ALL = {"Amsel"}, {"Amsel", "Biber"}, {"Amsel", "Biber", "Dachs"}


@pytest.fixture
def meeting() -> Meeting:
    """Next week; the committee met four weeks ago."""
    make_region()
    committee = make_committee()
    make_meeting(committee, "Vorige Sitzung", starts_at=now() - timedelta(days=28), status="held")
    return make_meeting(committee, "Nächste Sitzung", starts_at=now() + timedelta(days=7))


def fill(meeting: Meeting) -> None:
    """In every field that can be hidden its canary word, one row per visibility."""
    committee = meeting.committee
    for number, (visibility, word) in enumerate(WORDS.items(), start=1):
        paper = make_paper(
            committee,
            f"Vorlage {word}",
            number=f"N-{word}",
            visibility=visibility,
            body=word,
            proposed_resolution=word,
            cost_note=word,
            originator=word,
        )
        make_item(meeting, number, f"Punkt {word}", visibility=visibility, text=word, paper=paper)
        resolution = make_resolution(
            committee, f"2026/{word}", title=word, wording=word, visibility=visibility
        )
        FollowUp.objects.create(resolution=resolution, what=f"Auftrag {word}", responsible=word)
        make_resolution(committee, f"alt/{word}", title=word, responsible=word, visibility=visibility)
    hidden = make_paper(committee, "Vorlage Biber", visibility="internal", proposed_resolution="Biber")
    make_item(meeting, 4, "Punkt Amsel", paper=hidden)


def words_in(client: Client, address: str) -> dict[str, set[str]]:
    """The canary words in the text of both formats."""
    pdf, word = client.get(f"{address}.pdf"), client.get(f"{address}.docx")
    texts = {"pdf": pdf_text(pdf.content), "docx": whole_text(word.content)}
    return {name: {canary for canary in WORDS.values() if canary in text} for name, text in texts.items()}


@pytest.mark.parametrize(("kind", "words"), READERS)
def test_a_pack_holds_only_what_its_reader_may_see(
    client: Client, meeting: Meeting, kind: str, words: set[str]
) -> None:
    """The coordinator's pack, which holds all words, is the negative control of the others."""
    fill(meeting)
    if user := reader(kind, meeting.committee):
        client.force_login(user)

    assert words_in(client, f"{meeting.get_absolute_url()}mappe") == {"pdf": words, "docx": words}


@pytest.mark.parametrize("kind", ["member", "coordinator"])
def test_the_public_version_holds_what_a_visitor_may_see_whoever_asks(
    client: Client, meeting: Meeting, kind: str
) -> None:
    fill(meeting)
    client.force_login(reader(kind, meeting.committee))
    address = f"{meeting.get_absolute_url()}mappe"

    texts = {
        "pdf": pdf_text(client.get(f"{address}.pdf?fassung=oeffentlich").content),
        "docx": whole_text(client.get(f"{address}.docx?fassung=oeffentlich").content),
    }

    assert [{word for word in WORDS.values() if word in text} for text in texts.values()] == [PUBLIC, PUBLIC]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("visitor", None),
        ("team", None),
        ("member of another", None),
        ("member", INTERNAL),
        ("coordinator", INTERNAL),
    ],
)
def test_the_version_for_members_holds_no_drafts_and_is_for_members_and_the_coordinator(
    client: Client, meeting: Meeting, kind: str, words: set[str] | None
) -> None:
    fill(meeting)
    if user := reader(kind, meeting.committee):
        client.force_login(user)

    response = client.get(f"{meeting.get_absolute_url()}mappe.pdf?fassung=nichtoeffentlich")

    assert response.status_code == (200 if words else 404)
    if words:
        text = pdf_text(response.content)
        assert {word for word in WORDS.values() if word in text} == words


def test_measures_of_a_pack_are_those_that_its_reader_may_see(meeting: Meeting) -> None:
    for visibility, word in WORDS.items():
        make_measure(f"Netz {word}", visibility=visibility, light="red", light_reason=f"Grund {word}")

    def told(user: Any) -> set[str]:
        text = str(pack_of(meeting, user, edition="", moment=now()))
        return {word for word in WORDS.values() if word in text}

    everyone = [AnonymousUser(), AnyMember(meeting.committee), make_user(Role.COORDINATION)]
    assert [told(user) for user in everyone] == [PUBLIC, INTERNAL, ALL]


def test_a_past_that_was_internal_is_not_told_when_the_measure_became_public(meeting: Meeting) -> None:
    place = make_municipality()
    measure = make_measure("Netz", visibility="internal", light="red", light_reason="Grund")
    cell = set_cell(measure, place, stage="interested")
    age_history(days=40)
    measure.visibility, measure.light = "public", "green"
    measure.save_over(measure.version)
    RolloutCell.objects.filter(pk=cell.pk).update(stage="committed", stage_changed_at=now())

    visitor = changes(pack_of(meeting, AnonymousUser(), edition="", moment=now()))
    member = changes(pack_of(meeting, AnyMember(meeting.committee), edition="", moment=now()))

    assert visitor == [(str(measure), "Maßnahme", "–", "neu im Portal")]
    assert [(str(measure), "Ampel", "rot", "grün")] == member[:1]
    assert [row[2:] for row in member[1:]] == [("Interesse bekundet", "zugesagt")]


def age_history(*, days: int) -> None:
    """What was written just now happened so many days ago, by the history."""
    for model in (Measure, RolloutCell):
        event_model(model)._base_manager.update(pgh_created_at=now() - timedelta(days=days))


def changes(document: Document) -> list[tuple[str, ...]]:
    names = {"Phase, Status und Ampel der Maßnahmen", "Stufen des Roll-outs"}
    tables = [block for block in document.blocks if isinstance(block, Table) and block.caption in names]
    return [row for table in tables for row in table.rows]


def test_a_pack_prints_papers_with_wording_cost_and_room_for_the_vote(meeting: Meeting) -> None:
    paper = make_paper(
        meeting.committee,
        "Netz",
        kind="proposal",
        number="0324/2026",
        body="Die *Lage*.",
        proposed_resolution="Das Netz wird gebaut.",
        cost=Decimal("12500.5"),
    )
    make_item(meeting, 1, "Netz", paper=paper, text="Bitte lesen.")

    blocks = pack_of(meeting, AnonymousUser(), edition="", moment=now()).blocks

    at = blocks.index(Heading("TOP 1: Netz", 2))
    assert blocks[at + 1 : at + 8] == (
        Paragraph("Bitte lesen."),
        Heading("Beschlussvorlage 0324/2026: Netz", 3),
        Paragraph("12.500,50 €", "Kosten"),
        Heading("Sachdarstellung", 4),
        Paragraph("Die Lage."),
        Heading("Beschlussvorschlag", 4),
        Quote("Das Netz wird gebaut."),
    )
    assert blocks[at + 8] == Table(
        "Abstimmung zu TOP 1", ("Ja", "Nein", "Enthaltungen", "Ergebnis"), (("", "", "", ""),)
    )


def test_an_open_resolution_is_told_by_each_of_its_follow_ups(meeting: Meeting) -> None:
    followed = make_resolution(meeting.committee, "1", title="Netz", responsible="Bauhof")
    FollowUp.objects.create(resolution=followed, what="Vertrag", responsible="Recht")

    blocks = pack_of(meeting, AnonymousUser(), edition="", moment=now()).blocks

    rows = next(
        block.rows for block in blocks if isinstance(block, Table) and block.caption == "Offene Beschlüsse"
    )
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("1 Netz", "Umsetzung des Beschlusses", "Bauhof"),
        ("1 Netz", "Vertrag", "Recht"),
    ]


def test_the_public_and_the_other_part_are_two_tables_of_the_agenda(meeting: Meeting) -> None:
    make_item(meeting, 1, "Auf")
    make_item(meeting, 2, "Zu", visibility="internal")

    def agenda(user: Any) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
        blocks = pack_of(meeting, user, edition="", moment=now()).blocks
        return [
            (block.caption, block.rows)
            for block in blocks
            if isinstance(block, Table) and block.header[0] == "TOP"
        ]

    public = ("Öffentlicher Teil", (("1", "Auf", "–"),))
    assert agenda(AnonymousUser()) == [public]
    assert agenda(AnyMember(meeting.committee)) == [public, ("Nichtöffentlicher Teil", (("2", "Zu", "–"),))]


def test_a_reader_for_all_members_sees_just_what_a_member_sees(meeting: Meeting) -> None:
    fill(meeting)
    other = make_committee("Arbeitskreis")
    make_paper(other, "Fremd", visibility="internal")
    make_measure("Netz", visibility="internal")
    member, anyone = make_member(meeting.committee), AnyMember(meeting.committee)

    for model in (Committee, Meeting, AgendaItem, Paper, Resolution, FollowUp, Measure):
        seen = [set(model.objects.visible_to(user)) for user in (member, anyone)]
        assert seen[0] == seen[1]
    assert not Paper.objects.visible_to(anyone).filter(title="Fremd").exists()


def test_a_pack_is_downloaded_by_name_and_kept_by_nobody(client: Client, meeting: Meeting) -> None:
    response = client.get(f"{meeting.get_absolute_url()}mappe.pdf")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    name = f"sitzungsmappe-lenkungskreis-{meeting.day.isoformat()}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert failures(response.content) == {"ua1": [], "2a": []}


@pytest.mark.parametrize("address", ["mappe.odt", "mappe.html"])
def test_an_unknown_format_is_missing(client: Client, meeting: Meeting, address: str) -> None:
    assert client.get(f"{meeting.get_absolute_url()}{address}").status_code == 404


def test_an_internal_meeting_has_a_pack_for_members_and_no_public_version(client: Client) -> None:
    make_region()
    meeting = make_meeting(make_committee(), visibility="internal")
    address = f"{meeting.get_absolute_url()}mappe.pdf"

    visitor = client.get(address).status_code
    client.force_login(make_member(meeting.committee))

    assert visitor == 404
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?fassung=oeffentlich").status_code == 404


def test_a_pack_of_200_items_compiles(meeting: Meeting) -> None:
    paper = make_paper(meeting.committee, body="Absatz.\n\n" * 40, proposed_resolution="Wortlaut. " * 40)
    for number in range(1, 201):
        make_item(meeting, number, f"Punkt {number}", paper=paper)
    document = pack_of(meeting, AnonymousUser(), edition="", moment=now())

    assert to_pdf(document).startswith(b"%PDF-")
    assert to_docx(document).startswith(b"PK")


def test_a_pack_asks_as_often_with_many_rows_as_with_few(
    client: Client, meeting: Meeting, count_queries: Callable[[], Any]
) -> None:
    client.force_login(make_member(meeting.committee))
    place = make_municipality()

    def cost(rows: int) -> dict[str, int]:
        for _row in range(rows):
            number = meeting.items.count() + 1
            make_item(meeting, number, paper=make_paper(meeting.committee))
            resolution = make_resolution(meeting.committee, f"R {number}")
            FollowUp.objects.create(resolution=resolution, what="Auftrag")
            measure = make_measure(f"Netz {number}", light="red", light_reason="Grund")
            set_cell(measure, place, stage="interested")
        found = {}
        for page in (f"{meeting.get_absolute_url()}mappe.pdf", meeting.get_absolute_url()):
            with count_queries() as queries:
                assert client.get(page).status_code == 200
            found[page] = len(queries)
        return found

    cost(1)
    assert cost(2) == cost(20)
