"""Short ways to the rows of a committee."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.timezone import now

from governance.documents.files import WRITERS, editions_of, reader_of
from governance.documents.minutes import minutes_of
from governance.models import AgendaItem, Committee, Meeting, Minutes, Paper, Resolution, Seat
from governance.services.minutes import approve_minutes, present_minutes, seal_minutes
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


def make_minutes(meeting: Meeting, **values: Any) -> Minutes:
    """With what is needed to present them."""
    defaults = {"chair": "Vorsitz", "minute_taker": "Schriftführung", "opened_at": time(14)}
    return Minutes.objects.create(meeting=meeting, **{**defaults, **values})


def approve(meeting: Meeting) -> Minutes:
    """Minutes that were presented and approved on the day of the meeting; their job waits."""
    minutes = make_minutes(meeting)
    present_minutes(meeting=meeting, by=None)
    return approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)


def seal(meeting: Meeting) -> Minutes:
    """As the job does it, in the transaction of the test."""
    minutes = approve(meeting)
    documents = {
        edition: minutes_of(minutes, reader_of(edition, meeting), edition=edition, moment=now())
        for edition in editions_of(meeting)
    }
    contents = {
        (edition.value, kind): writer.write(document)
        for edition, document in documents.items()
        for kind, writer in WRITERS.items()
    }
    seal_minutes(minutes, contents)
    return minutes
