"""What the drill of an upgrade looks at: it names what changed, what waits and what an earlier version cannot
fill; a long history shows the same past."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.db.migrations import AddField, AlterField, Migration
from django.db.models import CharField

from drill.filling import fill
from drill.outcome import Options, Outcome, outcome_of, table, told
from drill.upgrade.holding import demanding_columns, differences, holding, what_was_there
from drill.upgrade.locks import Watch
from measures.models import Measure, RolloutCell
from smartregion.backup.programs import owner_address
from smartregion.base.as_of import as_of, end_of
from smartregion.base.derived import create_derived, drop_derived
from smartregion.base.past_rows import rows_as_of
from smartregion.stack.supervisor import wait_for
from tests.base.test_as_of import ALL, BEFORE, LATER, THEN
from tests.factories import make_field, make_measure, make_municipality, make_region, set_cell
from tests.past import happened_on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database() -> Iterator[psycopg.Connection]:
    with psycopg.connect(owner_address(), autocommit=True) as database:
        yield database


@pytest.fixture
def cell() -> RolloutCell:
    make_region()
    make_field()
    municipality = make_municipality()
    with happened_on(BEFORE):
        measure = make_measure("Netz")
    with happened_on(LATER):
        Measure.objects.update(summary="Heute")
    return set_cell(measure, municipality, note="besucht")


def test_a_long_history_shows_the_same_past(cell: RolloutCell, database: psycopg.Connection) -> None:
    def past() -> list[object]:
        days = [end_of(day) for day in (BEFORE, THEN, LATER)]
        return [rows_as_of(model, moment) for model in (Measure, RolloutCell) for moment in days]

    before = past()

    found = fill(database, 500)

    assert (found >= 500, past()) == (True, before)


def test_rows_of_the_history_may_come_and_nothing_else_may_change(
    cell: RolloutCell, database: psycopg.Connection
) -> None:
    scope = what_was_there(database, [cell.pk])
    before = holding(database, scope)
    RolloutCell.objects.filter(pk=cell.pk).update(note="Drill 1")
    assert list(differences(before, holding(database, scope), "upgraded")) == []

    Measure.objects.filter(pk=cell.measure_id).update(goal="anderes")

    told = [what.split(" held ")[0] for what in differences(before, holding(database, scope), "upgraded")]
    assert told == ["upgraded: measures_measure"]


def test_a_changed_event_of_the_history_is_named(cell: RolloutCell, database: psycopg.Connection) -> None:
    scope = what_was_there(database, [cell.pk])
    before = holding(database, scope)
    database.execute("UPDATE measures_rolloutcellevent SET note = 'anderes'")

    told = [what.split(" held ")[0] for what in differences(before, holding(database, scope), "back")]

    assert told == ["back: measures_rolloutcellevent"]


def test_a_column_that_an_earlier_version_cannot_fill_is_named(database: psycopg.Connection) -> None:
    before = demanding_columns(database)
    database.execute("CREATE TABLE filled (a int NOT NULL DEFAULT 0, b int, c int NOT NULL)")
    try:
        assert demanding_columns(database) - before == {"filled.c"}
    finally:
        database.execute("DROP TABLE filled")


def test_who_waits_for_a_lock_is_seen_with_whom_it_waits_for(database: psycopg.Connection) -> None:
    def wait() -> None:
        with psycopg.connect(owner_address(), application_name="reader") as reader:
            reader.execute("SELECT count(*) FROM measures_measure")

    address = owner_address()
    with psycopg.connect(address, application_name="holder") as holder, Watch(address) as watch:
        holder.execute("LOCK TABLE measures_measure IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=wait)
        thread.start()
        assert wait_for(lambda: watch.worst.seconds > 0.1, 20)
        holder.rollback()
        thread.join()

    assert (watch.worst.who, watch.worst.holder) == ("reader", "holder")


def migration(operation: AddField | AlterField) -> list[tuple[Migration, bool]]:
    made = Migration("0099_more", "measures")
    made.operations = [operation]
    return [(made, False)]


def has_past() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regnamespace('as_of') IS NOT NULL AND to_regnamespace('search') IS NOT NULL"
        )
        return bool(cursor.fetchone()[0])


def test_past_days_and_search_stay_while_something_is_added_and_go_before_something_is_altered(
    cell: RolloutCell,
) -> None:
    try:
        drop_derived(plan=migration(AddField("measure", "motto", CharField(default=""))))
        assert has_past()

        drop_derived(plan=migration(AlterField("measure", "title", CharField(max_length=9))))
        assert not has_past()
    finally:
        create_derived()
    with as_of(THEN, ALL):
        assert Measure.objects.values_list("title", flat=True).get() == "Netz"


def test_the_table_of_all_drills_has_a_bound_and_names_what_broke() -> None:
    outcomes = {"restore": Outcome(59, "tries", [], 1.5), "upgrade": Outcome(2, "answers", ["lost"])}

    assert [line.split()[-2:] for line in table(outcomes)[1:]] == [["5.0", "%"], ["97.5", "%"]]
    assert told(outcomes) == ["BROKEN (upgrade): lost"]


def test_a_drill_that_ends_early_counts_as_broken_and_the_next_one_goes_on() -> None:
    ended = outcome_of("drill.absent", Options(short=True, seed=1))

    assert told({"absent": ended}) == ["BROKEN (absent): ModuleNotFoundError: No module named 'drill.absent'"]
