"""Committees whose every text is a word of its own: found on a page, it says what is told there."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.utils.timezone import localdate, now

from governance.models import (
    AgendaItem,
    Amendment,
    Attendance,
    Circular,
    Committee,
    Consultation,
    FollowUp,
    Meeting,
    Minutes,
    Mirror,
    MirroredObject,
    MirrorLink,
    MirrorRun,
    Paper,
    PaperFile,
    Resolution,
    ResolutionMeasure,
    Seat,
    Series,
    Term,
    Topic,
)
from governance.services.circulars import close_circular, withdraw_circular
from governance.services.minutes import amend_minutes
from measures.models import Measure
from network.models import Role, User
from tests.factories import make_committee, make_user
from tests.governance.circular_rows import make_circular, opened, vote
from tests.governance.leak_words import ALL, KEEPER, NOBODY, VISIBILITIES, Circle, Garden
from tests.governance.rows import (
    make_file,
    make_item,
    make_meeting,
    make_minutes,
    make_paper,
    make_resolution,
    make_series,
    make_station,
    make_topic,
    seal,
)


def plant(measure: Measure) -> Garden:
    """An open, an internal and a draft committee, each with every row in every visibility."""
    garden = Garden()
    for reader in ("member", "other"):
        garden.accounts[reader] = make_user(Role.STEERING)
    within, closed = KEEPER | {"member"}, KEEPER | {"other"}
    circles = [
        _circle(garden, "kv-offen", "public", ALL, within),
        _circle(garden, "kv-innen", "internal", closed, closed),
        _circle(garden, "kv-entwurf", "draft", KEEPER, KEEPER),
    ]
    for circle, sits in zip(circles, ("member", "other", "other"), strict=True):
        _seats(garden, circle, garden.accounts[sits])
        _papers(garden, circle)
        _meetings(garden, circle, measure)
        _series_and_topics(garden, circle)
    _ways(garden, *circles)
    _sealed(garden, circles[0])
    _circulars(garden, circles[0])
    _mirror(garden, circles)
    return garden


def _circle(
    garden: Garden, slug: str, visibility: str, public: frozenset[str], internal: frozenset[str]
) -> Circle:
    texts = garden.texts(Committee, slug, public)
    committee = make_committee(texts.pop("name"), slug=slug, visibility=visibility, **texts)
    garden.at(gremien=slug)
    garden.at(organization=committee.pk)
    return Circle(committee, public, internal)


def _seats(garden: Garden, circle: Circle, account: User) -> None:
    committee = circle.committee
    term = Term.objects.create(
        committee=committee, starts_on=date(2024, 1, 1), **garden.texts(Term, circle.slug, circle.public)
    )
    accounts = KEEPER | {"administration"}
    named = make_user(Role.STEERING, name=garden.word(f"{circle.slug} account", "User.name", accounts))
    for user, votes in ((account, True), (named, True), (None, False)):
        texts = garden.texts(Seat, circle.slug, circle.public)
        seat = Seat.objects.create(
            committee=committee, group="county", user=user, term=term, votes=votes, **texts
        )
        garden.at(gremien=circle.slug, sitze=seat.pk)
        garden.at(person=seat.pk)
        garden.at(membership=seat.pk)
    garden.at(gremien=circle.slug, amtszeiten=term.pk)
    garden.at(legislativeterm=term.pk)


def _papers(garden: Garden, circle: Circle) -> None:
    for visibility in VISIBILITIES:
        _paper(garden, circle, visibility, circle.readers(visibility))


def _paper(
    garden: Garden, circle: Circle, visibility: str, readers: frozenset[str], handed: Circle | None = None
) -> Paper:
    """A paper with attachments of each visibility; handed to another circle, its members read both."""
    label = f"{circle.slug} {visibility}{' handed' if handed else ''}"
    paper = make_paper(
        circle.committee,
        visibility=visibility,
        dated=localdate(),
        **garden.texts(Paper, label, readers),
    )
    garden.at(vorlagen=paper.pk)
    garden.at(paper=paper.pk)
    for shown in VISIBILITIES:
        beside = handed.internal if handed and shown != "draft" else NOBODY
        who = (circle.readers(shown) | beside) & readers
        texts = garden.texts(PaperFile, f"{label} paper {shown}", who)
        file = make_file(paper, texts.pop("title"), visibility=shown)
        PaperFile.objects.filter(pk=file.pk).update(**texts)
        garden.at(vorlagen=paper.pk, anlagen=file.pk)
        garden.at(file=file.pk)
    if handed:
        station = make_station(paper, handed.committee)
        garden.at(vorlagen=paper.pk, stationen=station.pk)
        garden.at(consultation=station.pk)
    return paper


def _meetings(garden: Garden, circle: Circle, measure: Measure) -> None:
    papers = {paper.visibility: paper for paper in circle.committee.papers.all()}
    crossed = dict(zip(VISIBILITIES, ["internal", "public", "public"], strict=True))
    hidden = None
    for shown in reversed(circle.visibilities):
        meeting = _meeting(garden, circle, shown)
        upcoming = _meeting(garden, circle, shown, starts_at=now() + timedelta(days=5), status="invited")
        for number, visibility in enumerate(circle.visibilities, start=1):
            item = _item(garden, circle, meeting, number, visibility, paper=papers[crossed[visibility]])
            _item(garden, circle, upcoming, number, visibility)
            for said in VISIBILITIES if shown == visibility == "public" else [crossed[visibility]]:
                _resolution(garden, circle, said, measure, item=item, noted_in=hidden)
        _attendance_and_minutes(garden, circle, meeting)
        hidden = hidden or meeting
    _references(garden, circle, measure, papers)


def _meeting(garden: Garden, circle: Circle, visibility: str, **values: Any) -> Meeting:
    texts = garden.texts(Meeting, f"{circle.slug} {visibility}", circle.readers("public", visibility))
    meeting = make_meeting(circle.committee, texts.pop("title"), visibility=visibility, **texts, **values)
    garden.at(gremien=circle.slug, sitzungen=meeting.pk)
    garden.at(meeting=meeting.pk)
    garden.at(location=meeting.pk)
    return meeting


def _item(  # noqa: PLR0917
    garden: Garden,
    circle: Circle,
    meeting: Meeting,
    number: int,
    visibility: str,
    minutes: frozenset[str] = KEEPER,
    **values: Any,
) -> Any:
    readers = circle.readers(meeting.visibility, visibility)
    label = f"{circle.slug} {meeting.visibility} meeting {visibility}"
    texts = garden.texts(AgendaItem, label, readers, minutes=minutes & readers)
    item = make_item(meeting, number, texts.pop("title"), visibility=visibility, **texts, **values)
    garden.at(gremien=circle.slug, sitzungen=meeting.pk, top=item.pk)
    garden.at(agendaitem=item.pk)
    return item


def _resolution(
    garden: Garden, circle: Circle, visibility: str, measure: Measure, noted_in: Any = None, **values: Any
) -> Resolution:
    readers = circle.readers("public", visibility)
    texts = garden.texts(Resolution, f"{circle.slug} {visibility}", readers)
    number = texts.pop("number")
    resolution = make_resolution(
        circle.committee, number, visibility=visibility, outcome="postponed", **texts, **values
    )
    for noted in (noted_in, None):
        follow_up = FollowUp.objects.create(
            resolution=resolution,
            reported_on=localdate(),
            due_on=localdate(),
            noted_in=noted,
            **garden.texts(FollowUp, f"{circle.slug} {visibility}", readers),
        )
        garden.at(gremien=circle.slug, umsetzung=follow_up.pk)
    ResolutionMeasure.objects.create(resolution=resolution, measure=measure)
    garden.at(gremien=circle.slug, beschluesse=resolution.pk)
    return resolution


def _references(garden: Garden, circle: Circle, measure: Measure, papers: dict[str, Paper]) -> None:
    """Public rows that name others which are not."""
    internal = _resolution(garden, circle, "internal", measure)
    _resolution(garden, circle, "public", measure, supersedes=internal)
    urgent = _resolution(garden, circle, "public", measure, procedure="urgent")
    FollowUp.objects.create(
        resolution=urgent,
        is_approval=True,
        **garden.texts(FollowUp, f"{circle.slug} approval", circle.public),
    )
    _resolution(garden, circle, "internal", measure, approves=urgent)
    Paper.objects.filter(pk=papers["public"].pk).update(answers=papers["internal"], refers_to=internal)
    Paper.objects.filter(pk=papers["internal"].pk).update(answers=papers["draft"])


def _attendance_and_minutes(garden: Garden, circle: Circle, meeting: Meeting) -> None:
    _attend(garden, circle, meeting)
    make_minutes(meeting, **garden.texts(Minutes, f"{circle.slug} {meeting.visibility}", KEEPER))


def _attend(garden: Garden, circle: Circle, meeting: Meeting) -> None:
    """A note on a part is for the coordinator alone, as its form says."""
    for seat in circle.committee.seats.all():
        texts = garden.texts(Attendance, f"{circle.slug} {meeting.visibility} meeting", KEEPER)
        Attendance.objects.create(meeting=meeting, seat=seat, state="present", **texts)


def _series_and_topics(garden: Garden, circle: Circle) -> None:
    paper = circle.committee.papers.filter(visibility="internal").first()
    for visibility in VISIBILITIES:
        texts = garden.texts(Series, f"{circle.slug} {visibility}", KEEPER)
        series = make_series(circle.committee, visibility=visibility, at=time(9), **texts)
        garden.at(gremien=circle.slug, terminreihen=series.pk)
        hidden = circle.committee.meetings.filter(visibility="draft").first()
        for item in (None, hidden and hidden.items.first()):
            topic = make_topic(
                circle.committee,
                visibility=visibility,
                paper=paper,
                item=item,
                **garden.texts(Topic, f"{circle.slug} {visibility}", circle.readers("public", visibility)),
            )
            garden.at(gremien=circle.slug, themen=topic.pk)


def _ways(garden: Garden, opened_to_all: Circle, closed: Circle, draft: Circle) -> None:
    """Papers that lie before a second committee, whose members read them and nothing else of the first."""
    for circle, other in ((opened_to_all, closed), (closed, opened_to_all)):
        for visibility in circle.visibilities:
            beside = other.internal if visibility != "draft" else NOBODY
            paper = _paper(garden, circle, visibility, circle.readers(visibility) | beside, other)
            hidden = circle.committee.meetings.filter(visibility="internal").order_by("pk")[0]
            item = _item(garden, circle, hidden, 4 + VISIBILITIES.index(visibility), "public", paper=paper)
            station = make_station(paper, circle.committee, item=item)
            last = make_station(paper, draft.committee, "decide")
            for one in (station, last):
                garden.at(vorlagen=paper.pk, stationen=one.pk)
                garden.at(consultation=one.pk)
            assert Consultation.objects.filter(paper=paper).count() == 3


def _sealed(garden: Garden, circle: Circle) -> None:
    """Minutes that lie before the members, and approved ones with corrections."""
    for visibility in ("public", "internal"):
        who = circle.readers(visibility)
        for status, readers in (("minutes_ready", circle.internal), ("held", who)):
            meeting = _meeting(garden, circle, visibility, status=status, starts_at=now() - timedelta(days=3))
            for number, shown in enumerate(("public", "internal"), start=1):
                _item(garden, circle, meeting, number, shown, minutes=readers)
            _attend(garden, circle, meeting)
            texts = garden.texts(Minutes, f"{circle.slug} {visibility} {status}", readers & who)
            if status == "minutes_ready":
                make_minutes(meeting, **texts)
            else:
                minutes = seal(meeting, **texts)
                garden.at(protocol=minutes.pk)
                _amend(garden, circle, minutes)


def _amend(garden: Garden, circle: Circle, minutes: Any) -> None:
    for visibility in ("public", "internal"):
        readers = circle.readers(minutes.meeting.visibility, visibility)
        texts = garden.texts(Amendment, f"{circle.slug} {minutes.meeting.visibility} {visibility}", readers)
        amend_minutes(
            amendment=Amendment(minutes=minutes, on=localdate(), visibility=visibility, **texts), by=None
        )


def _circulars(garden: Garden, circle: Circle) -> None:
    """A draft, one that runs, one that was withdrawn and one that is closed; public and internal."""
    states: dict[str, Callable[..., Circular]] = {
        "draft": make_circular,
        "open": opened,
        "withdrawn": opened,
        "closed": opened,
    }
    readers_of_now = list(garden.accounts.values())
    for visibility in ("public", "internal"):
        for state, make in states.items():
            readers = {"draft": KEEPER, "closed": circle.readers(visibility)}.get(state, circle.internal)
            texts = garden.texts(Circular, f"{visibility} {state}", readers)
            circular = make(circle.committee, visibility=visibility, **texts)
            garden.at(gremien=circle.slug, umlauf=circular.pk)
            secret = circle.internal if state == "closed" else NOBODY
            for right in circular.entitlements.filter(user__isnull=False).exclude(user__in=readers_of_now):
                comment = garden.word(f"{visibility} {state} Ballot.comment", "Ballot.comment", secret)
                vote(circular, right.user, "yes", comment)  # type: ignore[arg-type]
            _end(garden, circular, state, circle)


def _end(garden: Garden, circular: Circular, state: str, circle: Circle) -> None:
    if state == "withdrawn":
        reason = garden.word("Circular.withdrawn_reason", "Circular.withdrawn_reason", circle.internal)
        withdraw_circular(circular=circular, version=circular.version, reason=reason, by=None)
    elif state == "closed":
        for right in circular.entitlements.filter(ballot=None, user__isnull=False):
            vote(circular, right.user, "yes")  # type: ignore[arg-type]
        close_circular(circular=circular, by=None)


def _mirror(garden: Garden, circles: list[Circle]) -> None:
    """A foreign system; what it serves is public, and shown where the committee may be known."""
    texts = garden.texts(Mirror, "mirror", KEEPER, name=ALL)
    mirror = Mirror.objects.create(**texts)
    MirrorRun.objects.create(mirror=mirror, **garden.texts(MirrorRun, "mirror", KEEPER))
    garden.at(spiegel=mirror.pk)
    for circle in circles:
        link = MirrorLink.objects.create(
            mirror=mirror,
            committee=circle.committee,
            **garden.texts(MirrorLink, circle.slug, KEEPER),
        )
        garden.at(spiegel=mirror.pk, zuordnungen=link.pk)
        for kind in ("Meeting", "Paper"):
            texts = garden.texts(MirroredObject, circle.slug, circle.public)
            data = {
                "id": texts["foreign_id"],
                "name": garden.word(circle.slug, f"{kind}.name", circle.public),
            }
            MirroredObject.objects.create(
                mirror=mirror,
                kind=kind,
                data=data,
                organizations=[link.organization],
                seen_at=now(),
                **texts,
            )
