"""What a report counts of events, ideas and consultations; a past day counts the same ever after."""

from typing import Any

import pytest
from django.utils.timezone import now

from monitoring.compile import canonical_json
from monitoring.snapshot import build_snapshot
from participation.models import Event, Idea, Sheet, Support, Survey
from participation.services.ideas import forget_ideas
from participation.services.registrations import erase_registrations, forget_registrations
from participation.services.support import withdraw_support
from tests.factories import make_field, make_measure
from tests.monitoring.public_rows import answered_survey, make_events, make_ideas, on, support
from tests.monitoring.snapshot_rows import report_on
from tests.participation.event_rows import put
from tests.participation.rows import make_sheet

pytestmark = pytest.mark.django_db
FIRST = "Öffentliche Veranstaltungen"


def figures(audience: str = "public", **options: Any) -> dict[str, int]:
    """Those of the public, by label."""
    found = build_snapshot(report_on(audience=audience, **options))["participation"]["figures"]
    assert all(figure["rule"] for figure in found)
    values = {figure["label"]: figure["value"] for figure in found}
    labels = list(values)
    return {label: values[label] for label in labels[labels.index(FIRST) :]} if FIRST in labels else {}


@pytest.fixture
def quarter(municipalities, date_events) -> None:
    first, second, earlier = make_ideas(make_measure(), make_measure(visibility="internal"))
    make_events()
    support(first, 6)
    support(earlier, 2, confirmed_at=on(5, 11))
    support(first, 1, withdrawn_at=on(5, 12))
    support(first, 1, confirmed_at=None)
    support(first, 1, confirmed_at=on(3, 1))
    support(second, 1, came_with=first)
    make_sheet(answered_survey(7), confirmed_at=None)
    answered_survey(9, title="Entwurf", is_published=False)
    answered_survey(0, title="Danach", opens_at=on(7, 2), closes_at=on(7, 9))
    date_events(2024, 6, 2)
    forget_ideas(Idea.objects.filter(title="Vergessen"))


COUNTED = {
    "Öffentliche Veranstaltungen": 3,
    "davon für alle": 2,
    "davon nur für Verwaltungen": 1,
    "Angemeldete mit Platz": 48,
    "davon anwesend": 39,
    "Veröffentlichte Ideen": 2,
    "Beantwortete Ideen": 2,
    "Ideen in Maßnahmen": 1,
    "Unterstützungen von Ideen": 8,
    "Umfragen": 1,
    "Antworten auf Umfragen": 7,
}


def test_the_public_reads_what_took_place_appeared_and_was_counted_in_the_period(quarter: None) -> None:
    assert figures() == COUNTED


def test_accounts_read_what_was_received_and_what_measures_they_know_took_up(quarter: None) -> None:
    assert figures("internal") == {**COUNTED, "Eingegangene Ideen": 5, "Ideen in Maßnahmen": 2}


def test_a_part_of_the_concept_counts_none_of_it(quarter: None) -> None:
    assert figures(kind="field", scope=make_field()) == {}


def test_a_day_is_counted_the_same_after_people_and_ideas_were_deleted(quarter: None) -> None:
    report = report_on(audience="internal")
    event = Event.objects.get(title="Konferenz")
    put(event, "Ada")
    before = canonical_json(build_snapshot(report))
    voice = Support.objects.filter(withdrawn_at=None, confirmed_at=on(5, 10), came_with=None).first()
    assert voice
    withdraw_support(voice=voice)
    erase_registrations(email="ada@example.org")
    forget_registrations()
    forget_ideas(Idea.objects.filter(state="rejected"))
    Sheet.objects.update(who=None)
    support(Idea.objects.get(title="Eins"), 3, confirmed_at=now())
    make_sheet(Survey.objects.get(title="Was zuerst?"))

    assert canonical_json(build_snapshot(report)) == before


def test_a_number_of_people_below_five_is_left_out(municipalities, date_events) -> None:
    make_measure()
    (idea, *_others) = make_ideas(make_measure(), make_measure())
    support(idea, 4)
    answered_survey(4)
    date_events(2024, 6, 2)

    left_out = {"Unterstützungen von Ideen", "Antworten auf Umfragen"}
    assert set(COUNTED) - set(figures()) == left_out


def test_what_was_taken_back_since_is_not_counted_again(quarter: None) -> None:
    Event.objects.filter(title="Konferenz").update(visibility="internal")
    Idea.objects.filter(title="Eins").update(state="withdrawn")
    Survey.objects.filter(title="Was zuerst?").update(is_published=False)

    found = figures()
    assert (found["Öffentliche Veranstaltungen"], found["Veröffentlichte Ideen"], found["Umfragen"]) == (
        2,
        1,
        0,
    )
