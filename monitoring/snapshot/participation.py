"""Who takes part, counted from what the portal knows, each figure with its rule."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from governance.models import Meeting
from measures.models import (
    Experience,
    RolloutCell,
    RoundInvitation,
    RoundMeasure,
    StatusRound,
    TeamMember,
    Visibility,
    Wish,
)
from monitoring.snapshot import schema
from monitoring.snapshot.figures import counted, figure
from monitoring.snapshot.past import Row
from monitoring.snapshot.public import figures_of_the_public
from monitoring.snapshot.world import World
from network.models import Sector
from smartregion.base import written
from smartregion.base.history import event_model

ANSWERED = """
SELECT DISTINCT asked.round, event.municipality_id
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
    AS asked(round, measure, opened_at, ended_at)
JOIN {events} event ON event.measure_id = asked.measure
    AND event.confirmed_at BETWEEN asked.opened_at AND asked.ended_at
WHERE event.pgh_created_at <= %s
"""


def participation_of(world: World) -> schema.Participation:
    if "participation" not in world.parts:
        return schema.Participation(figures=[], sectors=[])
    seats = [
        row
        for row in world.past.rows(TeamMember, "measure_id", "organisation_id", "sector")
        if row.measure_id in world.nos
    ]
    of_the_steering = [*_teams(world, seats), *_rounds(world), *_of_cells(world), *_meetings(world)]
    figures = [*of_the_steering, *figures_of_the_public(world)]
    return schema.Participation(figures=figures, sectors=_sectors(world, seats))


def _teams(world: World, seats: list[Row]) -> Iterator[schema.Figure]:
    sectors = defaultdict(set)
    for seat in seats:
        sectors[seat.measure_id].add(seat.sector)
    yield counted(
        _("Entwicklungsteams"),
        (_named(world, key) for key in sectors),
        _("Maßnahmen des Berichts, deren Team am Stichtag mindestens einen Sitz hatte."),
    )
    yield counted(
        _("Teams mit allen vier Sektoren"),
        (_named(world, key) for key, found in sectors.items() if len(found) == len(Sector)),
        _("Teams mit mindestens einem Sitz aus Kommunen, Wirtschaft, Wissenschaft und Zivilgesellschaft."),
    )
    yield counted(
        _("Organisationen in den Teams"),
        (world.organisations[key].name for key in {seat.organisation_id for seat in seats}),
        _("Jede Organisation zählt einmal, auch wenn sie in mehreren Teams sitzt."),
    )


def _named(world: World, measure: int) -> str:
    return f"{world.nos[measure]} {world.by_key[measure].title}"


def _sectors(world: World, seats: list[Row]) -> list[schema.Figure]:
    rule = _("Sitze in den Entwicklungsteams am Stichtag.")
    names: dict[str, list[str]] = defaultdict(list)
    for seat in seats:
        names[seat.sector].append(world.organisations[seat.organisation_id].name)
    return [counted(str(sector.label), names[sector], rule) for sector in Sector]


def _rounds(world: World) -> Iterator[schema.Figure]:
    """Of the rounds that were opened in the period, who was asked and who answered."""
    opened = {
        row.pk: row
        for row in world.past.rows(StatusRound, "opened_at", "closed_at", "closes_on")
        if localdate(row.opened_at) in world.period
    }
    asked_for = [
        (opened[link.round_id], link.measure_id)
        for link in world.past.rows(RoundMeasure, "round_id", "measure_id")
        if link.round_id in opened and link.measure_id in world.nos
    ]
    rounds = {row.pk for row, _measure in asked_for}
    places = {row.pk for row in world.places}
    asked = {
        (row.round_id, row.municipality_id)
        for row in world.past.rows(RoundInvitation, "round_id", "municipality_id")
        if row.round_id in rounds and row.municipality_id in places
    }
    yield counted(
        _("Statusabfragen"),
        (_("Abfrage vom %s") % written.day(localdate(opened[key].opened_at)) for key in rounds),
        _("Im Berichtszeitraum eröffnete Abfragen, die nach einer Maßnahme des Berichts fragten."),
    )
    yield _of_places(
        world,
        _("dabei gefragte Kommunen"),
        asked,
        _("Kommunen, die eine Abfrage bekommen haben; in mehreren Abfragen mehrfach gezählt."),
    )
    yield _of_places(
        world,
        _("davon haben geantwortet"),
        asked & _answers(world, asked_for),
        _("Gefragte Kommunen, von denen während der Abfrage mindestens ein erfragter Stand bestätigt wurde."),
    )


def _of_places(world: World, label: str, pairs: set[tuple[int, int]], rule: str) -> schema.Figure:
    """Of rounds and municipalities. Who was asked and answered is a matter of those who work with it."""
    if world.past.is_public:
        return figure(label, len(pairs), rule)
    names = {row.pk: row.name for row in world.places}
    return counted(label, (names[place] for _round, place in pairs), rule)


def _answers(world: World, asked_for: list[tuple[Row, int]]) -> set[tuple[int, int]]:
    """Round and municipality, where a cell that was asked for was confirmed while the round was open.

    A cell keeps only its last confirmation, so its events are asked.
    """
    query = ANSWERED.format(events=event_model(RolloutCell)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            [
                [row.pk for row, _measure in asked_for],
                [measure for _row, measure in asked_for],
                [row.opened_at for row, _measure in asked_for],
                [_end_of(row) for row, _measure in asked_for],
                world.past.moment,
            ],
        )
        return set(cursor.fetchall())


def _end_of(row: Row) -> datetime:
    """See `StatusRound.ends_at`."""
    midnight = make_aware(datetime.combine(row.closes_on + timedelta(days=1), time()))
    return min(row.closed_at or midnight, midnight)


def _of_cells(world: World) -> Iterator[schema.Figure]:
    """Wishes and experiences. A wish is a matter between municipality and steering: not for the public."""
    wishes = [] if world.past.is_public else world.past.rows(Wish, "cell_id", "made_on", "state")
    experiences = _experiences(world)
    keys = {row.cell_id for row in [*wishes, *experiences]}
    names = {row.pk: row.name for row in world.places}
    cells = {
        row.pk: f"{names[row.municipality_id]}: {_named(world, row.measure_id)}"
        for row in world.past.rows(RolloutCell, "measure_id", "municipality_id", keys=keys)
        if row.measure_id in world.nos and row.municipality_id in names
    }
    made = [
        row
        for row in wishes
        if row.cell_id in cells and row.made_on in world.period and row.state != Wish.State.WITHDRAWN
    ]
    if not world.past.is_public:
        yield counted(
            _("Wünsche der Kommunen"),
            (cells[row.cell_id] for row in made),
            _("Im Berichtszeitraum geäußerte Wünsche nach Maßnahmen des Berichts, ohne zurückgenommene."),
        )
    yield counted(
        _("Erfahrungsberichte"),
        (cells[row.cell_id] for row in experiences if row.cell_id in cells),
        _("Erfahrungen, die Kommunen mit Maßnahmen des Berichts bis zum Stichtag aufgeschrieben haben."),
    )


def _experiences(world: World) -> list[Row]:
    """For the public those that were published then and still are."""
    rows = world.past.rows(Experience, "cell_id", "is_public")
    if not world.past.is_public:
        return rows
    taken_back = world.past.taken_back(Experience, Q(is_public=True))
    return [row for row in rows if row.is_public and row.pk not in taken_back]


def _meetings(world: World) -> Iterator[schema.Figure]:
    """Of the whole concept: a meeting deals with more than one part of it."""
    if world.scope.is_narrow:
        return
    held = [
        row
        for row in world.matters.meetings.values()
        if row.status in Meeting.TOOK_PLACE
        and localdate(row.starts_at) in world.period
        and localdate(row.starts_at) <= world.as_of
    ]
    rule = _(
        "Im Berichtszeitraum durchgeführte Sitzungen der Gremien, soweit die Leserschaft sie kennen darf."
    )
    yield counted(_("Sitzungen"), (_meeting(world, row) for row in held), rule)
    yield counted(
        _("davon öffentlich"),
        (_meeting(world, row) for row in held if row.visibility == Visibility.PUBLIC),
        _("Sitzungen, die in diesem Portal öffentlich sind."),
    )


def _meeting(world: World, row: Row) -> str:
    return f"{world.matters.committees[row.committee_id].name}, {written.day(localdate(row.starts_at))}"
