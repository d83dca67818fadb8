"""What a report says: the state of the Stichtag, for its audience only, whatever happened since."""

from datetime import date, datetime
from typing import Any

import pytest
from django.utils.timezone import get_current_timezone, localdate

from governance.models import Committee, ResolutionMeasure
from measures.models import (
    Experience,
    Measure,
    Milestone,
    RolloutCell,
    StatusUpdate,
    TeamMember,
    Wish,
)
from monitoring.compile import canonical_json
from monitoring.models import Evaluation
from monitoring.periods import Period
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.world import NoData, moment_of
from network.models import Municipality
from tests.factories import make_budget_line, make_committee, make_measure, make_movement, set_cell
from tests.governance.rows import make_topic
from tests.monitoring.snapshot_rows import (
    Q2,
    Q3,
    close,
    link_measures,
    make_evaluation,
    make_indicator,
    make_value,
    measures_of,
    recommend,
    report_on,
    resolve,
    seal_with,
)

pytestmark = pytest.mark.django_db


def test_the_snapshot_says_what_stood_there_on_the_stichtag(municipalities, date_events) -> None:
    measure = make_measure("Alter Titel", light="green")
    set_cell(measure, municipalities[0], stage="preparing", since=date(2024, 3, 1))
    date_events(2024, 3, 1)
    Measure.objects.update(title="Neuer Titel", light="red", light_reason="Geld fehlt")
    RolloutCell.objects.update(stage="live", since=date(2024, 8, 1), evidence="Adresse")
    date_events(2024, 8, 1)

    then, later = build_snapshot(report_on(Q2)), build_snapshot(report_on(Q3))

    assert [(m["title"], m["light_stated"]["code"]) for m in measures_of(then)] == [("Alter Titel", "green")]
    assert [cell["stage"] for cell in then["roll_out"]["rows"][0]["cells"]] == ["preparing", "unknown"]
    assert [(m["title"], m["light_stated"]["code"]) for m in measures_of(later)] == [("Neuer Titel", "red")]
    assert later["roll_out"]["rows"][0]["reached_percent"] == 100


def test_the_snapshot_of_a_past_day_equals_the_one_taken_then(municipalities, date_events) -> None:
    measure = make_measure("Sensornetz")
    Milestone.objects.create(measure=measure, title="Aufbau", planned_date=date(2024, 5, 1))
    StatusUpdate.objects.create(measure=measure, on=date(2024, 6, 1), text="Gut", visibility="public")
    date_events(2024, 6, 2)
    report = report_on()
    taken_then = build_snapshot(report)

    Measure.objects.update(title="Anders", status="on_hold", status_reason="Pause")
    Milestone.objects.update(actual_date=date(2024, 5, 3))
    StatusUpdate.objects.all().delete()
    Municipality.objects.update(residents=1)
    make_measure("Neu")

    assert canonical_json(build_snapshot(report)) == canonical_json(taken_then)


def test_the_stichtag_ends_at_local_midnight(municipalities, date_events) -> None:
    berlin = get_current_timezone()

    assert moment_of(date(2024, 3, 30)) == datetime(2024, 3, 30, 23, 59, 59, 999999, berlin)
    assert moment_of(date(2024, 3, 31)) == datetime(2024, 3, 31, 23, 59, 59, 999999, berlin)
    assert moment_of(date(2024, 10, 27)) == datetime(2024, 10, 27, 23, 59, 59, 999999, berlin)

    make_measure("Spät am Abend")
    date_events(2024, 6, 30, hour=23)
    make_measure("Am Morgen danach")
    date_events(2024, 7, 1, hour=0)

    assert [m["title"] for m in measures_of(build_snapshot(report_on()))] == ["Spät am Abend"]


def hide_canaries(municipality: Municipality) -> None:
    """One visible measure, and everything that no public report may contain, marked "Kanarie"."""
    shown = make_measure("Sichtbar")
    set_cell(shown, municipality, note="Kanarie Notiz", contact="Kanarie Kontakt")
    StatusUpdate.objects.create(
        measure=shown, on=date(2024, 5, 1), text="Kanarie Sachstand", visibility="internal"
    )
    StatusUpdate.objects.create(measure=shown, on=date(2024, 5, 2), text="Kanarie Idee", visibility="draft")
    steering, secret = (
        make_committee(),
        make_committee("Kanariengremium", visibility="internal", kind="council"),
    )
    for visibility in ("internal", "draft"):
        hidden = make_measure(f"Kanarie {visibility}", visibility=visibility, no=f"KANARIE-{visibility}")
        Milestone.objects.create(measure=hidden, title="Kanarie Meilenstein", planned_date=date(2024, 8, 1))
        resolution = resolve(steering, f"Kanarie {visibility}", visibility)
        ResolutionMeasure.objects.create(resolution=resolution, measure=shown)
    resolve(secret, "Kanarie geheim", "public")
    public = resolve(steering, "Freigabe", "public")
    ResolutionMeasure.objects.create(resolution=public, measure=hidden)


def test_nothing_that_is_not_public_is_in_any_byte_of_a_public_report(municipalities, date_events) -> None:
    hide_canaries(municipalities[0])
    date_events(2024, 5, 6)

    told = canonical_json(build_snapshot(report_on())).decode()

    assert ("Sichtbar" in told, "kanarie" in told.lower()) == (True, False)


def test_an_internal_report_has_internal_matters_of_the_steering_committee_and_no_drafts(
    municipalities, date_events
) -> None:
    hide_canaries(municipalities[0])
    date_events(2024, 5, 6)

    snapshot = build_snapshot(report_on(audience="internal"))

    assert [m["title"] for m in measures_of(snapshot)] == ["Kanarie internal", "Sichtbar"]
    assert [r["title"] for r in snapshot["resolutions"]] == ["Freigabe", "Kanarie internal"]
    assert measures_of(snapshot)[1]["last_update"] == {"date": "2024-05-01", "text": "Kanarie Sachstand"}
    assert "draft" not in canonical_json(snapshot).decode()


def test_what_was_taken_back_since_the_stichtag_is_not_published_again(municipalities, date_events) -> None:
    make_measure("Bleibt")
    withdrawn = make_measure("Zurückgenommen")
    date_events(2024, 5, 6)
    Measure.objects.filter(pk=withdrawn.pk).update(visibility="internal")

    assert [m["title"] for m in measures_of(build_snapshot(report_on()))] == ["Bleibt"]


def test_a_wording_that_was_hidden_for_a_while_does_not_come_back(municipalities, date_events) -> None:
    make_measure("Bleibt")
    slip = make_measure("Versehentlich Veröffentlichtes")
    date_events(2024, 5, 6)
    for change in ({"visibility": "internal"}, {"title": "Bereinigt"}, {"visibility": "public"}):
        Measure.objects.filter(pk=slip.pk).update(**change)

    assert [m["title"] for m in measures_of(build_snapshot(report_on()))] == ["Bleibt"]


def test_milestones_of_the_period_are_met_late_or_missed(municipalities, date_events) -> None:
    measure = make_measure()
    for title, planned, actual in [
        ("rechtzeitig", date(2024, 4, 10), date(2024, 4, 10)),
        ("verspätet", date(2024, 3, 1), date(2024, 5, 1)),
        ("verpasst", date(2024, 6, 1), None),
        ("davor", date(2024, 1, 1), date(2024, 1, 1)),
        ("künftig", date(2024, 9, 1), None),
    ]:
        Milestone.objects.create(measure=measure, title=title, planned_date=planned, actual_date=actual)
    date_events(2024, 6, 2)

    snapshot = build_snapshot(report_on())
    [row] = measures_of(snapshot)

    assert {item["title"]: item["result"]["code"] for item in row["milestones_in_period"]} == {
        "rechtzeitig": "met",
        "verspätet": "late",
        "verpasst": "missed",
    }
    assert (row["progress_percent"], row["milestones_overdue"]) == (60, 1)
    assert [item["title"] for item in snapshot["outlook"]["milestones"]] == ["künftig"]


def test_a_measure_without_milestones_has_no_progress_rather_than_none(municipalities, date_events) -> None:
    make_measure()
    date_events(2024, 6, 2)

    [row] = measures_of(build_snapshot(report_on()))

    assert (row["progress_percent"], row["next_milestone"], row["last_update"]) == (None, None, None)


def test_a_resolution_is_in_force_until_another_has_taken_its_place(municipalities, date_events) -> None:
    old = resolve(make_committee(), "LK 2024/01", "public")
    date_events(2024, 5, 6)
    resolve(old.committee, "LK 2024/02", "public", supersedes=old)
    date_events(2024, 8, 1)

    def told(period: Period) -> list[Any]:
        rows = build_snapshot(report_on(period))["resolutions"]
        return [(row["number"], row["in_force"], row["superseded_by"]) for row in rows]

    assert told(Q2) == [("LK 2024/01", True, None)]
    assert told(Period(Q2.start, Q3.end)) == [
        ("LK 2024/01", False, "LK 2024/02"),
        ("LK 2024/02", True, None),
    ]


def test_a_successor_that_the_audience_may_not_see_is_not_named(municipalities, date_events) -> None:
    old = resolve(make_committee(), "LK 2024/01", "public")
    resolve(old.committee, "Kanarie", "internal", supersedes=old)
    date_events(2024, 5, 6)

    public, internal = (build_snapshot(report_on(audience=audience)) for audience in ("public", "internal"))

    assert [(row["in_force"], row["superseded_by"]) for row in public["resolutions"]] == [(False, None)]
    assert "Kanarie" not in canonical_json(public).decode()
    assert [row["superseded_by"] for row in internal["resolutions"]] == [None, "Kanarie"]


def test_a_report_of_another_audience_is_no_previous_report(municipalities, date_events) -> None:
    make_measure()
    date_events(2024, 6, 2)
    internal = report_on(Q2, "internal")
    seal_with(internal, build_snapshot(internal))

    assert build_snapshot(report_on(Q3))["changes"]["previous"] is None


def test_a_stichtag_before_all_data_is_refused_with_its_cause(municipalities) -> None:
    with pytest.raises(NoData, match=r"Zum Stichtag 30\.06\.2024 waren noch keine Daten erfasst\."):
        build_snapshot(report_on())


def add_everything(number: int) -> None:
    """A measure with a row of every kind that a snapshot reads."""
    measure = make_measure()
    Milestone.objects.create(measure=measure, title="Aufbau", planned_date=date(2024, 5, 1))
    StatusUpdate.objects.create(measure=measure, on=date(2024, 5, 1), text="Gut", visibility="public")
    make_budget_line(measure)
    make_movement(measure)
    make_value(make_indicator(measure=measure), date(2024, 5, 1), 1)
    TeamMember.objects.create(
        measure=measure, organisation=measure.lead, sector="municipal", function="Leitung"
    )
    Experience.objects.create(cell=measure.cells.all()[0])
    Wish.objects.create(cell=measure.cells.all()[0], made_on=date(2024, 5, 1))
    committee = Committee.objects.first() or make_committee()
    link_measures(resolve(committee, f"LK {number}"), measure)
    evaluation = Evaluation.objects.first() or make_evaluation()
    recommend(evaluation, topic=make_topic(committee, f"Thema {number}"))
    close(evaluation)


def test_a_snapshot_of_100_measures_needs_as_many_queries_as_one_of_10(
    municipalities, date_events, count_queries
) -> None:
    numbers = []
    for size in (10, 100):
        while Measure.objects.count() < size:
            add_everything(Measure.objects.count())
        date_events(2024, 5, 6)
        report = report_on(audience="internal")
        with count_queries() as queries:
            snapshot = build_snapshot(report)
        numbers.append((len(measures_of(snapshot)), len(queries)))

    assert [size for size, _ in numbers] == [10, 100]
    assert numbers[0][1] == numbers[1][1]


def test_the_method_says_whether_the_stichtag_was_over(municipalities) -> None:
    make_measure()
    today = localdate()

    running = report_on(Period(today, today))
    texts = {rule["term"]: rule["text"] for rule in build_snapshot(running)["method"]}

    assert running.is_interim
    assert texts["Stichtag"].endswith("der Stichtag war noch nicht zu Ende.")
