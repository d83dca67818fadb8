"""The coordinator keeps the committees' records in the browser; nobody else can."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils.timezone import localdate, now

from governance.models import AgendaItem, Committee, Meeting, Paper, Resolution, Seat, Term
from governance.views.base import CHANGE
from network.models import Role
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user
from tests.governance.rows import (
    make_file,
    make_item,
    make_meeting,
    make_member,
    make_paper,
    make_present,
    make_resolution,
    make_series,
    make_station,
    make_topic,
)
from tests.scale import by_turns

pytestmark = pytest.mark.django_db
RULES = {"kind": "steering", "quorum": "majority", "notice_days": 14, "wish_threshold": 3}


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address of the portal as it is written, with the class of its view."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        else:
            yield here, getattr(entry.callback, "view_class", None)


def writing_addresses(committee: Committee) -> list[str]:
    """Addresses that take input, of rows that exist."""
    meeting = make_meeting(committee)
    item = make_item(meeting)
    paper = make_paper(committee)
    topic = make_topic(committee)
    seat = Seat.objects.create(committee=committee, group="county", function="Sprecher")
    resolution = make_resolution(committee, item=item)
    term = Term.objects.create(committee=committee, name="Erste", starts_on=localdate())
    series = make_series(committee)
    follow_up = resolution.follow_ups.get()
    names = [
        ([], ["committee_edit", "committee_undo", "seat_add", "meeting_add", "paper_add"]),
        ([], ["term_add", "series_add"]),
        ([term.pk], ["term_edit", "term_undo", "term_remove", "term_restore"]),
        ([series.pk], ["series_edit", "series_undo"]),
        ([seat.pk], ["seat_end"]),
        ([meeting.pk], ["meeting_invite", "attendance"]),
        ([seat.pk], ["seat_edit", "seat_undo", "seat_remove", "seat_restore"]),
        ([meeting.pk], ["meeting_edit", "meeting_undo", "meeting_cancel", "item_add"]),
        ([meeting.pk, item.pk], ["item_edit", "item_undo", "item_move", "item_remove", "item_restore"]),
        ([meeting.pk, item.pk], ["resolution_record"]),
        ([meeting.pk], ["agenda_prepare", "agenda_order"]),
        ([topic.pk], ["topic_edit", "topic_undo", "topic_remove", "topic_restore", "topic_place"]),
        ([resolution.pk], ["resolution_edit", "resolution_undo", "resolution_supersede"]),
        ([], ["resolution_record_urgent"]),
        ([resolution.pk], ["resolution_link", "followup_add"]),
        ([follow_up.pk], ["followup_edit", "followup_undo", "followup_report"]),
        ([follow_up.pk], ["followup_done", "followup_reopen"]),
    ]
    below_committee = [reverse(name, args=[committee.slug, *keys]) for keys, group in names for name in group]
    return [*below_committee, *writing_addresses_of_paper(paper)]


def writing_addresses_of_paper(paper: Paper) -> list[str]:
    station, file = make_station(paper, paper.committee), make_file(paper)
    names = [
        ([paper.pk], ["paper_edit", "paper_undo", "paper_file_add", "station_add"]),
        ([paper.pk, file.pk], ["paper_file_edit", "paper_file_undo", "paper_file_remove"]),
        ([paper.pk, station.pk], ["station_edit", "station_undo", "station_move", "station_remove"]),
        ([paper.pk, station.pk], ["station_restore", "station_agenda"]),
    ]
    return [reverse(name, args=keys) for keys, group in names for name in group]


def test_nobody_but_the_coordinator_reaches_a_form(client: Client) -> None:
    committee = make_committee()
    keys = {"slug": committee.slug, "uuid": "00000000-0000-4000-8000-000000000000"}
    pages = [
        re.sub(r"<([a-z]*):?[^>]*>", lambda key: keys.get(key[1], "1"), address)
        for address, view in addresses(get_resolver())
        if getattr(view, "permission", "") == CHANGE
    ]
    assert set(writing_addresses(committee)[:1]) <= set(pages)
    people = [make_member(committee), make_user(Role.TEAM), make_user(Role.ADMINISTRATION)]
    people.append(make_user(Role.MUNICIPALITY, make_municipality()))

    visitor = {client.post(page).status_code for page in pages}
    others = set()
    for turn, user in enumerate(people):
        client.force_login(user)
        for page in by_turns(pages, of=2, first=turn):
            others |= {client.post(page).status_code, client.get(page).status_code}

    assert visitor == {302}
    assert others == {403}


def test_no_address_fails_on_an_empty_or_broken_request(coordinator: Client) -> None:
    committee = make_committee()
    broken = {"version": "x", "meeting": "\x00", "direction": "?", "starts_at": "0001-01-01T00:00"}
    broken |= {
        "votes_for": "9" * 30,
        "due_on": "31.31.2026",
        "due_on_1": "x",
        "item": "9" * 30,
        "step": "record",
    }
    codes = set()
    for page in writing_addresses(committee):
        if page.endswith("wiederherstellen/"):
            assert coordinator.post(page).status_code == 404
            continue
        codes |= {coordinator.get(page).status_code, coordinator.post(page).status_code}
        codes.add(coordinator.post(f"{page}?version={'9' * 30}", broken).status_code)
    pages = [committee.get_absolute_url() + query for query in ("?page=0", "?page=x", "?page=" + "9" * 40)]
    codes |= {coordinator.get(page).status_code for page in pages}
    missing = f"{committee.get_absolute_url()}sitzungen/{'9' * 30}/"

    assert codes <= {200, 302, 405, 409}
    assert coordinator.get(missing).status_code == 404


def test_a_committee_is_edited_and_the_edit_undone(coordinator: Client) -> None:
    committee = make_committee(task="Alt")
    values = {**RULES, "name": committee.name, "task": "Neu", "visibility": "public", "version": 1}

    page = coordinator.post("/gremien/lenkungskreis/bearbeiten/", values, follow=True)
    assert Committee.objects.get().task == "Neu"
    assert "/gremien/lenkungskreis/rueckgaengig/?version=2" in page.content.decode()
    coordinator.post("/gremien/lenkungskreis/rueckgaengig/?version=2")

    assert Committee.objects.get().task == "Alt"


def test_the_second_editor_sees_both_versions_and_loses_no_text(coordinator: Client) -> None:
    make_committee(task="Fassung der anderen", version=2)
    values = {**RULES, "name": "Lenkungskreis", "task": "Meine Fassung", "visibility": "public", "version": 1}

    page = coordinator.post("/gremien/lenkungskreis/bearbeiten/", values)

    assert page.status_code == 409
    assert Committee.objects.get().task == "Fassung der anderen"
    text = page.content.decode()
    assert "Fassung der anderen" in text and "Meine Fassung" in text


def test_a_seat_is_added_edited_and_removed(coordinator: Client) -> None:
    committee = make_committee()
    values = {"group": "county", "function": "Dezernatsleitung", "is_chair": "on"}

    coordinator.post("/gremien/lenkungskreis/sitze/neu/", values)
    seat = committee.seats.get()
    second = coordinator.post("/gremien/lenkungskreis/sitze/neu/", {**values, "function": "Zweite"})
    assert "Das Gremium hat schon einen Vorsitz." in second.content.decode()
    again = coordinator.post("/gremien/lenkungskreis/sitze/neu/", {**values, "is_chair": ""})
    assert "Diesen Sitz gibt es schon." in again.content.decode()
    edited = {**values, "function": "Leitung", "version": 1}
    coordinator.post(f"/gremien/lenkungskreis/sitze/{seat.pk}/bearbeiten/", edited)
    assert committee.seats.get().function == "Leitung"
    address = f"/gremien/lenkungskreis/sitze/{seat.pk}/entfernen/"
    assert coordinator.post(address, {}).status_code == 200
    coordinator.post(address, {"reason": "Ausgeschieden", "version": 2})
    assert committee.seats.count() == 0


def test_an_undo_whose_old_value_is_taken_says_so(coordinator: Client) -> None:
    committee = make_committee()
    first = Seat.objects.create(committee=committee, group="county", function="Erste", is_chair=True)
    values = {"group": "county", "function": "Erste", "version": 1}
    coordinator.post(f"/gremien/lenkungskreis/sitze/{first.pk}/bearbeiten/", values)
    Seat.objects.create(committee=committee, group="county", function="Zweite", is_chair=True)

    page = coordinator.post(f"/gremien/lenkungskreis/sitze/{first.pk}/rueckgaengig/?version=2", follow=True)

    assert "Ein früherer Wert ist inzwischen anderswo vergeben." in page.content.decode()


def test_a_meeting_is_created_in_local_time_and_cancelled(coordinator: Client) -> None:
    committee = make_committee()
    values = {
        "title": "Sommersitzung",
        "starts_at": "2099-07-01T14:30",
        "status": "planned",
        "visibility": "public",
    }

    page = coordinator.post("/gremien/lenkungskreis/sitzungen/neu/", values, follow=True)
    assert "01.07.2099, 14:30 Uhr" in page.content.decode()
    meeting = committee.meetings.get()
    held = {**values, "status": "held", "version": 1}
    refused = coordinator.post(f"{meeting.get_absolute_url()}bearbeiten/", held)
    assert "Eine Sitzung in der Zukunft kann noch nicht durchgeführt sein." in refused.content.decode()
    coordinator.post(f"{meeting.get_absolute_url()}absagen/", {"version": 1, "reason": "Kein Bedarf"})

    assert Meeting.objects.get().status == "cancelled"


def test_agenda_items_are_added_moved_and_removed_with_plain_buttons(coordinator: Client) -> None:
    meeting = make_meeting(make_committee())
    base = meeting.get_absolute_url()
    for title in ("Eins", "Zwei"):
        coordinator.post(f"{base}top/neu/", {"title": title, "visibility": "public"})
    second = AgendaItem.objects.get(title="Zwei")

    coordinator.post(f"{base}top/{second.pk}/verschieben/", {"direction": "up"})
    assert list(meeting.items.values_list("title", "number")) == [("Zwei", 1), ("Eins", 2)]
    coordinator.post(f"{base}top/{second.pk}/entfernen/", {"reason": "Vertagt", "version": 2})
    assert list(meeting.items.values_list("title", "number")) == [("Eins", 1)]


def test_a_motion_and_its_answer_point_to_each_other(coordinator: Client, client: Client) -> None:
    committee = make_committee()
    motion = make_paper(committee, "Antrag auf Sachstand")
    values = {"kind": "statement", "title": "Stellungnahme", "answers": motion.pk, "visibility": "public"}

    coordinator.post("/gremien/lenkungskreis/vorlagen/neu/", {**values, "body": "**Sachstand**"})
    statement = Paper.objects.get(kind="statement")
    page = client.get(statement.get_absolute_url()).content.decode()

    assert "<strong>Sachstand</strong>" in page and motion.get_absolute_url() in page
    assert statement.get_absolute_url() in client.get(motion.get_absolute_url()).content.decode()


def record(client: Client, item: AgendaItem, **values: Any) -> Any:
    data = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "outcome": "adopted", "visibility": "public"}
    return client.post(f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/", {**data, **values})


def test_a_resolution_is_read_back_before_it_is_recorded_for_good(coordinator: Client) -> None:
    item = make_item(make_meeting(make_committee()))
    make_present(item.meeting, 13)
    measure = make_measure()
    votes = {"votes_for": 12, "votes_against": 0, "abstentions": 1, "measures": [measure.pk]}

    check = record(coordinator, item, **votes)
    assert "einstimmig (12 Ja, 0 Nein, 1 Enthaltung)" in check.content.decode()
    assert "lassen sich danach nicht mehr ändern" in check.content.decode()
    assert "Es wird ausgebaut." in record(coordinator, item, **votes, step="back").content.decode()
    assert Resolution.objects.count() == 0
    record(coordinator, item, **votes, step="record")

    resolution = Resolution.objects.get()
    assert (resolution.item, resolution.resolved_on) == (item, item.meeting.day)
    assert list(resolution.measures.all()) == [measure]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"votes_for": 3}, "Bitte Ja, Nein und Enthaltungen angeben, oder keines davon."),
        (
            {"votes_for": 3, "votes_against": 3, "abstentions": 0},
            "Beschlossen heißt: mehr Ja- als Nein-Stimmen.",
        ),
        ({"due_on_1": "2001-01-01"}, "Die Frist kann nicht vor dem Beschluss liegen."),
        (
            {"votes_for": 14, "votes_against": 0, "abstentions": 0},
            "Das sind mehr Stimmen, als Stimmberechtigte anwesend und nicht befangen sind.",
        ),
    ],
)
def test_a_resolution_that_cannot_be_is_refused_in_german(
    coordinator: Client, values: dict[str, Any], message: str
) -> None:
    item = make_item(make_meeting(make_committee()))
    make_present(item.meeting, 13)
    make_resolution(item.meeting.committee, "LK 2026/01")

    assert message in record(coordinator, item, **values).content.decode()
    assert Resolution.objects.count() == 1


def test_a_resolution_is_superseded_by_a_corrected_one(coordinator: Client, client: Client) -> None:
    old = make_resolution(make_committee())
    values = {"resolved_on": localdate().isoformat(), "title": "Berichtigt", "wording": "Richtig."}
    values |= {"outcome": "adopted", "visibility": "public", "reason": "Schreibfehler", "step": "record"}

    coordinator.post(f"{old.get_absolute_url()}ersetzen/", values)
    new = Resolution.objects.get(supersedes=old)

    assert new.get_absolute_url() in client.get(old.get_absolute_url()).content.decode()
    assert old.get_absolute_url() in client.get(new.get_absolute_url()).content.decode()


def test_only_the_visibility_of_a_resolution_is_edited(coordinator: Client) -> None:
    resolution = make_resolution(make_committee())
    values = {"visibility": "internal", "wording": "Anders", "version": 1}

    coordinator.post(f"{resolution.get_absolute_url()}bearbeiten/", values)

    resolution.refresh_from_db()
    assert (resolution.visibility, resolution.wording) == ("internal", "Das Sensornetz wird ausgebaut.")


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_cost_the_same_queries_for_two_rows_as_for_ten(
    client: Client, count_queries: Callable[[], Any], signed_in: bool
) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, starts_at=now() - timedelta(days=1))
    if signed_in:
        client.force_login(make_user(Role.COORDINATION))
    pages = ["/gremien/", committee.get_absolute_url(), meeting.get_absolute_url()]
    pages += ["/gremien/lenkungskreis/sitzungen/", "/gremien/lenkungskreis/vorlagen/", "/vorlagen/"]
    paper = make_paper(committee)
    pages += [paper.get_absolute_url(), f"{paper.get_absolute_url()}geschichte/"]
    pages += ["/gremien/lenkungskreis/themen/", f"{meeting.get_absolute_url()}praesentation/"]

    def costs(size: int) -> list[int]:
        for number in range(AgendaItem.objects.count() + 1, size + 1):
            make_committee(f"Kreis {number}")
            Seat.objects.create(committee=committee, group="county", function=f"Sitz {number}")
            make_meeting(committee, starts_at=now() + timedelta(days=number))
            make_meeting(committee, starts_at=now() - timedelta(days=100 + number))
            item = make_item(meeting, number, paper=make_paper(committee))
            make_topic(committee, f"Thema {number}")
            make_topic(committee, f"Beraten {number}", item=item)
            resolution = make_resolution(committee, f"LK 2026/{number}", item=item)
            resolution.measures.add(make_measure())
            stop = make_committee(f"Station {number}")
            at = make_item(make_meeting(stop), paper=paper)
            make_resolution(stop, item=at)
            make_station(paper, stop, item=at)
            make_file(paper)
            make_paper(committee, answers=paper, refers_to=resolution)
        found = []
        for page in pages:
            with count_queries() as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    assert costs(2) == costs(10)


def test_a_forms_own_address_leads_on_when_it_is_opened_as_a_page(client: Client) -> None:
    client.force_login(make_user(Role.COORDINATION))
    meeting = make_meeting(make_committee())
    address = reverse("agenda_prepare", args=[meeting.committee.slug, meeting.pk])

    answer = client.get(address)

    assert (answer.status_code, answer["Allow"]) == (405, "OPTIONS, POST")
    assert "nimmt nur ein abgeschicktes Formular entgegen" in answer.content.decode()


def test_who_is_signed_out_while_writing_comes_back_to_the_page_of_the_form(client: Client) -> None:
    meeting = make_meeting(make_committee())
    page = reverse("attendance", args=[meeting.committee.slug, meeting.pk])
    sent = reverse("attendance_answer", args=[meeting.committee.slug, meeting.pk])

    back = client.post(sent, headers={"referer": f"http://testserver{page}"})
    elsewhere = client.post(sent, headers={"referer": "https://elsewhere.example/page"})

    assert back["Location"] == f"/anmelden/?abgesendet=ja&next={page}"
    assert elsewhere["Location"] == f"/anmelden/?abgesendet=ja&next={sent}"


def test_a_committee_and_its_meeting_that_are_called_alike_are_named_once(client: Client) -> None:
    """Negative control: those with names of their own are told with both."""
    make_region()
    alike, other = make_committee("Lenkungskreis"), make_committee("Runde Süd")
    heads = [
        client.get(committee.get_absolute_url())
        .content.decode()
        .partition("page-head__text")[2]
        .split("</h1>")[0]
        for committee in (alike, other)
    ]
    panels = []
    for committee, title in ((alike, "Lenkungskreis"), (other, "Herbst")):
        Meeting.objects.all().delete()
        make_meeting(committee, title, starts_at=now() + timedelta(days=3), status="planned")
        page = client.get("/").content.decode()
        panels.append(page.partition("Nächste Sitzung:")[2].partition("</p>")[0])

    assert [head.count("Lenkungskreis") for head in heads] == [1, 1]
    assert ("preline" in heads[0], "preline" in heads[1]) == (False, True)
    assert [panels[0].count("Lenkungskreis"), panels[1].count("Runde Süd")] == [1, 1]
