"""Whatever is done to the rows: what was read at a moment is what is read as of that moment later."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.db.models import F, GeneratedField
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import Experience, Measure, Milestone, Risk, RolloutCell, StatusUpdate, TeamMember
from measures.services.archive import archive_measure, merge_measure, unarchive_measure
from measures.services.bulk import bulk_edit
from measures.services.tags import add_tag
from measures.services.updates import approve_status_update
from network.models import Municipality, Role, User
from smartregion.base.as_of import at_moment
from smartregion.base.history import tracked_fields
from smartregion.base.past_tables import create_views, drop_views, shadowed_models
from smartregion.base.together import recorded_together, undo_together
from smartregion.base.undo import restore_deleted, undo_last_change
from smartregion.base.versioned import EditConflict
from tests.factories import make_committee, make_measure, make_municipality, make_user, set_cell
from tests.governance.rows import make_meeting, make_resolution
from tests.scale import scaled

EXACT = ("public", "internal", "draft")


def the(model: Any, number: int) -> Any:
    """One of the rows, whichever the number is."""
    rows = list(model.objects.order_by("pk"))
    return rows[number % len(rows)]


def edit(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row.save_over(row.version)


def import_and_maybe_undo(number: int) -> None:
    """What an import does to the rows: many changes under one sign, and taken back as one."""
    with recorded_together(by=None, reason="Import") as sign:
        for measure in Measure.objects.all():
            edit(measure, benefit=f"Aus der Tabelle {number}")
        edit(the(Milestone, number), weight=number % 100 + 1)
    if number % 2:
        undo_together(sign, of=[Measure, Milestone], by=None)


def bulk(number: int) -> None:
    versions = dict(Measure.objects.current().values_list("pk", "version"))
    values = {"light": Measure.Light.values[number % 4], "light_reason": f"Grund {number}"}
    bulk_edit(versions=versions, values=values, by=User.objects.get(role=Role.COORDINATION))


def merge(number: int) -> None:
    source, target = the(Measure, number), the(Measure, number + 1)
    versions = {"source_version": source.version, "target_version": target.version}
    merge_measure(source=source, target=target, **versions, by=None)


def archive(number: int) -> None:
    measure = the(Measure, number)
    if measure.archived_at:
        unarchive_measure(measure=measure, version=measure.version, by=None)
    else:
        archive_measure(measure=measure, version=measure.version, by=None)


def undo(number: int) -> None:
    measure = the(Measure, number)
    undo_last_change(measure, version=measure.version, by=None)


def delete_and_maybe_restore(number: int) -> None:
    milestone = the(Milestone, number)
    key = milestone.pk
    milestone.delete()
    if number % 2:
        restore_deleted(Milestone, key, by=None)


def approve(number: int) -> None:
    update = the(StatusUpdate, number)
    approve_status_update(update=update, version=update.version, by=None)


def add_column(number: int) -> None:
    """A migration while the history goes on."""
    drop_views()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("measures_measure", "measures_measureevent"):
            cursor.execute(
                f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS motto_{number} text NOT NULL DEFAULT ''"
            )
    create_views()


STEPS: dict[str, Callable[[int], object]] = {
    "new": lambda number: make_measure(f"Neu {number}", visibility=EXACT[number % 3]),
    "edit": lambda number: edit(the(Measure, number), summary=f"Text {number}", phase="pilot"),
    "hide": lambda number: edit(the(Measure, number), visibility=EXACT[number % 3]),
    "undo": undo,
    "bulk": bulk,
    "update": lambda number: RolloutCell.objects.update(note=f"Notiz {number}", version=F("version") + 1),
    "import": import_and_maybe_undo,
    "milestone": lambda number: Milestone.objects.create(
        measure=the(Measure, number), title=f"Stein {number}", planned_date=date(2026, 1, 1 + number % 28)
    ),
    "delay": lambda number: edit(the(Milestone, number), forecast_date=date(2027, 1, 1 + number % 28)),
    "delete": delete_and_maybe_restore,
    "archive": archive,
    "merge": merge,
    "stage": lambda number: set_cell(
        the(Measure, number), the(Municipality, number), stage=["interested", "committed"][number % 2]
    ),
    "experience": lambda number: Experience.objects.create(cell=the(RolloutCell, number), lessons="Fragen"),
    "forget": lambda number: the(Experience, number).delete(),
    "risk": lambda number: Risk.objects.create(
        measure=the(Measure, number), title="Risiko", likelihood=number % 5 + 1, impact=3, owner="Leitung"
    ),
    "seat": lambda number: TeamMember.objects.create(
        measure=the(Measure, number), organisation=the(Measure, 0).lead, sector="civil", function=f"{number}"
    ),
    "tag": lambda number: add_tag(measure=the(Measure, number), name=f"Wort {number % 3}", by=None),
    "report": lambda number: StatusUpdate.objects.create(
        measure=the(Measure, number), on=date(2026, 1, 1 + number % 28), text=f"{number}", visibility="draft"
    ),
    "approve": approve,
    "meet": lambda number: make_meeting(make_committee(f"Kreis {number}"), title=f"Sitzung {number}"),
    "resolve": lambda number: make_resolution(make_committee(f"Rat {number}")).measures.add(
        the(Measure, number)
    ),
    "migrate": add_column,
}
REFUSED = (
    IntegrityError,
    ValidationError,
    EditConflict,
    ObjectDoesNotExist,
    ZeroDivisionError,  # there is no row of that kind any more
)


def everything() -> dict[str, str]:
    """All that is told of every tracked row, as text."""
    found = {}
    for model in shadowed_models():
        names = [field.attname for field in tracked_fields(model)]
        names += [field.attname for field in model._meta.concrete_fields if isinstance(field, GeneratedField)]
        rows = list(model._base_manager.order_by("pk").values(*names))
        found[model._meta.label] = json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True)
    return found


def present_moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def do(step: str, number: int) -> None:
    """One step; what the rules refuse is not done."""
    try:
        with transaction.atomic():
            STEPS[step](number)
    except REFUSED:
        pass


def make_world() -> None:
    """Rows to begin with, one at least of each kind that a step asks for."""
    make_user(Role.COORDINATION)
    make_municipality("Aadorf"), make_municipality("Bedorf")
    measures = make_measure("Netz"), make_measure("Rad")
    Experience.objects.create(cell=the(RolloutCell, 0), lessons="Früh fragen")
    for measure in measures:
        Milestone.objects.create(measure=measure, title="Start", planned_date=date(2026, 1, 1))
        StatusUpdate.objects.create(
            measure=measure, on=date(2026, 1, 1), text="Text", visibility="draft", review="submitted"
        )
        edit(measure, benefit="Viel")


@pytest.mark.django_db
@settings(
    max_examples=scaled(500), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(
        st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 999)), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    )
)
def test_what_was_read_then_is_what_is_read_as_of_then(parts: list[list[tuple[str, int]]]) -> None:
    with transaction.atomic():
        make_world()
        read = [(present_moment(), everything())]
        for part in parts:
            for step, number in part:
                do(step, number)
            read.append((present_moment(), everything()))

        for moment, live in read:
            with at_moment(moment, EXACT):
                then = everything()
            assert then == live
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("step", sorted(STEPS.keys() - {"migrate"}))
def test_every_kind_of_step_changes_what_is_read(step: str) -> None:
    """A history in which nothing happens would prove nothing."""
    make_world()
    before, moment = everything(), present_moment()

    STEPS[step](2)

    assert everything() != before
    with at_moment(moment, EXACT):
        assert everything() == before


@pytest.mark.django_db
def test_the_comparison_would_notice_a_moment_too_late() -> None:
    make_world()
    before = everything()
    edit(the(Measure, 0), summary="Anders")

    with at_moment(present_moment(), EXACT):
        assert everything() != before
