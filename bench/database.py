"""Databases that only live during the run: the example data, and copies of them with more measures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pgtrigger
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from fields.models import ActionField
from measures.models import Measure, Milestone, RolloutCell
from network.models import Municipality, Organisation
from participation.models import Idea
from smartregion.base import search_index

DEFAULT = "default"
UNKEPT = [name for name in settings.MIDDLEWARE if not name.endswith(".PageCacheMiddleware")]
"""For what is measured anew each time: without the middleware that keeps visitors' pages."""


@contextmanager
def example_data() -> Iterator[None]:
    """Work on a new database with the region and example data, like tests do; the portal's is not touched."""
    portal = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_data", verbosity=0)
        yield
    finally:
        connection.creation.destroy_test_db(portal, verbosity=0)


@contextmanager
def copy_with(measures: int, ideas: int = 0, *, copy: int = 0) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a copy of the example data, filled up to these numbers of measures and ideas.

    `copy` tells apart several that are open at once.
    """
    name, origin = f"{measures}_{ideas}_{copy}", connections[DEFAULT]
    creation = origin.creation
    creation.clone_test_db(name, verbosity=0)
    opened = type(origin)(creation.get_test_db_clone_settings(name), DEFAULT)
    try:
        use(opened)
        fill(measures)
        if ideas:
            fill_ideas(ideas)
        use(origin)
        yield opened
    finally:
        opened.close()
        use(origin)
        creation.destroy_test_db(suffix=name, verbosity=0)


def use(wrapper: BaseDatabaseWrapper) -> None:
    """Let Django's queries go there from now on; both connections stay open."""
    connections[DEFAULT] = wrapper


@contextmanager
def without_triggers(model: type[models.Model]) -> Iterator[None]:
    """For many rows: `pgtrigger.ignore` would have each of them read the list of all triggers."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fill(number: int) -> None:
    """Add public measures until there are so many, each with three milestones and a cell per municipality.

    They stand behind those of the example, so that the first page is the same at every size. The history is
    left out: the list does not read it.
    """
    missing = number - Measure.objects.filter(visibility="public").count()
    with pgtrigger.ignore():
        measures = Measure.objects.bulk_create(_measures(missing), batch_size=1000)
        Milestone.objects.bulk_create(
            (milestone for measure in measures for milestone in _milestones(measure)), batch_size=1000
        )
        places = list(Municipality.objects.all())
        RolloutCell.objects.bulk_create(
            (RolloutCell(measure=measure, municipality=place) for measure in measures for place in places),
            batch_size=1000,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill_ideas(number: int) -> None:
    """Add published ideas until there are so many, of all fields and places, older than the example's.

    The first page is the same at every size; one in a hundred speaks of something that the others do not.
    """
    missing = number - Idea.objects.published().count()
    with without_triggers(Idea):
        Idea.objects.bulk_create(_ideas(missing), batch_size=1000)
    search_index.drop_index()
    search_index.create_index()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE participation_idea")


def _ideas(number: int) -> Iterator[Idea]:
    fields, places = list(ActionField.objects.all()), list(Municipality.objects.all())
    things = ["Radweg", "Spielplatz", "Haltestelle", "Beleuchtung", "Bücherei", "Sporthalle", "Marktplatz"]
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    for index in range(number):
        sent = begin + timedelta(minutes=index)
        rare = " Auch Kraniche sollen rasten können." if index % 100 == 0 else ""
        yield Idea(
            title=f"{things[index % len(things)]} in {places[index % len(places)].name}, Vorschlag {index}",
            text=f"Hier fehlt etwas, das allen hilft; es wäre leicht und günstig zu machen.{rare}",
            field=fields[index % len(fields)],
            municipality=places[index % len(places)],
            state=Idea.State.PUBLISHED,
            supporters=index % 15,
            sent_at=sent,
            waiting_since=sent,
            decided_at=sent,
            published_at=sent,
        )


def _measures(number: int) -> Iterator[Measure]:
    fields, leads = list(ActionField.objects.all()), list(Organisation.objects.all())
    for index in range(number):
        yield Measure(
            no=f"Z-{index:05d}",
            slug=f"z-{index:05d}",
            title=f"Funknetz für Umweltsensoren {index}",
            field=fields[index % len(fields)],
            lead=leads[index % len(leads)],
            summary="Sensoren messen Pegel und Bodenfeuchte und melden sie an ein offenes Portal.",
            phase=Measure.Phase.values[index % 5],
            status=Measure.Status.ACTIVE,
            light=Measure.Light.GREEN,
            visibility="public",
        )


def _milestones(measure: Measure) -> Iterator[Milestone]:
    for index in range(3):
        due = date(2026, 1, 1) + timedelta(days=100 * index)
        yield Milestone(
            measure=measure,
            title=f"Ausbaustufe {index + 1}",
            planned_date=due,
            actual_date=due if index == 0 else None,
            position=index,
        )
