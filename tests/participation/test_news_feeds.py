"""Atom feeds of what is new: valid, stable, cheap to ask, and the same for whoever asks."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.utils.timezone import localdate

from governance.models import Meeting
from measures.models import Measure, Milestone, StatusUpdate
from monitoring.models import Report
from network.models import Region, Role
from tests.factories import (
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.rows import make_meeting, make_resolution
from tests.measures.sealed_reports import seal_report
from tests.participation.atom_check import ATOM, problems_of
from tests.past import happened_on

pytestmark = pytest.mark.django_db
ALL = "/feeds/alles/neues.atom"


def days_ago(number: int) -> date:
    return localdate() - timedelta(days=number)


def entries(client: Client, address: str) -> list[tuple[str, str]]:
    feed = Xml.fromstring(client.get(address).content)
    return [
        (entry.findtext(f"{ATOM}title", ""), entry.findtext(f"{ATOM}summary", ""))
        for entry in feed.iter(f"{ATOM}entry")
    ]


@pytest.fixture
def measure() -> Measure:
    """Public for long, with changes of all kinds on six days of last week."""
    with happened_on(days_ago(200)):
        make_region()
        place = make_municipality("Aadorf")
        make_municipality("Bedorf")
        row = make_measure("Netz", no="M-01", phase="idea", field=make_field("Mobilität"))
        step = Milestone.objects.create(measure=row, title="Start", planned_date=days_ago(3))
        committee = make_committee("Lenkungskreis")
        meeting = make_meeting(
            committee, "Herbst", visibility="public", starts_at=datetime(2030, 5, 1, 10, tzinfo=UTC)
        )
    with happened_on(days_ago(9)):
        row.phase = "pilot"
        row.save_over(row.version)
    with happened_on(days_ago(8)):
        step.actual_date = days_ago(8)
        step.save_over(step.version)
    with happened_on(days_ago(7)):
        StatusUpdate.objects.create(measure=row, on=days_ago(7), text="Läuft gut.", visibility="public")
    with happened_on(days_ago(6)):
        set_cell(row, place, stage="interested")
    with happened_on(days_ago(5)):
        make_resolution(committee, "LK 1", visibility="public", resolved_on=date(2024, 5, 1)).measures.add(
            row
        )
    with happened_on(days_ago(4)):
        meeting.status = "cancelled"
        meeting.save_over(meeting.version)
    return row


NEWS = {
    "phase": ("M-01 Netz", "Phase jetzt „Pilot“, zuvor „Idee“."),
    "milestone": ("M-01 Netz", f"Meilenstein „Start“ am {days_ago(8):%d.%m.%Y} erreicht."),
    "update": ("M-01 Netz", f"Neuer Sachstand vom {days_ago(7):%d.%m.%Y}. Läuft gut."),
    "cell": ("M-01 Netz", "Aadorf: jetzt Interesse bekundet, zuvor unbekannt."),
    "resolution": (
        "Lenkungskreis: LK 1 Sensornetz ausbauen",
        "Beschluss vom 01.05.2024: ungeändert beschlossen.",
    ),
    "meeting": ("Lenkungskreis: Herbst", "Sitzung am 01.05.2030, 12:00, jetzt: abgesagt."),
}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/feeds/massnahmen/netz.atom", ["resolution", "cell", "update", "milestone", "phase"]),
        ("/feeds/handlungsfelder/mobilitaet.atom", ["resolution", "cell", "update", "milestone", "phase"]),
        ("/feeds/kommunen/aadorf.atom", ["cell"]),
        ("/feeds/kommunen/bedorf.atom", []),
        ("/feeds/gremien/lenkungskreis.atom", ["meeting", "resolution"]),
        ("/feeds/suche.atom?q=netz", ["resolution", "cell", "update", "milestone", "phase"]),
        ("/feeds/suche.atom?q=Zwiebel", []),
        (ALL, ["meeting", "resolution", "cell", "update", "milestone", "phase"]),
    ],
)
def test_a_feed_tells_what_is_new_about_its_subject(
    client: Client, measure: Measure, address: str, told: list[str]
) -> None:
    assert entries(client, address) == [NEWS[name] for name in told]
    assert problems_of(client.get(address).content) == []


def test_a_new_measure_is_told_once_and_not_with_all_its_parts(client: Client, measure: Measure) -> None:
    with happened_on(days_ago(1)):
        new = make_measure("Wald", no="M-02", field=make_field("Umwelt"))
        Milestone.objects.create(measure=new, title="Start", planned_date=days_ago(1))
        StatusUpdate.objects.create(measure=new, on=days_ago(1), text="Los", visibility="public")

    expected = [("M-02 Wald", "Die Maßnahme ist neu zu sehen. Kurz gesagt.")]
    assert entries(client, "/feeds/massnahmen/wald.atom") == expected


def test_a_sealed_public_report_is_told(client: Client, measure: Measure) -> None:
    seal_report(as_of=days_ago(20), audience="public")
    seal_report(as_of=days_ago(10), audience="internal")

    public = Report.objects.get(audience="public")
    assert entries(client, ALL)[0] == (str(public), f"Neuer Bericht, Stichtag {days_ago(20):%d.%m.%Y}.")
    assert len(entries(client, ALL)) == len(NEWS) + 1


@pytest.mark.parametrize("address", [ALL, "/feeds/massnahmen/netz.atom", "/feeds/suche.atom?q=netz"])
def test_a_poller_that_has_the_newest_feed_gets_no_second_one(
    client: Client, measure: Measure, address: str
) -> None:
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Last-Modified"].endswith("GMT")
    assert (first["Content-Type"], first["Cache-Control"]) == (
        "application/atom+xml; charset=utf-8",
        "public, no-cache",
    )
    measure.refresh_from_db()
    measure.light = "green"
    measure.save_over(measure.version)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_what_is_hidden_leaves_a_feed_that_asks_only_when(client: Client, measure: Measure) -> None:
    """The moment of the newest entry becomes an earlier one; who has a later feed gets the new one."""
    first = client.get("/feeds/gremien/lenkungskreis.atom")
    meeting = Meeting.objects.get()
    meeting.visibility = "internal"
    meeting.save_over(meeting.version)
    asked = {"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]}
    again = client.get("/feeds/gremien/lenkungskreis.atom", headers=asked)

    assert (again.status_code, again.content.count(b"<entry>")) == (200, 1)


def test_identifiers_stay_when_more_happens_and_when_the_portal_moves(
    client: Client, measure: Measure, settings
) -> None:
    def ids() -> list[str]:
        feed = Xml.fromstring(client.get(ALL).content)
        return [element.text or "" for element in feed.iter(f"{ATOM}id")]

    before = ids()
    measure.refresh_from_db()
    measure.light = "green"
    measure.save_over(measure.version)
    settings.PORTAL_URL = "https://neu.example.org"
    own, newest, *rest = ids()

    assert [own, *rest] == before
    assert newest not in before


def test_an_account_gets_no_other_feed_than_a_visitor(client: Client, measure: Measure) -> None:
    make_measure("Geheim", visibility="internal")
    as_visitor = client.get(ALL).content
    client.force_login(make_user(Role.COORDINATION))

    assert client.get(ALL).content == as_visitor


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/massnahmen/geheim.atom",
        "/feeds/massnahmen/gibt-es-nicht.atom",
        "/feeds/gremien/innen.atom",
        "/feeds/unsinn/netz.atom",
        "/feeds/alles/netz.atom",
        "/feeds/suche.atom",
        "/feeds/suche.atom?q=%00",
        f"/feeds/suche.atom?q={'x' * 500}",
    ],
)
def test_what_is_not_to_be_seen_has_no_feed(client: Client, address: str) -> None:
    make_region()
    make_measure("Geheim", visibility="internal")
    make_committee("Innen", visibility="internal")

    assert client.get(address).status_code == 404


def test_words_that_no_xml_can_hold_break_no_feed(client: Client) -> None:
    make_region()
    make_measure("Netz \x0b & <Wald> ]]> \U0001f333")

    content = client.get(ALL).content
    assert problems_of(content) == []
    assert "Netz   & <Wald> ]]> \U0001f333" in (
        Xml.fromstring(content).findtext(f".//{ATOM}entry/{ATOM}title") or ""
    )


def test_example_data_is_labelled(client: Client) -> None:
    make_region()
    make_measure("Netz", no="M-01", is_example=True)

    assert [title for title, _text in entries(client, ALL)] == ["M-01 Netz (Beispieldaten)"]


def test_a_feed_without_a_region_is_valid_too(client: Client) -> None:
    Region.objects.all().delete()

    assert problems_of(client.get(ALL).content) == []


BROKEN: dict[str, Any] = {
    "no author": (b"<author>.*?</author>", b""),
    "no id": (b"<id>.*?</id>", b""),
    "a day without an hour": (b"(<updated>[0-9-]*)T[^<]*", rb"\1"),
    "a relative link": (b'href="http[^"]*"', b'href="/massnahmen/"'),
    "an unknown element": (b"<author>", b"<autor/><author>"),
    "markup in a title": (b"<title>", b'<title type="html">'),
    "one id for two": (b"<id>[^<]*", b"<id>urn:uuid:00000000-0000-4000-8000-000000000000"),
    "no self link": (b'rel="self"', b'rel="related"'),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_the_strict_reader_refuses_what_is_wrong(client: Client, measure: Measure, fault: str) -> None:
    """The negative control of `problems_of`."""
    pattern, replacement = BROKEN[fault]
    content = re.sub(pattern, replacement, client.get(ALL).content, flags=re.S)

    assert problems_of(content) != []
