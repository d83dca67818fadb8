"""Minutes from draft to seal: what they say, who reads them, and that nothing changes afterwards."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils.timezone import localdate, now

from governance.documents.content import Document, Heading, Listing, Paragraph, Quote, Table
from governance.documents.minutes import minutes_of
from governance.models import (
    AgendaItem,
    Amendment,
    AnyMember,
    Attendance,
    Meeting,
    Minutes,
    MinutesFile,
    Seat,
)
from governance.services.agenda import add_item, move_item, remove_item
from governance.services.meetings import cancel_meeting
from governance.services.minutes import (
    MinutesConflict,
    Overlap,
    Writing,
    amend_minutes,
    approve_minutes,
    present_minutes,
    save_minutes,
    undo_minutes,
)
from governance.services.resolutions import record_resolution
from smartregion.base.versioned import EditConflict
from tests.factories import make_committee, make_region
from tests.governance.rows import approve, make_item, make_meeting, make_minutes, make_resolution, seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    make_region()
    return make_meeting(make_committee(), "3. Sitzung", status="held")


def written(minutes: Minutes, reader: Any = None, edition: str = "public") -> Document:
    return minutes_of(minutes, reader or AnonymousUser(), edition=edition, moment=now())


def attend(meeting: Meeting, *states: str) -> None:
    for number, state in enumerate(states):
        seat = Seat.objects.create(committee=meeting.committee, group="county", function=f"Sitz {number}")
        Attendance.objects.create(meeting=meeting, seat=seat, state=state, note="Stau")


def test_minutes_tell_each_item_with_its_text_resolution_vote_and_follow_ups(meeting: Meeting) -> None:
    item = make_item(meeting, 1, "Netz", minutes="Es wird beraten.\n\nEs wird beschlossen.")
    make_item(meeting, 2, "Verschiedenes")
    votes = {"votes_for": 9, "votes_against": 0, "abstentions": 1}
    task = {"what": "Vertrag", "responsible": "Recht", "due_on": date(2026, 5, 1)}
    make_resolution(meeting.committee, "LK 1", item=item, title="Netz", **votes, **task)

    blocks = written(make_minutes(meeting)).blocks

    at = blocks.index(Heading("TOP 1: Netz", 2))
    assert blocks[at + 1 : at + 11] == (
        Paragraph("Es wird beraten."),
        Paragraph("Es wird beschlossen."),
        Heading("Beschluss LK 1 Netz", 3),
        Quote("Das Sensornetz wird ausgebaut."),
        Paragraph("ungeändert beschlossen", "Ergebnis"),
        Paragraph("einstimmig (9 Ja, 0 Nein, 1 Enthaltung)", "Abstimmung"),
        Paragraph("", "Aufträge"),
        Listing(("Vertrag, Recht, bis 01.05.2026",)),
        Heading("TOP 2: Verschiedenes", 2),
        Paragraph("Dazu ist nichts festgehalten."),
    )


def test_minutes_tell_who_took_part_by_function_and_whether_there_was_a_quorum(meeting: Meeting) -> None:
    attend(meeting, "present", "present", "excused")

    blocks = written(make_minutes(meeting)).blocks
    inner = written(make_minutes_again(meeting), AnyMember(meeting.committee), "internal").blocks

    assert Paragraph("Das Gremium war beschlussfähig: 2 von 3 Stimmberechtigten anwesend.") in blocks
    assert attendance_of(blocks) == [
        ("Sitz 0", "Kreisverwaltung", "anwesend", "–"),
        ("Sitz 1", "Kreisverwaltung", "anwesend", "–"),
        ("Sitz 2", "Kreisverwaltung", "entschuldigt", "–"),
    ]
    assert attendance_of(inner) == attendance_of(blocks)
    assert "Stau" not in str(inner)


def make_minutes_again(meeting: Meeting) -> Minutes:
    return Minutes.objects.get(meeting=meeting)


def attendance_of(blocks: Any) -> list[tuple[str, ...]]:
    return next(
        list(block.rows)
        for block in blocks
        if isinstance(block, Table) and block.caption == "Teilnehmende nach Funktion"
    )


@pytest.mark.parametrize(
    ("rule", "states", "has_quorum"),
    [
        ("majority", ["present", "absent"], False),
        ("half", ["present", "absent"], True),
        ("none", ["absent", "absent"], True),
        ("majority", ["present", "present", "absent"], True),
    ],
)
def test_the_quorum_follows_the_rule_of_the_committee(
    meeting: Meeting, rule: str, states: list[str], has_quorum: bool
) -> None:
    meeting.committee.quorum = rule
    attend(meeting, *states)
    minutes = make_minutes(meeting)
    minutes.meeting = meeting

    text = str(written(minutes).blocks)

    assert ("war beschlussfähig" in text, "war nicht beschlussfähig" in text) == (has_quorum, not has_quorum)


def test_a_draft_says_so_and_approved_minutes_do_not(meeting: Meeting) -> None:
    draft = written(make_minutes(meeting)).mark
    present_minutes(meeting=meeting, by=None)
    minutes = approve_minutes(
        minutes=Minutes.objects.get(), version=1, approved_on=meeting.day, approved_in=None, by=None
    )

    assert (draft, written(minutes).mark) == ("Entwurf, nicht genehmigt", "")


def test_two_people_write_at_different_items_and_both_are_kept(meeting: Meeting) -> None:
    one, two = make_item(meeting, 1), make_item(meeting, 2)
    first = {one.pk: Writing(1, {"minutes": "A"}), two.pk: Writing(1, {"minutes": ""})}
    second = {one.pk: Writing(1, {"minutes": ""}), two.pk: Writing(1, {"minutes": "B"})}

    for texts in (first, second):
        save_minutes(meeting=meeting, head=Writing(1, {}), items=texts, by=None)

    assert list(meeting.items.values_list("minutes", flat=True)) == ["A", "B"]


def test_of_two_who_write_at_the_same_item_the_second_is_told_and_saves_nothing(meeting: Meeting) -> None:
    one, two = make_item(meeting, 1), make_item(meeting, 2)
    save_minutes(
        meeting=meeting, head=Writing(None, {}), items={one.pk: Writing(1, {"minutes": "A"})}, by=None
    )
    late = {one.pk: Writing(1, {"minutes": "X"}), two.pk: Writing(1, {"minutes": "B"})}

    with pytest.raises(MinutesConflict) as conflict:
        save_minutes(meeting=meeting, head=Writing(1, {}), items=late, by=None)

    assert conflict.value.overlaps == [Overlap(one.pk, "minutes", "A")]
    assert list(meeting.items.values_list("minutes", flat=True)) == ["A", ""]


def test_who_began_at_the_same_moment_does_not_empty_what_the_other_wrote(meeting: Meeting) -> None:
    save_minutes(meeting=meeting, head=Writing(None, {"chair": "Vorsitz"}), items={}, by=None)
    save_minutes(meeting=meeting, head=Writing(None, {"chair": "", "minute_taker": "B"}), items={}, by=None)

    minutes = Minutes.objects.get()
    assert (minutes.chair, minutes.minute_taker) == ("Vorsitz", "B")


def test_a_text_is_saved_though_the_item_was_moved_meanwhile(meeting: Meeting) -> None:
    one, two = make_item(meeting, 1), make_item(meeting, 2)
    Meeting.objects.filter(pk=meeting.pk).update(status="invited")
    move_item(item=one, upwards=False, by=None)

    texts = {one.pk: Writing(1, {"minutes": "A"}), two.pk: Writing(1, {"minutes": ""})}
    save_minutes(meeting=meeting, head=Writing(None, {}), items=texts, by=None)

    assert dict(meeting.items.values_list("number", "minutes")) == {1: "", 2: "A"}


def test_what_was_saved_at_once_is_taken_back_at_once(meeting: Meeting) -> None:
    item, minutes = make_item(meeting, 1, minutes="Alt"), make_minutes(meeting)
    head, texts = Writing(1, {"chair": "Neu"}), {item.pk: Writing(1, {"minutes": "Neu"})}

    sign = save_minutes(meeting=meeting, head=head, items=texts, by=None)
    undo_minutes(sign, by=None)

    minutes.refresh_from_db()
    item.refresh_from_db()
    assert (minutes.chair, item.minutes) == ("Vorsitz", "Alt")


def test_minutes_are_presented_only_with_chair_minute_taker_and_begin(meeting: Meeting) -> None:
    minutes = make_minutes(meeting, chair="")

    with pytest.raises(ValidationError, match="Sitzungsleitung"):
        present_minutes(meeting=meeting, by=None)
    minutes.chair = "Vorsitz"
    minutes.save_over(1)

    assert present_minutes(meeting=meeting, by=None).status == "minutes_ready"
    with pytest.raises(ValidationError, match="liegt schon vor"):
        present_minutes(meeting=meeting, by=None)


def test_minutes_of_a_coming_meeting_cannot_be_presented() -> None:
    meeting = make_meeting(make_committee(), starts_at=now() + timedelta(days=2))
    make_minutes(meeting)

    with pytest.raises(ValidationError, match="noch nicht stattgefunden"):
        present_minutes(meeting=meeting, by=None)


def test_minutes_are_approved_in_a_later_meeting_of_the_committee(meeting: Meeting) -> None:
    minutes = make_minutes(meeting)
    later = make_meeting(meeting.committee, "4. Sitzung", starts_at=now() - timedelta(days=1))
    others = [
        make_meeting(meeting.committee, starts_at=now() - timedelta(days=30)),
        make_meeting(meeting.committee, starts_at=now() + timedelta(days=30)),
        make_meeting(make_committee("Arbeitskreis"), starts_at=now() - timedelta(days=1)),
    ]
    present_minutes(meeting=meeting, by=None)

    for other in others:
        with pytest.raises(ValidationError, match="Genehmigen kann nur eine spätere Sitzung"):
            approve_minutes(minutes=minutes, version=1, approved_in=other, by=None)
    approve_minutes(minutes=minutes, version=1, approved_in=later, by=None)

    meeting.refresh_from_db()
    assert (minutes.approved_on, meeting.status, minutes.job.status) == (
        later.day,
        "minutes_approved",
        "queued",
    )


@pytest.mark.parametrize("days", [-8, 1])
def test_the_day_of_approval_lies_between_the_meeting_and_today(meeting: Meeting, days: int) -> None:
    minutes = make_minutes(meeting)
    present_minutes(meeting=meeting, by=None)

    with pytest.raises(ValidationError, match="zwischen der Sitzung und heute"), transaction.atomic():
        approve_minutes(minutes=minutes, version=1, approved_on=localdate() + timedelta(days), by=None)

    assert not Minutes.objects.get().is_approved


def test_what_was_not_presented_or_holds_drafts_is_not_approved(meeting: Meeting) -> None:
    minutes = make_minutes(meeting)
    with pytest.raises(ValidationError, match="die vorliegt"):
        approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)
    present_minutes(meeting=meeting, by=None)
    make_item(meeting, 1, visibility="draft")

    with pytest.raises(ValidationError, match="noch ein Entwurf"):
        approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)


def test_minutes_that_changed_meanwhile_are_not_approved(meeting: Meeting) -> None:
    minutes = make_minutes(meeting)
    present_minutes(meeting=meeting, by=None)
    Minutes.objects.get().save_over(1)

    with pytest.raises(EditConflict):
        approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)


def test_the_verbs_refuse_in_german_once_minutes_are_approved(meeting: Meeting) -> None:
    one, two = make_item(meeting, 1), make_item(meeting, 2)
    attend(meeting, "present")
    attendance = Attendance.objects.get()
    minutes = approve(meeting)
    meeting.refresh_from_db()
    resolution = make_resolution(meeting.committee)
    resolution.pk, resolution.item, resolution.resolved_on = None, one, meeting.day
    attendance.state = "absent"
    meeting.title = one.title = "Neu"
    minutes.chair = "Neu"
    attempts = [
        lambda: add_item(item=AgendaItem(meeting=meeting, title="Neu"), by=None),
        lambda: move_item(item=one, upwards=False, by=None),
        lambda: remove_item(item=two, version=1, by=None),
        lambda: one.save_over(1),
        lambda: attendance.save_over(1),
        attendance.delete,
        lambda: meeting.save_over(meeting.version),
        lambda: cancel_meeting(meeting=meeting, version=meeting.version, by=None),
        lambda: minutes.save_over(minutes.version),
        lambda: save_minutes(
            meeting=meeting, head=Writing(2, {}), items={two.pk: Writing(1, {"minutes": "X"})}, by=None
        ),
        lambda: record_resolution(resolution=resolution, measures=[], by=None),
    ]

    for attempt in attempts:
        with pytest.raises(ValidationError, match=r"genehmigt|nicht mehr absagen"), transaction.atomic():
            attempt()


def test_a_meeting_can_still_be_hidden_once_its_minutes_are_approved(meeting: Meeting) -> None:
    approve(meeting)
    meeting.refresh_from_db()
    meeting.visibility = "internal"

    meeting.save_over(meeting.version)

    assert Meeting.objects.get().visibility == "internal"


def statements(meeting: Meeting) -> list[str]:
    item = meeting.items.first()
    assert item
    return [
        f"UPDATE governance_agendaitem SET minutes = 'X' WHERE id = {item.pk}",
        f"UPDATE governance_agendaitem SET visibility = 'public' WHERE id = {item.pk}",
        f"DELETE FROM governance_agendaitem WHERE id = {item.pk}",
        "INSERT INTO governance_agendaitem "
        "(meeting_id, kind, number, title, text, minutes, visibility, version)"
        f" VALUES ({meeting.pk}, 'topic', 9, 'X', '', '', 'public', 1)",
        "UPDATE governance_attendance SET state = 'absent'",
        "DELETE FROM governance_attendance",
        f"UPDATE governance_meeting SET title = 'X' WHERE id = {meeting.pk}",
        f"UPDATE governance_meeting SET status = 'held' WHERE id = {meeting.pk}",
        "UPDATE governance_minutes SET chair = 'X'",
        "UPDATE governance_minutes SET approved_on = NULL, sealed_at = NULL",
        "DELETE FROM governance_minutes",
    ]


SEALED = [
    "UPDATE governance_minutes SET sealed_at = NULL",
    "UPDATE governance_minutesfile SET content = 'X'",
    "UPDATE governance_minutesfile SET sha256 = 'X'",
    "DELETE FROM governance_minutesfile",
    "UPDATE governance_amendment SET text = 'X'",
    "DELETE FROM governance_amendment",
]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except (ProgrammingError, IntegrityError) as error:
        return "pgtrigger: Cannot" in str(error) or "minutes of the meeting are approved" in str(error)
    return False


def test_the_database_refuses_changes_from_the_approval_on(meeting: Meeting) -> None:
    """Before the approval it lets each of them pass: the negative control."""
    make_item(meeting, 1, visibility="internal")
    attend(meeting, "present")
    minutes = make_minutes(meeting)
    present_minutes(meeting=meeting, by=None)
    before = [statement for statement in statements(meeting) if refused(statement)]

    approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)

    assert before == []
    assert [statement for statement in statements(meeting) if not refused(statement)] == []


def test_sealed_files_and_amendments_never_change(meeting: Meeting) -> None:
    minutes = seal(meeting)
    amend_minutes(amendment=Amendment(minutes=minutes, on=localdate(), text="Falsch"), by=None)
    before = list(MinutesFile.objects.values())

    assert [statement for statement in SEALED if not refused(statement)] == []
    assert list(MinutesFile.objects.values()) == before
    assert len(before) == 4


def test_a_public_meeting_is_sealed_in_two_editions_and_an_internal_one_in_one(meeting: Meeting) -> None:
    inner = make_meeting(meeting.committee, "Klausur", visibility="internal", status="held")
    seal(meeting)
    seal(inner)

    found = list(
        MinutesFile.objects.order_by("pk").values_list("minutes__meeting__title", "edition", "format")
    )

    assert found == [
        ("3. Sitzung", "public", "pdf"),
        ("3. Sitzung", "public", "docx"),
        ("3. Sitzung", "internal", "pdf"),
        ("3. Sitzung", "internal", "docx"),
        ("Klausur", "internal", "pdf"),
        ("Klausur", "internal", "docx"),
    ]


def test_an_amendment_stands_beside_sealed_minutes_with_its_own_checksum(meeting: Meeting) -> None:
    minutes = approve(meeting)
    amendment = Amendment(minutes=minutes, on=localdate(), text="Statt „9 Ja“ heißt es „8 Ja“.\r\nEnde")
    with pytest.raises(ValidationError, match="erst eine versiegelte"):
        amend_minutes(amendment=amendment, by=None)
    minutes.sealed_at = now()
    minutes.save_over(minutes.version)

    for row in (amendment, Amendment(minutes=minutes, on=amendment.on, text=amendment.text)):
        amend_minutes(amendment=row, by=None)

    stored = Amendment.objects.get()
    assert stored.sha256 == Amendment.checksum(stored.on, "Statt „9 Ja“ heißt es „8 Ja“.\nEnde")


def test_an_amendment_is_dated_between_the_approval_and_today(meeting: Meeting) -> None:
    minutes = seal(meeting)

    for day in (localdate() + timedelta(days=1), meeting.day - timedelta(days=1)):
        with pytest.raises(ValidationError, match="zwischen der Genehmigung und heute"):
            amend_minutes(amendment=Amendment(minutes=minutes, on=day, text="X"), by=None)


def test_clock_times_are_told_as_they_were(meeting: Meeting) -> None:
    facts = dict(written(make_minutes(meeting, opened_at=time(14, 5), closed_at=time(16))).facts)

    assert (facts["Beginn"], facts["Ende"]) == ("14:05 Uhr", "16:00 Uhr")
