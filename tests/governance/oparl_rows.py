"""Committees with something of each kind, public and not; no text that is not public may ever be told."""

from datetime import date
from typing import Any

from django.db import models

from governance.models import (
    AgendaItem,
    Attendance,
    Committee,
    Consultation,
    Meeting,
    Minutes,
    Paper,
    PaperFile,
    Seat,
    Term,
    Topic,
)
from network.models import Role
from tests.factories import make_committee, make_municipality, make_region, make_user
from tests.governance.rows import make_item, make_meeting, make_paper, make_resolution, seal

CANARY = "Kanarienvogel"
LAST = 99
"""The place of the station that decides; the others come before it."""


def make_file(paper: Paper, title: str = "Anlage", **values: Any) -> PaperFile:
    content = b"%PDF-1.7 Anlage"
    defaults = {"name": "anlage.pdf", "kind": "pdf", "visibility": "public", "sha256": "0" * 64}
    return PaperFile.objects.create(
        paper=paper, title=title, content=content, size=len(content), **{**defaults, **values}
    )


def make_station(paper: Paper, committee: Committee, position: int = 1, **values: Any) -> Consultation:
    defaults: dict[str, Any] = {"role": "prepare"}
    if item := values.get("item"):
        AgendaItem.objects.filter(pk=item.pk).update(paper=paper)
    return Consultation.objects.create(
        paper=paper, committee=committee, position=position, **{**defaults, **values}
    )


def make_everything() -> Committee:
    """A public committee with meetings, agenda, papers and their ways, all of it open to all."""
    make_region()
    council = make_committee("Kreistag", kind="council")
    committee = make_committee("Ausschuss", kind="county_committee", parent=council)
    term = Term.objects.create(committee=council, name="Wahlperiode", starts_on=date(2020, 11, 1))
    Seat.objects.create(
        committee=council, group="politics", function="Vorsitz", is_chair=True, term=term, user=make_user()
    )
    former = {"starts_on": date(2020, 1, 1), "ends_on": date(2021, 1, 1)}
    Seat.objects.create(committee=committee, group="county", function="Früher", is_example=True, **former)
    meeting = make_meeting(committee, place="Kreishaus", is_example=True)
    item, plain = make_item(meeting), make_item(meeting, 2, "Verschiedenes")
    make_resolution(committee, item=item, resolved_on=meeting.day)
    values = {"item": item, "resolved_on": meeting.day}
    make_resolution(committee, "LK 2026/02", outcome="rejected", wording="Nicht so.", **values)
    motion = make_paper(committee, number="V 1", dated=date(2026, 1, 2))
    make_paper(council, "Stellungnahme", answers=motion, kind="statement")
    make_file(motion)
    make_station(motion, committee, 1, item=item)
    make_station(motion, council, LAST, role="decide")
    place = make_municipality("Aadorf")
    town = make_committee("Rat Aadorf", kind="municipal_council", municipality=place)
    make_meeting(town, "Ratssitzung", status="cancelled")
    assert plain.number == 2
    return committee


def make_sealed() -> Minutes:
    """Of a public meeting, with something said in the non-public part; and of an internal meeting."""
    council = Committee.objects.get(name="Kreistag")
    hidden = make_meeting(council, f"{CANARY} Klausur", visibility="internal", status="held")
    seal(hidden, chair=f"{CANARY} Vorsitz")
    meeting = make_meeting(council, "Herbstsitzung", status="held")
    make_item(meeting, minutes="Beraten.")
    make_item(meeting, 2, f"{CANARY} TOP", visibility="internal", minutes=f"{CANARY} Beraten")
    return seal(meeting)


def make_canaries(committee: Committee) -> None:
    """Beside what is public: something of each kind that is not, in every text field and every way."""
    for visibility in ("internal", "draft"):
        word = f"{CANARY} {visibility}"
        closed = make_committee(f"{word} Gremium", visibility=visibility)
        in_closed = make_meeting(closed, f"{word} Sitzung")
        make_item(in_closed, 1, f"{word} TOP")
        make_paper(closed, f"{word} Vorlage")
        Seat.objects.create(committee=closed, group="county", function=f"{word} Sitz")
        Term.objects.create(committee=closed, name=f"{word} Zeit", starts_on=date(2020, 1, 1))
        hidden = make_meeting(committee, f"{word} Sitzung", visibility=visibility, place=f"{word} Ort")
        make_item(hidden, 1, f"{word} TOP")
        number = {"internal": 1, "draft": 2}[visibility]
        open_meeting = Meeting.objects.get(committee=committee, title="Frühjahrssitzung")
        item = make_item(open_meeting, 10 + number, f"{word} TOP", visibility=visibility, text=f"{word}")
        make_resolution(committee, f"{word} Nr.", item=item, wording=f"{word} Beschluss")
        shown = AgendaItem.objects.get(meeting=open_meeting, number=1)
        values = {"visibility": visibility, "title": word, "responsible": word, "vote_note": word}
        make_resolution(committee, f"{word} Nummer", item=shown, wording=f"{word} Beschluss", **values)
        motion = Paper.objects.get(number="V 1")
        make_file(motion, f"{word} Anlage", visibility=visibility, name=f"{word}.pdf")
        make_paper(committee, f"{word} Antwort", visibility=visibility, answers=motion)
        make_station(motion, closed, 10 + number)
        make_station(motion, committee, 20 + number, item=item)
        Topic.objects.create(committee=committee, title=f"{word} Thema")
        fill_what_is_not_told(committee, shown, motion, word)


def fill_what_is_not_told(committee: Committee, item: AgendaItem, paper: Paper, word: str) -> None:
    """Fields of public rows that no object of OParl has a place for, or that are nobody's business."""
    account = make_user(Role.STEERING, name=f"{word} Konto")
    seat = committee.seats.get()
    Seat.objects.filter(pk=seat.pk).update(user=account)
    Attendance.objects.get_or_create(
        meeting=item.meeting, seat=seat, defaults={"state": "present", "note": f"{word} Notiz"}
    )
    AgendaItem.objects.filter(pk=item.pk).update(text=f"{word} Text", minutes=f"{word} Niederschrift")
    fill(Meeting.objects.filter(pk=item.meeting_id), online_url=f"https://example.org/{word}")
    fill(Paper.objects.filter(pk=paper.pk), body=word, proposed_resolution=word, cost_note=word)
    fill(PaperFile.objects.filter(paper=paper), uploaded_by=account)


def fill(rows: models.QuerySet[Any], **values: Any) -> None:
    rows.update(**values)
