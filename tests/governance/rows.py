"""Short ways to the rows of a committee."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import now

from governance.documents.files import WRITERS, editions_of, reader_of
from governance.documents.minutes import minutes_of
from governance.models import (
    AgendaItem,
    Attendance,
    Committee,
    Consultation,
    FollowUp,
    Meeting,
    Minutes,
    Paper,
    PaperFile,
    Resolution,
    Seat,
    Series,
    Topic,
)
from governance.services.consultations import add_station
from governance.services.minutes import approve_minutes, present_minutes, seal_minutes
from governance.services.papers import add_file
from governance.services.resolutions import next_number
from measures.models import Measure
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from network.models import Role, User
from smartregion.base.models import Job
from smartregion.base.uploads import Upload
from tests.factories import make_measure, make_user


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


def make_station(paper: Paper, committee: Committee, role: str = "prepare", **values: Any) -> Consultation:
    return add_station(station=Consultation(paper=paper, committee=committee, role=role, **values), by=None)


def make_file(paper: Paper, title: str = "Anlage", **values: Any) -> PaperFile:
    attachment = PaperFile(paper=paper, title=title, **{"visibility": "public", **values})
    return add_file(attachment=attachment, file=Upload("anlage.pdf", "pdf", b"%PDF-"), by=None)


def make_resolution(committee: Committee, number: str = "LK 2026/01", **values: Any) -> Resolution:
    """A resolution; `due_on`, `responsible` and `noted_in` are those of its one follow-up."""
    names = ("what", "due_on", "responsible", "noted_in")
    follow_up = {name: values.pop(name) for name in names if name in values}
    defaults: dict[str, Any] = {
        "title": "Sensornetz ausbauen",
        "wording": "Das Sensornetz wird ausgebaut.",
        "resolved_on": (now() - timedelta(days=30)).date(),
        "outcome": "adopted",
        "visibility": "public",
    }
    row = {**defaults, **values}
    if committee.keeps_register:
        row["sequence"], _written = next_number(committee=committee, year=row["resolved_on"].year)
    if row.get("votes_for") is not None:
        votes = row["votes_for"] + row["votes_against"] + row["abstentions"]
        row = {"entitled": votes, "present": votes, "excluded": 0, "quorum_needed": 0, **row}
    resolution = Resolution.objects.create(committee=committee, number=number, **row)
    if follow_up or resolution.is_binding:
        FollowUp.objects.create(resolution=resolution, **{"what": "Umsetzung des Beschlusses", **follow_up})
    return resolution


def make_present(meeting: Meeting, number: int, absent: int = 0) -> list[Seat]:
    """So many seats with a vote that are there, and others that are not."""
    seats = [
        Seat.objects.create(committee=meeting.committee, group="county", function=f"Stimme {each}")
        for each in range(number + absent)
    ]
    for seat in seats[:number]:
        Attendance.objects.create(meeting=meeting, seat=seat, state="present")
    return seats


def make_member(committee: Committee) -> User:
    member = make_user(Role.STEERING)
    Seat.objects.create(committee=committee, group="county", function="Mitglied", user=member)
    return member


def make_deputy(member: Seat, user: User | None = None) -> Seat:
    return Seat.objects.create(
        committee=member.committee,
        group=member.group,
        function=f"Ersatz für {member.function}",
        votes=False,
        deputy_for=member,
        user=user or make_user(Role.STEERING),
    )


def make_series(committee: Committee, **values: Any) -> Series:
    """Without its meetings."""
    rule = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1WE;COUNT=8"
    defaults = {"title": "Runde", "rule": rule, "starts_on": date(2026, 10, 1), "at": time(9)}
    return Series.objects.create(committee=committee, **{**defaults, **values})


def make_minutes(meeting: Meeting, **values: Any) -> Minutes:
    """With what is needed to present them."""
    defaults = {"chair": "Vorsitz", "minute_taker": "Schriftführung", "opened_at": time(14)}
    return Minutes.objects.create(meeting=meeting, **{**defaults, **values})


def approve(meeting: Meeting, **values: Any) -> Minutes:
    """Minutes that were presented and approved on the day of the meeting; their job waits."""
    minutes = make_minutes(meeting, **values)
    present_minutes(meeting=meeting, by=None)
    return approve_minutes(minutes=minutes, version=1, approved_on=meeting.day, by=None)


def seal(meeting: Meeting, **values: Any) -> Minutes:
    """As the job does it, in the transaction of the test."""
    minutes = approve(meeting, **values)
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


def draft_of(item: AgendaItem, **values: object) -> Resolution:
    meeting = item.meeting
    defaults = {"committee": meeting.committee, "resolved_on": meeting.day, "outcome": "adopted"}
    defaults |= {"title": "Ausbau", "wording": "Ausgebaut wird.", "visibility": "public"}
    return Resolution(item=item, **{**defaults, **values})


def make_red(title: str = "Netz", reason: str = "Kein Anbieter", **values: Any) -> Measure:
    return make_measure(title, light="red", light_reason=reason, **values)


def make_report(audience: str = "public", start: date = date(2024, 1, 1)) -> Report:
    period = Period(start, start + timedelta(days=80))
    report = request_report(kind="status", audience=audience, period=period)
    Job.objects.update(status="done")
    moment = now()
    Report.objects.filter(pk=report.pk).update(
        compiled_at=moment,
        released_at=moment,
        released_as="Koordinierungsstelle",
        sealed_at=moment,
        approved_as="Vorsitz",
        sha256="0" * 64,
        snapshot="{}",
    )
    return Report.objects.get(pk=report.pk)
