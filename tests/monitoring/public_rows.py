"""What the public did in the second quarter of 2024, and beside it what does not count."""

from datetime import datetime
from typing import Any

from django.utils.timezone import get_current_timezone

from measures.models import Measure
from participation.models import Idea, Support, Survey
from tests.participation.event_rows import make_event
from tests.participation.rows import make_idea, make_sheet, make_survey


def on(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=get_current_timezone())


def make_events() -> None:
    for title, month, values in (
        ("Konferenz", 5, {"participant_count": 40, "present_count": 31}),
        ("Verwaltungen", 6, {"participant_count": 8, "present_count": 8, "audience": "administrations"}),
        ("Ohne Zahlen", 5, {}),
        ("Abgesagt", 5, {"participant_count": 50, "present_count": 0, "is_cancelled": True}),
        ("Intern", 5, {"participant_count": 50, "present_count": 50, "visibility": "internal"}),
        ("Vorher", 3, {"participant_count": 50, "present_count": 50}),
        ("Danach", 7, {"participant_count": 50, "present_count": 50}),
    ):
        make_event(title, starts_at=on(month, 2), ends_at=on(month, 2, 12), **values)


def make_ideas(measure: Measure, hidden: Measure) -> list[Idea]:
    """Two that appeared, one that appeared before; and one that waits and two that were rejected."""
    first, second = dated(make_idea("Eins")), dated(make_idea("Zwei", measure=measure))
    earlier = dated(make_idea("Vorher", measure=hidden), month=2)
    Idea.objects.filter(pk__in=[first.pk, earlier.pk]).update(answer="Ja.", answered_at=on(5, 20))
    dated(make_idea("Wartet", state="waiting"))
    dated(make_idea("Werbung", state="rejected"))
    dated(make_idea("Vergessen", state="rejected"))
    return [first, second, earlier]


def dated(idea: Idea, month: int = 5) -> Idea:
    Idea.objects.filter(pk=idea.pk).update(
        sent_at=on(month, 1), published_at=on(month, 3) if idea.published_at else None
    )
    return idea


def support(idea: Idea, number: int, **values: Any) -> list[Support]:
    defaults = {"idea": idea, "confirmed_at": on(5, 10)}
    return Support.objects.bulk_create(Support(**{**defaults, **values}) for _number in range(number))


def answered_survey(number: int, **values: Any) -> Survey:
    survey = make_survey(**{"opens_at": on(4, 2), "closes_at": on(4, 30), **values})
    for _number in range(number):
        make_sheet(survey, confirmed_at=on(4, 10))
    return survey
