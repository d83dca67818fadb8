"""What is read as of a past day is what was there at its end, and nothing can be written meanwhile."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import get_current_timezone, localdate

from measures.models import Measure, Milestone, RolloutCell
from network.models import Role
from smartregion.base import clock
from smartregion.base.as_of import NoPast, as_of, end_of
from smartregion.base.history import event_model
from smartregion.base.models import Job
from smartregion.base.past_tables import create_views, drop_views, shadowed_models
from smartregion.base.search_index import drop_index
from tests.factories import make_measure, make_municipality, make_user, set_cell
from tests.past import happened_on

pytestmark = pytest.mark.django_db
ALL, INTERNAL, PUBLIC = ("public", "internal", "draft"), ("public", "internal"), ("public",)
BEFORE, THEN, LATER = date(2024, 1, 10), date(2024, 3, 10), date(2024, 5, 10)


def measure_with_history() -> Measure:
    """Created before THEN, changed after it."""
    with happened_on(BEFORE):
        measure = make_measure("Netz", summary="Früher", phase="idea")
    with happened_on(LATER):
        measure.summary, measure.phase = "Heute", "pilot"
        measure.save_over(measure.version)
    return measure


def test_a_day_shows_the_rows_as_they_stood_at_its_end() -> None:
    measure = measure_with_history()

    with as_of(THEN, ALL):
        then = list(Measure.objects.values_list("pk", "summary", "phase"))

    assert then == [(measure.pk, "Früher", "idea")]
    assert Measure.objects.values_list("summary", flat=True).get() == "Heute"


def test_before_a_row_was_made_it_is_not_there() -> None:
    measure_with_history()

    with as_of(BEFORE - timedelta(days=1), ALL):
        assert Measure.objects.count() == 0


def test_the_clock_stands_at_the_end_of_the_day() -> None:
    with as_of(THEN, ALL):
        assert (clock.today(), clock.is_past()) == (THEN, True)
        assert clock.now() == datetime(2024, 3, 10, 23, 59, 59, 999_999, get_current_timezone())

    assert (clock.today(), clock.is_past()) == (localdate(), False)


def test_the_night_on_which_the_clocks_change_ends_with_its_day() -> None:
    assert end_of(date(2024, 3, 31)).isoformat() == "2024-03-31T23:59:59.999999+02:00"
    assert end_of(date(2024, 10, 27)).isoformat() == "2024-10-27T23:59:59.999999+01:00"


def test_nothing_can_be_written_into_the_past() -> None:
    measure = measure_with_history()

    with as_of(THEN, ALL), pytest.raises(DatabaseError, match="cannot update view"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(summary="Anders")
    with as_of(THEN, ALL), pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
        Job.objects.create(kind="test")

    Measure.objects.filter(pk=measure.pk).update(summary="Danach geht es wieder")


def test_an_error_leaves_the_present_behind() -> None:
    measure_with_history()

    with pytest.raises(ZeroDivisionError), as_of(THEN, ALL):
        raise ZeroDivisionError

    assert Measure.objects.values_list("summary", flat=True).get() == "Heute"
    assert not clock.is_past()


def test_while_the_views_are_away_nobody_is_shown_the_present_for_the_past() -> None:
    measure_with_history()
    drop_views()

    with pytest.raises(NoPast), as_of(THEN, ALL):
        pass

    create_views()
    with as_of(THEN, ALL):
        assert Measure.objects.values_list("summary", flat=True).get() == "Früher"


def test_a_deleted_row_is_there_again_for_accounts_and_gone_for_visitors() -> None:
    with happened_on(BEFORE):
        measure = make_measure("Netz")
        Milestone.objects.create(measure=measure, title="Start", planned_date=THEN)
    with happened_on(LATER):
        Milestone.objects.all().delete()

    found = {}
    for sees in (ALL, INTERNAL, PUBLIC):
        with as_of(THEN, sees):
            found[sees] = list(Milestone.objects.values_list("title", "due_on"))

    assert found == {ALL: [("Start", THEN)], INTERNAL: [("Start", THEN)], PUBLIC: []}


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        (["draft", "public"], {ALL: "draft", INTERNAL: "draft", PUBLIC: "draft"}),
        (["public", "internal"], {ALL: "public", INTERNAL: "internal", PUBLIC: "internal"}),
        (["public", "draft"], {ALL: "public", INTERNAL: "draft", PUBLIC: "draft"}),
        (["public", "draft", "public"], {ALL: "public", INTERNAL: "draft", PUBLIC: "draft"}),
        (["public", "public"], {ALL: "public", INTERNAL: "public", PUBLIC: "public"}),
    ],
)
def test_a_row_is_never_shown_more_openly_than_it_was_since(
    changes: list[str], seen: dict[tuple[str, ...], str]
) -> None:
    with happened_on(BEFORE):
        measure = make_measure("Netz", visibility=changes[0])
    for number, visibility in enumerate(changes[1:]):
        with happened_on(LATER + timedelta(days=number)):
            measure.visibility, measure.summary = visibility, f"Fassung {number}"
            measure.save_over(measure.version)

    found = {}
    for sees in seen:
        with as_of(THEN, sees):
            found[sees] = Measure.objects.get().visibility

    assert found == seen


def test_what_was_archived_since_is_archived_for_visitors_only() -> None:
    with happened_on(BEFORE):
        measure = make_measure("Netz")
    with happened_on(LATER):
        measure.archived_at = end_of(LATER)
        measure.save_over(measure.version)

    found = []
    for sees in (ALL, INTERNAL, PUBLIC):
        with as_of(THEN, sees):
            found.append(Measure.objects.current().count())

    assert found == [1, 1, 0]


def test_when_a_stage_became_what_it_was_is_read_from_the_history() -> None:
    place = make_municipality()
    with happened_on(BEFORE):
        measure = make_measure("Netz")
    with happened_on(date(2024, 2, 1)):
        cell = set_cell(measure, place, stage="interested")
    with happened_on(LATER):
        set_cell(measure, place, stage="committed")

    with as_of(THEN, ALL):
        then = RolloutCell.objects.get(pk=cell.pk)
        changed = RolloutCell.objects.changed_since(end_of(date(2024, 1, 31))).count()
        unchanged = RolloutCell.objects.changed_since(end_of(date(2024, 2, 1))).count()

    assert (then.stage, localdate(then.stage_changed_at)) == ("interested", date(2024, 2, 1))
    assert (changed, unchanged) == (1, 0)


def test_accounts_and_their_seats_in_teams_are_those_of_today() -> None:
    with happened_on(BEFORE):
        measure = make_measure("Netz")
        old, new = make_user(Role.TEAM), make_user(Role.TEAM)
        seat = measure.team.create(organisation=measure.lead, sector="civil", function="Leitung", user=old)
    with happened_on(LATER):
        seat.user = new
        seat.save_over(seat.version)

    with as_of(THEN, INTERNAL):
        assert list(measure.team.values_list("function", "user")) == [("Leitung", None)]


def test_in_the_past_an_account_may_read_but_change_nothing() -> None:
    coordinator, measure = make_user(Role.COORDINATION), measure_with_history()
    permissions = ["measures.change_measure", "measures.view_money", "monitoring.request_report"]

    def allowed() -> list[bool]:
        return [coordinator.has_perm(permission, measure) for permission in permissions]

    with as_of(THEN, ALL):
        then = allowed()

    assert (then, allowed()) == ([False, True, False], [True, True, True])


def test_a_column_that_a_migration_adds_meanwhile_is_in_the_past_too() -> None:
    measure = measure_with_history()
    drop_views()
    drop_index()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("measures_measure", "measures_measureevent"):
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN summary TYPE varchar(2000)")
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN motto text NOT NULL DEFAULT 'ohne'")
    create_views()

    with as_of(THEN, ALL):
        assert Measure.objects.get(pk=measure.pk).summary == "Früher"


def test_every_tracked_model_has_its_view_with_all_columns() -> None:
    with as_of(THEN, ALL):
        for model in shadowed_models():
            list(model._base_manager.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'as_of'")
        views = {name for (name,) in cursor.fetchall()}

    tables = {table._meta.db_table for model in shadowed_models() for table in (model, event_model(model))}
    assert views == tables
    assert len(views) > 100


@pytest.mark.django_db(transaction=True)
def test_a_request_reads_one_state_of_the_database_and_leaves_the_connection_as_it_was() -> None:
    """Outside of a test's transaction, as in life."""

    def settings() -> list[str]:
        names = ["transaction_isolation", "transaction_read_only", "search_path", "statement_timeout"]
        with connection.cursor() as cursor:
            return [cursor.execute(f"SHOW {name}").fetchone()[0] for name in names]

    before = settings()
    with as_of(THEN, ALL):
        within = settings()

    assert within == ["repeatable read", "on", f"as_of, {before[2]}", "5s"]
    assert settings() == before
