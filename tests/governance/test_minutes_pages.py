"""Pages and files of minutes: who finds them, what leaks nowhere, how they are written and downloaded."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from governance.models import Amendment, Attendance, FollowUp, Meeting, Minutes, MinutesFile, Seat
from governance.services.minutes import amend_minutes, present_minutes
from network.models import Role
from smartregion.base import jobs
from smartregion.base.models import Draft, Job
from tests.factories import make_committee, make_region, make_user
from tests.governance.docx_text import whole_text
from tests.governance.readers import READERS, reader
from tests.governance.rows import (
    approve,
    make_item,
    make_meeting,
    make_member,
    make_minutes,
    make_resolution,
    seal,
)
from tests.monitoring.pdf_text import page_texts, pdf_text
from tests.pdf_check import failures

pytestmark = pytest.mark.django_db
WORDS = {"public": "Amsel", "internal": "Biber"}
PUBLIC, INTERNAL = {"Amsel"}, {"Amsel", "Biber"}


@pytest.fixture
def meeting() -> Meeting:
    """Held, with one public and one internal item that hold a canary word in every field."""
    make_region()
    meeting = make_meeting(make_committee(), "3. Sitzung", status="held")
    for number, (visibility, word) in enumerate(WORDS.items(), start=1):
        item = make_item(meeting, number, f"Punkt {word}", visibility=visibility, text=word, minutes=word)
        resolution = make_resolution(
            meeting.committee,
            f"2026/{word}",
            item=item,
            title=word,
            wording=word,
            resolved_on=meeting.day,
            vote_note=word,
            visibility=visibility,
        )
        FollowUp.objects.create(resolution=resolution, what=f"Auftrag {word}", responsible=word)
    seat = Seat.objects.create(committee=meeting.committee, group="county", function="Sprecher")
    Attendance.objects.create(meeting=meeting, seat=seat, state="excused", note="Biber")
    return meeting


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    return client


def page_of(meeting: Meeting) -> str:
    return f"{meeting.get_absolute_url()}niederschrift/"


def texts_of(client: Client, meeting: Meeting) -> dict[str, set[str]]:
    """The canary words in each sealed file that answers."""
    found = {}
    for edition in ("oeffentlich", "nichtoeffentlich"):
        for kind, text_of in (("pdf", pdf_text), ("docx", whole_text)):
            response = client.get(f"{page_of(meeting)}{edition}.{kind}")
            if response.status_code == 200:
                text = text_of(response.content)
                found[f"{edition}.{kind}"] = {word for word in WORDS.values() if word in text}
    return found


@pytest.mark.parametrize(("kind", "words"), READERS)
def test_a_reader_gets_only_the_editions_and_words_that_are_for_them(
    client: Client, meeting: Meeting, kind: str, words: set[str]
) -> None:
    """The inner edition, which holds both words, is the negative control of the public one."""
    seal(meeting)
    if user := reader(kind, meeting.committee):
        client.force_login(user)
    public = {"oeffentlich.pdf": PUBLIC, "oeffentlich.docx": PUBLIC}
    inner = {"nichtoeffentlich.pdf": INTERNAL, "nichtoeffentlich.docx": INTERNAL}

    expected = public if words == PUBLIC else public | inner
    text = client.get(page_of(meeting)).content.decode()

    assert texts_of(client, meeting) == expected
    assert {word for word in WORDS.values() if word in text} == words & INTERNAL
    assert ("nichtoeffentlich.pdf" in text) == (words != PUBLIC)


@pytest.mark.parametrize("kind", ["visitor", "team", "member of another", "municipality"])
def test_a_draft_cannot_be_told_from_missing_minutes(client: Client, meeting: Meeting, kind: str) -> None:
    if user := reader(kind, meeting.committee):
        client.force_login(user)
    pages = [page_of(meeting), f"{page_of(meeting)}entwurf.pdf", f"{page_of(meeting)}oeffentlich.pdf"]
    without = [client.get(page).status_code for page in pages]
    make_minutes(meeting)
    present_minutes(meeting=meeting, by=None)

    assert [client.get(page).status_code for page in pages] == without == [404, 404, 404]
    assert "niederschrift/" not in client.get(meeting.get_absolute_url()).content.decode()


def test_a_member_reads_a_draft_once_it_is_presented(client: Client, meeting: Meeting) -> None:
    client.force_login(make_member(meeting.committee))
    make_minutes(meeting)
    before = client.get(page_of(meeting)).status_code
    present_minutes(meeting=meeting, by=None)

    page = client.get(page_of(meeting))
    draft = client.get(f"{page_of(meeting)}entwurf.pdf").content

    assert (before, page.status_code) == (404, 200)
    assert "<textarea" not in page.content.decode()
    assert all("Entwurf,nichtgenehmigt" in text for text in page_texts(draft))
    assert failures(draft) == {"ua1": [], "2a": []}
    assert client.post(page_of(meeting), {}).status_code == 404


@pytest.mark.parametrize(("query", "words"), [("", INTERNAL), ("?fassung=oeffentlich", PUBLIC)])
def test_a_draft_has_both_versions(editor: Client, meeting: Meeting, query: str, words: set[str]) -> None:
    make_minutes(meeting)

    texts = [
        pdf_text(editor.get(f"{page_of(meeting)}entwurf.pdf{query}").content),
        whole_text(editor.get(f"{page_of(meeting)}entwurf.docx{query}").content),
    ]

    assert [{word for word in WORDS.values() if word in text} for text in texts] == [words, words]


def test_a_sealed_file_carries_its_checksum_name_and_rules_for_caches(
    client: Client, meeting: Meeting
) -> None:
    seal(meeting)
    address = f"{page_of(meeting)}oeffentlich.pdf"
    file = MinutesFile.objects.get(edition="public", format="pdf")

    response = client.get(address)
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    client.force_login(make_member(meeting.committee))
    signed_in = client.get(address)

    assert hashlib.sha256(response.content).hexdigest() == file.sha256
    assert file.sha256 in client.get(page_of(meeting)).content.decode()
    name = f"niederschrift-lenkungskreis-{meeting.day.isoformat()}-oeffentlich.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/pdf", "private, no-cache")
    assert again.status_code == 304
    assert signed_in["Cache-Control"] == "private, no-store"


def test_an_internal_amendment_is_for_members_only(client: Client, meeting: Meeting) -> None:
    minutes = seal(meeting)
    for visibility, word in WORDS.items():
        row = Amendment(minutes=minutes, on=localdate(), text=f"Korrektur {word}", visibility=visibility)
        amend_minutes(amendment=row, by=None)
    member = Client()
    member.force_login(make_member(meeting.committee))

    told = [
        {
            word
            for word in WORDS.values()
            if f"Korrektur {word}" in reader.get(page_of(meeting)).content.decode()
        }
        for reader in (client, member)
    ]

    assert told == [PUBLIC, INTERNAL]


def typed(editor: Client, meeting: Meeting, **values: Any) -> dict[str, Any]:
    """What the form sends when these values are typed into it."""
    form = editor.get(page_of(meeting)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {**{name: "" if value is None else value for name, value in sent.items()}, **values}


def test_the_coordinator_writes_all_items_on_one_page_and_takes_it_back(
    editor: Client, meeting: Meeting
) -> None:
    item = meeting.items.earliest("number")
    editor.post(page_of(meeting), typed(editor, meeting, chair="Vorsitz", opened_at="14:00"))
    sent = typed(editor, meeting, **{f"text_{item.pk}": "Zeile\r\nZwei", "chair": "Vertretung"})

    page = editor.post(page_of(meeting), sent, follow=True)
    item.refresh_from_db()
    saved = (Minutes.objects.get().chair, item.minutes)
    undo = next(message.extra_tags for message in page.context["messages"]).removeprefix("undo ")
    editor.post(undo)
    item.refresh_from_db()

    assert saved == ("Vertretung", "Zeile\nZwei")
    assert (Minutes.objects.get().chair, item.minutes) == ("Vorsitz", "Amsel")


def test_saving_an_untouched_form_changes_no_item(editor: Client, meeting: Meeting) -> None:
    editor.post(page_of(meeting), typed(editor, meeting))

    assert set(meeting.items.values_list("version", flat=True)) == {1}


def test_who_saves_second_sees_both_texts_and_can_save_again(editor: Client, meeting: Meeting) -> None:
    item = meeting.items.earliest("number")
    first = typed(editor, meeting, **{f"text_{item.pk}": "Erster"})
    second = typed(editor, meeting, **{f"text_{item.pk}": "Zweiter"})
    editor.post(page_of(meeting), first)

    conflict = editor.post(page_of(meeting), second)
    form = conflict.context["form"]
    again = {name: form[name].value() for name in form.fields}
    again = {name: "" if value is None else value for name, value in again.items()}
    saved = editor.post(page_of(meeting), again)

    item.refresh_from_db()
    assert conflict.status_code == 409
    assert "Gespeichert ist: „Erster“" in conflict.content.decode()
    assert form[f"text_{item.pk}"].value() == "Zweiter"
    assert (saved.status_code, item.minutes) == (302, "Zweiter")


def test_the_form_keeps_a_draft_for_its_writer_alone(
    editor: Client, client: Client, meeting: Meeting
) -> None:
    item = meeting.items.earliest("number")
    sent = typed(editor, meeting, **{f"text_{item.pk}": "Noch nicht fertig"})

    kept = editor.post(f"{page_of(meeting)}?entwurf=speichern", sent)
    resumed = editor.get(f"{page_of(meeting)}?entwurf=weiterschreiben")
    client.force_login(make_member(meeting.committee))
    others = client.post(f"{page_of(meeting)}?entwurf=speichern", sent)

    assert (kept.status_code, others.status_code, Draft.objects.count()) == (200, 404, 1)
    assert resumed.context["form"][f"text_{item.pk}"].value() == "Noch nicht fertig"


def test_from_writing_to_approval_by_the_pages(editor: Client, meeting: Meeting) -> None:
    editor.post(
        page_of(meeting),
        typed(editor, meeting, chair="Vorsitz", minute_taker="Büro", opened_at="14:00", closed_at="15:00"),
    )
    editor.post(f"{page_of(meeting)}vorlegen/")
    asked = editor.get(f"{page_of(meeting)}genehmigen/")
    refused = editor.post(f"{page_of(meeting)}genehmigen/", {"version": 2})
    done = editor.post(
        f"{page_of(meeting)}genehmigen/",
        {"version": Minutes.objects.get().version, "approved_on": localdate().isoformat()},
    )
    bar = editor.get(f"{page_of(meeting)}fortschritt/")
    late = editor.post(page_of(meeting), {"chair": "X"}, follow=True)

    meeting.refresh_from_db()
    assert (asked.status_code, refused.status_code, done.status_code) == (200, 200, 302)
    assert "Bitte wählen Sie eine Sitzung" in refused.content.decode()
    assert meeting.status == "minutes_approved"
    assert "Der Auftrag steht in der Warteschlange" in bar.content.decode()
    assert "genehmigt" in late.content.decode()
    assert "<textarea" not in late.content.decode()


@pytest.mark.parametrize("status", ["minutes_ready", "minutes_approved"])
def test_the_form_of_a_meeting_cannot_pass_by_the_minutes(
    editor: Client, meeting: Meeting, status: str
) -> None:
    address = f"{meeting.get_absolute_url()}bearbeiten/"
    values = {"title": "X", "starts_at": "2024-05-01T10:00", "visibility": "public", "version": 1}

    assert editor.post(address, {**values, "status": status}).status_code == 200
    assert Meeting.objects.get().status == "held"


def test_pages_of_an_approved_meeting_refuse_in_german(editor: Client, meeting: Meeting) -> None:
    item = meeting.items.earliest("number")
    approve(meeting)
    own = meeting.get_absolute_url()
    values = {"title": "X", "visibility": "public", "version": 1, "reason": "X", "direction": "down"}
    addresses = [
        "top/neu/",
        *(f"top/{item.pk}/{verb}/" for verb in ("bearbeiten", "entfernen", "verschieben")),
    ]

    answers = [editor.post(own + address, values, follow=True) for address in addresses]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert ["ist genehmigt" in answer.content.decode() for answer in answers] == [True] * 4


@pytest.mark.django_db(transaction=True)
def test_the_job_seals_what_the_snapshot_says_and_a_failed_one_can_be_tried_again(
    editor: Client, meeting: Meeting, settings: Any, tmp_path: Any
) -> None:
    minutes = approve(meeting)
    fonts, settings.REPORT_FONT_DIR = settings.REPORT_FONT_DIR, tmp_path
    jobs.run(minutes.job.pk)
    failed = editor.get(page_of(meeting)).content.decode()
    settings.REPORT_FONT_DIR = fonts
    editor.post(f"{page_of(meeting)}erneut/")

    jobs.run(minutes.job.pk)

    assert "make assets" in failed
    minutes.refresh_from_db()
    assert (minutes.is_sealed, Job.objects.get().status, MinutesFile.objects.count()) == (True, "done", 4)
    contents = {file.sha256: hashlib.sha256(bytes(file.content)).hexdigest() for file in minutes.files.all()}
    assert all(stored == computed for stored, computed in contents.items())


def test_a_visitor_is_asked_to_sign_in_before_a_verb(client: Client, meeting: Meeting) -> None:
    seal(meeting)

    codes = {client.post(f"{page_of(meeting)}{verb}/").status_code for verb in ("vorlegen", "genehmigen")}

    assert codes == {302}


@pytest.mark.parametrize("is_sealed", [False, True])
def test_the_page_asks_as_often_with_many_items_as_with_few(
    editor: Client, count_queries: Callable[[], Any], is_sealed: bool
) -> None:
    """Written by the coordinator, read by a member once sealed."""
    make_region()
    committee = make_committee()
    meetings = []
    for title, size in (("Kurz", 2), ("Lang", 30)):
        row = make_meeting(committee, title, status="held")
        for number in range(1, size + 1):
            item = make_item(row, number, minutes="Text")
            make_resolution(committee, f"{title} {number}", item=item, resolved_on=row.day)
        meetings.append(row)
    reader = Client() if is_sealed else editor
    if is_sealed:
        reader.force_login(make_member(committee))
    costs = []
    for row in meetings:
        if is_sealed:
            seal(row)
        else:
            make_minutes(row)
        reader.get(page_of(row))
        with count_queries() as queries:
            assert reader.get(page_of(row)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_what_is_sent_after_the_approval_is_not_saved_and_not_lost(editor: Client, meeting: Meeting) -> None:
    item = meeting.items.order_by("number")[0]
    approve(meeting)

    text = "Noch ein <b>Nachtrag</b>."
    sent = {f"text_{item.pk}": text, "chair": "Neu", "minute_taker": "Schriftführung", "opened_at": "14:00"}
    answer = editor.post(page_of(meeting), sent)

    assert answer.status_code == 409
    assert answer.context["unsaved"] == [("Sitzungsleitung", "Neu"), (str(item), text)]
    assert "Noch ein &lt;b&gt;Nachtrag&lt;/b&gt;." in answer.content.decode()
    item.refresh_from_db()
    assert "Nachtrag" not in item.minutes
