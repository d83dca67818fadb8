"""Short ways to the rows of a committee."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from governance.models import AgendaItem, Committee, Meeting, Paper, Resolution, Seat, Topic
from network.models import Role, User
from tests.factories import make_user


def make_meeting(committee: Committee, title: str = "Frühjahrssitzung", **values: Any) -> Meeting:
    starts_at: datetime = values.pop("starts_at", now() - timedelta(days=7))
    return Meeting.objects.create(
        committee=committee, title=title, starts_at=starts_at, **{"visibility": "public", **values}
    )


def make_item(meeting: Meeting, number: int = 1, title: str = "Bericht", **values: Any) -> AgendaItem:
    return AgendaItem.objects.create(
        meeting=meeting, number=number, title=title, **{"visibility": "public", **values}
    )


def make_topic(committee: Committee, title: str = "Schulung", **values: Any) -> Topic:
    return Topic.objects.create(committee=committee, title=title, **{"visibility": "public", **values})


def make_paper(committee: Committee, title: str = "Antrag", **values: Any) -> Paper:
    return Paper.objects.create(
        committee=committee, title=title, **{"kind": "motion", "visibility": "public", **values}
    )


def make_resolution(committee: Committee, number: str = "LK 2026/01", **values: Any) -> Resolution:
    defaults: dict[str, Any] = {
        "title": "Sensornetz ausbauen",
        "wording": "Das Sensornetz wird ausgebaut.",
        "resolved_on": (now() - timedelta(days=30)).date(),
        "outcome": "adopted",
        "visibility": "public",
    }
    return Resolution.objects.create(committee=committee, number=number, **{**defaults, **values})


def make_member(committee: Committee) -> User:
    member = make_user(Role.STEERING)
    Seat.objects.create(committee=committee, group="county", function="Mitglied", user=member)
    return member
