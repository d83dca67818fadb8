"""What was compiled at a moment is what is compiled of that moment ever after, byte for byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import Measure
from monitoring.compile import canonical_json
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.snapshot import build_snapshot
from smartregion.base import past_rows
from smartregion.base.past_rows import rows_as_of
from smartregion.base.versioned import EditConflict
from tests.factories import make_field, make_measure, make_municipality, make_region, make_user
from tests.measures.uploads import step, upload, xlsx
from tests.monitoring.history_walks import STEPS, add_measure, decide, edit_measure, indicator
from tests.monitoring.snapshot_rows import Q2, Q3, report_on, seal_with
from tests.scale import scaled

PREPARING = (add_measure, decide, indicator, edit_measure)
WALK = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 400)), min_size=1, max_size=8)


def clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def this_year(audience: str) -> Report:
    return report_on(Period.year(localdate()), audience)


def bytes_of(report: Report, moment: datetime) -> bytes:
    return canonical_json(build_snapshot(report, moment))


@pytest.fixture
def region(db: None) -> list[Report]:
    """A small region, and a report of each audience that lies in the running year."""
    make_region()
    make_field("Feld 1")
    make_municipality("Aadorf")
    make_municipality("Bedorf")
    make_measure("Von Anfang an")
    return [this_year("public"), this_year("internal")]


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens in the block has never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walk(steps: list[Any]) -> None:
    """Go the steps; one that the rules or the database forbid is left out."""
    for do, number in steps:
        try:
            with transaction.atomic():
                do(number)
        except (DatabaseError, ValidationError, EditConflict, ObjectDoesNotExist):
            continue


@settings(
    max_examples=scaled(500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=WALK, after=WALK)
def test_a_snapshot_taken_live_equals_the_one_as_of_that_moment(
    region: list[Report], before: list[Any], after: list[Any]
) -> None:
    with taken_back():
        walk(before)
        moment = clock()
        live = [bytes_of(report, moment) for report in region]
        walk(after)

        assert [bytes_of(report, moment) for report in region] == live


@pytest.mark.django_db
def test_the_steps_change_what_a_snapshot_says(region: list[Report]) -> None:
    """The walks would prove nothing if they left no trace; only a column that came later is told nowhere."""
    silent = []
    for do in STEPS:
        with taken_back():
            walk([(each, number) for each in PREPARING for number in range(3)])
            before = told_now(region[1])
            walk([(do, number) for number in range(6)])
            if told_now(region[1]) == before:
                silent.append(do.__name__)

    assert silent == ["migrate"]


def told_now(report: Report) -> dict[str, Any]:
    """The snapshot as of now, but for that moment itself."""
    snapshot: Any = build_snapshot(report, clock())
    del snapshot["report"]["moment"]
    return snapshot


@pytest.mark.django_db
def test_without_the_history_the_walks_show_the_difference(
    region: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: rows are read as they stand, whatever the moment."""
    moment = clock()
    live = bytes_of(region[0], moment)
    Measure.objects.update(title="Anders")

    assert bytes_of(region[0], moment) == live
    monkeypatch.setattr(
        "monitoring.snapshot.past.rows_as_of",
        lambda model, moment, names, **options: rows_as_of(model, clock(), names, **options),
    )
    assert bytes_of(region[0], moment) != live


@pytest.mark.django_db
def test_an_import_and_its_undo_leave_the_moments_as_they_were(region: list[Report], client: Client) -> None:
    client.force_login(make_user())
    measure = Measure.objects.get()
    told: dict[datetime, bytes] = {}

    def keep() -> None:
        moment = clock()
        told[moment] = bytes_of(region[1], moment)

    keep()
    rows = [["Nr.", "Titel", "Handlungsfeld", "Federführung", "Kurzbeschreibung", "Entscheidungsbedarf"]]
    rows += [[measure.no, "Importiert", measure.field.name, measure.lead.name, "Kurz", "Wer zahlt?"]]
    imported = step(client, upload(client, xlsx(rows)), "uebernehmen")
    assert imported.state == "applied", imported.found
    keep()
    step(client, imported, "zuruecknehmen")
    keep()
    Measure.objects.update(phase="pilot")

    before, during, after = told.values()
    assert (b"Importiert" in before, b"Importiert" in during, b"Importiert" in after) == (False, True, False)
    assert {moment: bytes_of(region[1], moment) for moment in told} == told


@pytest.mark.django_db
def test_a_long_history_is_read_in_another_way_and_says_the_same(
    region: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    walk([(do, number) for do in STEPS for number in range(4)])
    moment = clock()
    walk([(do, number) for do in STEPS for number in range(4, 8)])
    told = []
    for long in (-2, 1_000_000):
        monkeypatch.setattr(past_rows, "LONG_HISTORY", long)
        told.append([bytes_of(report, moment) for report in region])

    assert told[0] == told[1]


@pytest.mark.django_db
def test_the_same_moment_twice_gives_the_same_bytes(region: list[Report]) -> None:
    moment = clock()

    assert bytes_of(region[0], moment) == bytes_of(region[0], moment)


@pytest.mark.django_db
def test_the_moment_of_a_snapshot_can_be_read_again(region: list[Report]) -> None:
    snapshot = build_snapshot(region[0])
    Measure.objects.update(title="Danach")

    again = build_snapshot(region[0], datetime.fromisoformat(snapshot["report"]["moment"]))

    assert canonical_json(again) == canonical_json(snapshot)


@pytest.mark.django_db
def test_a_report_sealed_meanwhile_is_not_the_previous_one(municipalities, date_events) -> None:
    make_measure()
    date_events(2024, 6, 2)
    later = report_on(Q3)
    seal_with(later, build_snapshot(later))
    earlier = report_on(Q2)
    seal_with(earlier, build_snapshot(earlier))
    later.refresh_from_db()

    assert canonical_json(build_snapshot(later)).decode() == later.snapshot
