"""Ideas that many support come on the steering committees' agendas until they are answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.timezone import now

from governance.automatic import kinds
from governance.models import Meeting
from network.models import Role
from participation.models import Idea, Support
from participation.models.ideas import ON_AGENDA_FROM
from participation.services.ideas import edit_idea, withdraw_idea
from participation.services.support import withdraw_support
from tests.factories import make_committee, make_measure, make_user
from tests.governance.rows import make_meeting
from tests.participation.rows import make_idea, make_supporters

pytestmark = pytest.mark.django_db


def entries(meeting: Meeting, reader: Any = None) -> list[tuple[Idea, int]]:
    (automatic,) = [each for each in kinds() if each.kind == "ideas"]
    found = automatic.entries(meeting, reader or AnonymousUser())
    assert automatic.applies(meeting) == bool(found)
    return [(entry.idea, entry.number) for entry in found]


def coming() -> Meeting:
    return make_meeting(make_committee(), starts_at=now() + timedelta(days=9), status="planned")


def test_an_idea_with_enough_supporters_waits_on_every_agenda_until_it_is_answered() -> None:
    meeting, idea, few = coming(), make_idea(), make_idea("Kaum gewollt")
    make_supporters(idea, ON_AGENDA_FROM)
    make_supporters(few, ON_AGENDA_FROM - 1)

    before = entries(meeting)
    idea.refresh_from_db()
    idea.answer = "Das machen wir."
    edit_idea(idea=idea, version=idea.version, by=None)

    assert (before, entries(meeting)) == ([(idea, ON_AGENDA_FROM)], [])


def test_an_idea_that_a_measure_takes_up_needs_no_agenda() -> None:
    idea = make_idea(measure=make_measure())
    make_supporters(idea, ON_AGENDA_FROM)

    assert entries(coming()) == []


def test_a_held_meeting_lists_what_was_wanted_when_it_began() -> None:
    idea = make_idea()
    make_supporters(idea, ON_AGENDA_FROM)
    held = make_meeting(make_committee(), starts_at=now(), status="held")
    idea.refresh_from_db()
    idea.answer = "Danach beantwortet."
    edit_idea(idea=idea, version=idea.version, by=None)
    earlier = make_meeting(make_committee("Früher"), starts_at=now() - timedelta(days=2), status="held")
    Support.objects.bulk_create(Support(idea=idea, who=f"später {n}", confirmed_at=now()) for n in range(3))
    withdraw_support(voice=Support.objects.exclude(who__startswith="später").first())

    assert entries(held) == [(idea, ON_AGENDA_FROM)]
    assert entries(earlier) == []


def test_an_idea_that_was_taken_back_is_told_to_nobody() -> None:
    idea = make_idea()
    make_supporters(idea, ON_AGENDA_FROM)
    withdraw_idea(idea=idea)

    assert entries(coming(), make_user(Role.COORDINATION)) == []


def test_other_committees_do_not_deal_with_ideas() -> None:
    make_supporters(make_idea(), ON_AGENDA_FROM)
    council = make_meeting(make_committee("Kreistag", kind="council"), starts_at=now() + timedelta(days=9))
    (automatic,) = [each for each in kinds() if each.kind == "ideas"]

    assert not automatic.applies(council)
