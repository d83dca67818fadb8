"""What changed between two days: sentences per measure, for each reader what both days show."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, Milestone, StatusUpdate
from monitoring.time_machine import changes_between
from network.models import Role
from smartregion.base.history import recorded
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user, set_cell
from tests.governance.rows import make_resolution
from tests.past import happened_on

pytestmark = pytest.mark.django_db
BEGIN, BEFORE, THEN, LATER, END = (
    date(2024, 1, 2),
    date(2024, 1, 10),
    date(2024, 3, 31),
    date(2024, 5, 10),
    date(2024, 6, 30),
)


def told(user: Any, start: date = THEN, end: date = END) -> dict[str, list[str]]:
    return {
        subject.title: [sentence.text for sentence in subject.sentences]
        for subject in changes_between(start, end, user)
    }


@pytest.fixture
def measure() -> Measure:
    with happened_on(BEGIN):
        make_region()
        places = make_municipality("Aadorf"), make_municipality("Bedorf")
    with happened_on(BEFORE):
        measure = make_measure("Netz", no="M-1", light="green")
        first = Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 4, 1))
        second = Milestone.objects.create(measure=measure, title="Ende", planned_date=date(2024, 9, 1))
        gone = Milestone.objects.create(measure=measure, title="Halb", planned_date=date(2024, 8, 1))
        make_measure("Still", no="M-2")
        for place in places:
            set_cell(measure, place, stage="interested")
    with happened_on(LATER):
        make_measure("Neu", no="M-3")
        make_resolution(make_committee(), number="LK 1", title="Ausbau", resolved_on=LATER)
    petra = make_user(Role.COORDINATION, name="Petra")
    with happened_on(LATER), recorded(by=petra, reason="Sitzung"):
        measure.light, measure.light_reason, measure.summary = "yellow", "Verzug", "Neu gefasst"
        measure.save_over(measure.version)
        first.actual_date = date(2024, 4, 3)
        first.save_over(first.version)
        second.forecast_date = date(2024, 10, 1)
        second.save_over(second.version)
        gone.delete()
        StatusUpdate.objects.create(measure=measure, on=LATER, text="Text", visibility="public")
        set_cell(measure, places[0], stage="live", since=LATER, evidence="Netz")
        set_cell(measure, places[1], stage="live", since=LATER, evidence="Netz")
    return measure


SENTENCES = [
    "Kurzbeschreibung neu gefasst.",
    "Ampel jetzt „gelb“, zuvor „grün“.",
    "Meilenstein „Start“ am 03.04.2024 erreicht.",
    "Meilenstein „Ende“ jetzt fällig am 01.10.2024, zuvor am 01.09.2024.",
    "Neuer Sachstand vom 10.05.2024.",
    "Roll-out weiter – jetzt im Regelbetrieb: Aadorf, Bedorf.",
]


def test_each_change_is_a_sentence_of_its_measure(measure: Measure) -> None:
    assert told(AnonymousUser()) == {
        "M-1 Netz": SENTENCES,
        "M-3 Neu": ["Die Maßnahme ist neu zu sehen."],
        "Gremien": ["Lenkungskreis: Beschluss LK 1 „Ausbau“ vom 10.05.2024."],
    }


def test_an_account_also_reads_what_was_deleted_and_who_did_what_and_why(measure: Measure) -> None:
    reader = make_user(Role.STEERING)
    netz = changes_between(THEN, END, reader)[0].sentences

    assert "Meilenstein „Halb“ entfernt." in [sentence.text for sentence in netz]
    assert {(each.by, each.reason) for each in netz if each.key} == {("Petra", "Sitzung")}
    visitors = changes_between(THEN, END, AnonymousUser())
    assert {each.by for subject in visitors for each in subject.sentences} == {""}


def test_up_to_today_reads_the_present(measure: Measure) -> None:
    measure.refresh_from_db()
    measure.phase = "pilot"
    measure.save_over(measure.version)

    assert told(AnonymousUser(), END, localdate()) == {"M-1 Netz": ["Phase jetzt „Pilot“, zuvor „Idee“."]}


def test_nothing_changed_is_said(client: Client, measure: Measure) -> None:
    shown = client.get(f"/monitoring/aenderungen/?von={THEN}&bis={THEN + timedelta(days=1)}").content.decode()

    assert "Nichts hat sich geändert" in shown


def test_the_page_shows_the_sentences_and_leads_to_the_measures(client: Client, measure: Measure) -> None:
    shown = html.unescape(client.get(f"/monitoring/aenderungen/?von={THEN}&bis={END}").content.decode())

    assert [sentence for sentence in SENTENCES if sentence not in shown] == []
    assert '<a href="/massnahmen/netz/">M-1 Netz</a>' in shown
    assert "8 Änderungen." in shown


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("von=2024-99-01", "ist kein Tag"),
        ("von=x%00y", "ist kein Tag"),
        ("von=2020-01-01", "Die Aufzeichnung beginnt am 02.01.2024."),
        ("von=9999-01-01", "ist noch nicht vorbei"),
        (f"von={END}&bis={THEN}", "Der 30.06.2024 liegt nicht vor dem 31.03.2024."),
        (f"von={THEN}&bis={THEN}", "liegt nicht vor dem"),
        ("bis=2999-01-01", "ist noch nicht vorbei"),
    ],
)
def test_days_that_cannot_be_compared_are_explained(
    client: Client, measure: Measure, query: str, says: str
) -> None:
    response = client.get(f"/monitoring/aenderungen/?{query}")

    assert (response.status_code, says in response.content.decode()) == (200, True)


def test_without_a_past_there_is_nothing_to_compare(client: Client) -> None:
    assert client.get("/monitoring/aenderungen/").status_code == 200
    make_region()
    assert client.get("/monitoring/aenderungen/").status_code == 200


def test_the_list_of_reports_and_a_past_page_lead_here(client: Client, measure: Measure) -> None:
    assert "/monitoring/aenderungen/" in client.get("/berichte/").content.decode()
    past = client.get(f"/massnahmen/?stand={THEN}").content.decode()
    assert re.search(rf'href="/monitoring/aenderungen/\?von={THEN}"', past)


def test_it_asks_as_often_for_many_changes_as_for_few(
    client: Client, measure: Measure, count_queries: Callable[[], Any]
) -> None:
    client.force_login(make_user(Role.COORDINATION))
    address = f"/monitoring/aenderungen/?von={THEN}&bis={END}"
    client.get(address)
    with count_queries() as few:
        client.get(address)
    with happened_on(BEFORE + timedelta(days=1)):
        more = [make_measure(f"Weitere {number}") for number in range(10)]
    with happened_on(LATER + timedelta(days=1)):
        for each in more:
            each.phase, each.lead = "pilot", make_measure("Sonst").lead
            each.save_over(each.version)

    with count_queries() as many:
        client.get(address)

    assert len(many) == len(few)


def test_a_day_that_cannot_be_shown_stays_in_its_field_and_says_what_is_wrong(
    measure: Measure, client: Client
) -> None:
    future = localdate() + timedelta(days=30)

    page = client.get(f"/monitoring/aenderungen/?von={THEN}&bis={future}").content.decode()

    assert f'name="von" value="{THEN}"' in page
    assert f'name="bis" value="{future}"' in page
    assert f"Der {future:%d.%m.%Y} ist noch nicht vorbei." in page
    assert 'aria-invalid="true" aria-describedby="bis-error"' in page
    assert ['aria-describedby="von-error"' in page, "Nichts hat sich geändert" in page] == [False, False]


def test_both_days_are_told_what_is_wrong_with_them(measure: Measure, client: Client) -> None:
    asked = client.get("/monitoring/aenderungen/?von=1990-01-01&bis=kaputt").context["asked"]

    assert list(asked.problems) == ["von", "bis"]
    assert asked.typed == {"von": "1990-01-01", "bis": "kaputt"}


def test_days_in_the_wrong_order_stay_as_they_were_typed(measure: Measure, client: Client) -> None:
    asked = client.get(f"/monitoring/aenderungen/?von={END}&bis={THEN}").context["asked"]

    assert asked.problems == {"von": "Der 30.06.2024 liegt nicht vor dem 31.03.2024."}
    assert asked.typed == {"von": f"{END}", "bis": f"{THEN}"}
