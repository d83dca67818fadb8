"""Steps of which random histories are made. None of them takes back what was published."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localdate, now

from governance.models import Committee, FollowUp
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, TeamMember
from measures.services.archive import archive_measure
from measures.services.bulk import bulk_edit
from monitoring.models import Assessment, Indicator, IndicatorValue
from network.models import Municipality, Organisation
from participation.models import Idea, Support, Survey
from participation.services.ideas import forget_ideas
from participation.services.registrations import count_participants, erase_registrations
from participation.services.support import withdraw_support
from smartregion.base.together import undo_together
from smartregion.base.undo import restore_deleted, undo_last_change
from tests.factories import (
    make_budget_line,
    make_committee,
    make_field,
    make_measure,
    make_movement,
    make_user,
)
from tests.governance.rows import make_meeting
from tests.monitoring.snapshot_rows import (
    close,
    make_evaluation,
    make_indicator,
    make_value,
    recommend,
    resolve,
)
from tests.participation.event_rows import make_event, put
from tests.participation.rows import make_idea, make_sheet, make_survey

VISIBILITIES = ["public", "internal", "draft"]
PHASES = ["idea", "concept", "pilot", "operation", "rollout"]
Step = Callable[[int], object]


def some(rows: Any, number: int) -> Any:
    """One of the rows, by the number; None without any."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return rows.get(pk=keys[number % len(keys)]) if keys else None


def day(number: int) -> date:
    return localdate() + timedelta(days=number % 400 - 200)


def add_measure(number: int) -> None:
    visibility, field = VISIBILITIES[number % 3], make_field(f"Feld {number % 4}")
    measure = make_measure(f"Maßnahme {number}", visibility=visibility, field=field)
    Milestone.objects.create(measure=measure, title="Beginn", planned_date=day(number))


def edit_measure(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure:
        measure.title, measure.phase = f"Titel {number}", PHASES[number % 5]
        measure.light, measure.light_reason, measure.needed_decision = (
            "red",
            f"Grund {number}",
            f"Rat {number}",
        )
        measure.save_over(measure.version)


def undo_edit(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure:
        undo_last_change(measure, version=measure.version, by=None)


def publish(number: int) -> None:
    measure = some(Measure.objects.exclude(visibility="public"), number)
    if measure:
        measure.visibility = "public"
        measure.save_over(measure.version)


def archive(number: int) -> None:
    measure = some(Measure.objects.current(), number)
    if measure and number % 3 == 0:
        archive_measure(measure=measure, version=measure.version, by=None)


def delete_measure(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure and number % 3 == 0:
        measure.delete()


def edit_many(number: int) -> None:
    """A bulk edit, which every second time is taken back."""
    coordinator = make_user()
    versions = dict(Measure.objects.current().values_list("pk", "version"))
    values = {"phase": PHASES[number % 5], "is_starter": bool(number % 2)}
    sign, _changed = bulk_edit(versions=versions, values=values, by=coordinator)
    if number % 2:
        undo_together(sign, of=[Measure], by=coordinator)


def update_all(number: int) -> None:
    """One statement for all rows, past the models."""
    Milestone.objects.update(forecast_date=day(number))
    RolloutCell.objects.update(confirmed_at=now() - timedelta(days=number % 200))


def milestone(number: int) -> None:
    found = some(Milestone.objects, number)
    if found and number % 4 == 0:
        found.delete()
        if number % 8 == 0:
            restore_deleted(Milestone, Milestone.pgh_event_model.objects.last().pgh_obj_id, by=None)
    elif found:
        found.actual_date = day(number) if number % 4 == 1 else None
        found.save_over(found.version)


def cell(number: int) -> None:
    found = some(RolloutCell.objects, number)
    stages = ["interested", "committed", "preparing", "introducing"]
    if found:
        found.stage, found.since, found.confirmed_at = stages[number % 4], localdate(), now()
        found.reason = "Weil es so ist"
        found.save_over(found.version)


def update(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure:
        StatusUpdate.objects.create(
            measure=measure, on=day(number), text=f"Stand {number}", visibility=VISIBILITIES[number % 3]
        )


def seat(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure and number % 3:
        TeamMember.objects.create(
            measure=measure,
            organisation=Organisation.objects.first(),
            sector=["municipal", "civil"][number % 2],
            function=f"Sitz {number}",
        )
    else:
        TeamMember.objects.filter(measure=measure).delete()


def money(number: int) -> None:
    measure = some(Measure.objects, number)
    if measure:
        make_budget_line(measure, year=2020 + number % 20, amount=number)
        make_movement(measure, on=day(number), amount=number + 1)


def indicator(number: int) -> None:
    made = some(Indicator.objects, number) if number % 3 else None
    if made is None:
        shown, measure = VISIBILITIES[number % 2], some(Measure.objects, number)
        made = make_indicator(
            f"Indikator {number}", measure=measure, visibility=shown, baseline=0, baseline_on=day(0)
        )
    value = some(made.values, number)
    if value and number % 2:
        value.value = number
        value.save_over(value.version)
    elif not IndicatorValue.objects.filter(indicator=made, on=day(number)).exists():
        make_value(made, day(number), number)


def decide(number: int) -> None:
    name = f"Gremium {number % 2}"
    committee = Committee.objects.filter(name=name).first() or make_committee(name)
    resolve(committee, f"B {number}", VISIBILITIES[number % 3], resolved_on=localdate())


def note(number: int) -> None:
    follow_up = some(FollowUp.objects, number)
    if follow_up:
        follow_up.noted_in = make_meeting(follow_up.resolution.committee, status="held", starts_at=now())
        follow_up.save_over(follow_up.version)


def evaluate(number: int) -> None:
    year = 2000 + number % 20
    evaluation = make_evaluation(period_start=date(year, 1, 1), period_end=date(year, 12, 31))
    recommend(evaluation, f"Empfehlung {number}")
    Assessment.objects.create(evaluation=evaluation, criterion="relevance", rating=number % 4 + 1)
    close(evaluation)


def hold_event(number: int) -> None:
    """It has just ended; a person is forgotten after the numbers were kept."""
    ended = {"starts_at": now() - timedelta(hours=1), "ends_at": now() - timedelta(minutes=1)}
    event = make_event(f"Treffen {number}", visibility=VISIBILITIES[number % 3], **ended)
    for name in "abcde":
        put(event, name)
    count_participants()
    erase_registrations(email="a@example.org")


def receive_idea(number: int) -> None:
    """Every second time one that has appeared is answered or taken up; what was rejected is forgotten."""
    make_idea(f"Idee {number}", state=["published", "waiting", "rejected"][number % 3])
    known = some(Idea.objects.published(), number)
    if known and number % 2:
        known.answer, known.answered_at = f"Antwort {number}", now()
        known.measure = some(Measure.objects, number)
        known.save_over(known.version)
    forget_ideas(Idea.objects.filter(state="rejected"))


def give_voices(number: int) -> None:
    """For one idea; one of all voices is taken back."""
    idea = some(Idea.objects.published(), number) or make_idea("Zuerst")
    Support.objects.bulk_create(Support(idea=idea, confirmed_at=now()) for _voice in range(6))
    withdraw_support(voice=some(Support.objects.confirmed(), number))


def answer_survey(number: int) -> None:
    survey = some(Survey.objects, number) or make_survey()
    for _sheet in range(5):
        make_sheet(survey)


def rename_places(number: int) -> None:
    Municipality.objects.update(residents=1_000 + number)
    Organisation.objects.update(short_name=f"Amt {number}")


def migrate(number: int) -> None:
    """A tracked table gets a column, as by a migration, and every row is changed after it."""
    columns = f"later_{number} text NOT NULL DEFAULT 'neu'"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("measures_measure", "measures_measureevent"):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {columns}")
        cursor.execute(f"UPDATE measures_measure SET later_{number} = title")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


STEPS: list[Step] = [
    *[add_measure, edit_measure, undo_edit, publish, archive, delete_measure, edit_many, update_all],
    *[milestone, cell, update, seat, money, indicator, decide, note, evaluate, rename_places, migrate],
    *[hold_event, receive_idea, give_voices, answer_survey],
]
