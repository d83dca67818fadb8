"""What the public takes part in: events, ideas, consultations.

Counted from the history and from rows that stay, of the whole concept, as meetings are. No figure depends on
what is deleted when its time is over: the numbers of an event are kept when it ends, a voice that is taken
back keeps its days, and so does an idea that is deleted. Ideas are counted and not named: what somebody wrote
can be erased, and a sealed report could not.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from measures.models import Visibility
from monitoring.snapshot import schema
from monitoring.snapshot.figures import counted, figure
from monitoring.snapshot.past import Row
from monitoring.snapshot.world import World
from participation.models import Audience, Event, ForgottenIdea, Idea, Sheet, Support, Survey
from participation.models.surveys import SMALLEST_NUMBER
from smartregion.base import written

EVENT = ("title", "starts_at", "audience", "is_cancelled", "participant_count", "present_count")
IDEA = ("state", "sent_at", "published_at", "answered_at", "measure_id")
SHOWN = (Idea.State.PUBLISHED, Idea.State.MERGED)
"""What went up in another idea is public still, as part of that one."""


def figures_of_the_public(world: World) -> Iterator[schema.Figure]:
    if world.scope.is_narrow:
        return
    yield from _events(world)
    yield from _ideas(world)
    yield from _surveys(world)


def _people(label: str, value: int, rule: str) -> Iterator[schema.Figure]:
    """Left out where there are so few that one could tell who they were."""
    if value == 0 or value >= SMALLEST_NUMBER:
        few = _("Weniger als fünf werden nicht genannt.")
        yield figure(label, value, f"{rule} {few}")


def _begin(world: World) -> datetime:
    return make_aware(datetime.combine(world.period.start, time()))


def _within(world: World) -> tuple[datetime, datetime]:
    """The first and the last moment of the period, as far as it had gone by."""
    midnight = make_aware(datetime.combine(world.period.end + timedelta(days=1), time()))
    return _begin(world), min(midnight - timedelta(microseconds=1), world.past.moment)


def _events(world: World) -> Iterator[schema.Figure]:
    begin, end = _within(world)
    held = [
        row
        for row in world.past.shown(Event, *EVENT)
        if row.visibility == Visibility.PUBLIC and not row.is_cancelled and begin <= row.starts_at <= end
    ]
    yield counted(
        _("Öffentliche Veranstaltungen"),
        map(_event, held),
        _("Veranstaltungen, die im Berichtszeitraum bis zum Stichtag begannen, ohne abgesagte."),
    )
    yield counted(
        _("davon für alle"),
        (_event(row) for row in held if row.audience == Audience.EVERYONE),
        _("Veranstaltungen, zu denen sich alle anmelden konnten oder die ohne Anmeldung offen waren."),
    )
    yield counted(
        _("davon nur für Verwaltungen"),
        (_event(row) for row in held if row.audience == Audience.ADMINISTRATIONS),
        _("Veranstaltungen, zu denen sich nur Verwaltungen anmelden konnten."),
    )
    yield from _people(
        _("Angemeldete mit Platz"),
        sum(row.participant_count or 0 for row in held),
        _(
            "Summe der Zahlen, die nach dem Ende jeder dieser Veranstaltungen festgehalten wurden; "
            "was am Stichtag noch nicht festgehalten war, fehlt. Die Namen werden nach sechs Wochen "
            "gelöscht, die Zahlen bleiben."
        ),
    )
    yield from _people(
        _("davon anwesend"),
        sum(row.present_count or 0 for row in held),
        _("Wer am Einlass abgehakt wurde; wie die Zahl davor festgehalten."),
    )


def _event(row: Row) -> str:
    return f"{row.title}, {written.day(localdate(row.starts_at))}"


def _ideas(world: World) -> Iterator[schema.Figure]:
    rows = world.past.rows(Idea, *IDEA)
    hidden = world.past.taken_back(Idea, Q(state__in=SHOWN))
    public = [row for row in rows if row.published_at and row.state in SHOWN and row.pk not in hidden]
    if not world.past.is_public:
        yield figure(
            _("Eingegangene Ideen"),
            _received(world, rows),
            _(
                "Ideen, die im Berichtszeitraum eingereicht wurden, auch solche, die nicht veröffentlicht "
                "wurden. Gelöschte zählen weiter mit ihrem Tag."
            ),
        )
    yield figure(
        _("Veröffentlichte Ideen"),
        sum(localdate(row.published_at) in world.period for row in public),
        _(
            "Ideen der Öffentlichkeit, die im Berichtszeitraum erschienen; zusammengeführte zählen weiter, "
            "zurückgezogene nicht."
        ),
    )
    yield figure(
        _("Beantwortete Ideen"),
        sum(row.answered_at is not None and localdate(row.answered_at) in world.period for row in public),
        _(
            "Veröffentlichte Ideen, deren Antwort der Koordinierungsstelle im Berichtszeitraum zuletzt "
            "geschrieben wurde."
        ),
    )
    yield figure(
        _("Ideen in Maßnahmen"),
        _taken_up(world, public),
        _(
            "Veröffentlichte Ideen, die am Stichtag mit einer Maßnahme des Berichts verbunden waren und "
            "vor dem Berichtszeitraum mit keiner."
        ),
    )
    yield from _people(
        _("Unterstützungen von Ideen"),
        _voices(world, public),
        _(
            "Im Berichtszeitraum bestätigte Stimmen für veröffentlichte Ideen, ohne bis zum Stichtag "
            "zurückgenommene; je Idee und E-Mail-Adresse eine."
        ),
    )


def _received(world: World, rows: list[Row]) -> int:
    begin, end = _within(world)
    forgotten = ForgottenIdea.objects.filter(
        sent_at__gte=begin, sent_at__lte=end, recorded_at__lte=world.past.moment
    )
    return sum(begin <= row.sent_at <= end for row in rows) + forgotten.count()


def _taken_up(world: World, public: list[Row]) -> int:
    before = replace(world.past, moment=_begin(world) - timedelta(microseconds=1))
    linked = {row.pk for row in before.rows(Idea, "measure_id") if row.measure_id is not None}
    return sum(row.measure_id in world.nos and row.pk not in linked for row in public)


def _voices(world: World, public: list[Row]) -> int:
    """Without those that came along when ideas were merged: they were given to the other one."""
    begin, end = _within(world)
    given = Support.objects.as_of(world.past.moment).filter(idea__in=[row.pk for row in public])
    return given.filter(came_with=None, confirmed_at__gte=begin, confirmed_at__lte=end).count()


def _surveys(world: World) -> Iterator[schema.Figure]:
    begin, end = _within(world)
    hidden = world.past.taken_back(Survey, Q(is_published=True))
    public = [
        row
        for row in world.past.rows(Survey, "title", "is_published", "opens_at", "closes_at")
        if row.is_published and row.pk not in hidden
    ]
    yield counted(
        _("Umfragen"),
        (row.title for row in public if row.opens_at <= end and row.closes_at >= begin),
        _("Veröffentlichte Umfragen, auf die man im Berichtszeitraum bis zum Stichtag antworten konnte."),
    )
    answers = Sheet.objects.filter(survey__in=[row.pk for row in public])
    yield from _people(
        _("Antworten auf Umfragen"),
        answers.filter(confirmed_at__gte=begin, confirmed_at__lte=end).count(),
        _(
            "Antwortbögen, die im Berichtszeitraum gezählt wurden: ohne Adresse mit dem Absenden, sonst "
            "mit der Bestätigung der Adresse."
        ),
    )
