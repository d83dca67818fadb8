"""Progress grows with what is done, and no value is not 0 anywhere."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import Measure, Milestone
from tests.factories import make_measure

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 1)
MILESTONES = st.lists(st.tuples(st.integers(1, 100), st.booleans()), min_size=1, max_size=8)


def progress_of(measure: Measure) -> int | None:
    found: int | None = Measure.objects.with_progress().get(pk=measure.pk).progress  # type: ignore[attr-defined]
    return found


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(milestones=MILESTONES, data=st.data())
def test_one_more_milestone_done_never_lowers_progress(
    db: None, milestones: list[tuple[int, bool]], data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(milestones) - 1))
    with transaction.atomic():
        measure = make_measure()
        rows = Milestone.objects.bulk_create(
            Milestone(
                measure=measure,
                title="M",
                planned_date=DAY,
                weight=weight,
                actual_date=DAY if done else None,
            )
            for weight, done in milestones
        )
        before = progress_of(measure)
        Milestone.objects.filter(pk=rows[chosen].pk).update(actual_date=DAY)
        after = progress_of(measure)
        all_done = not measure.milestones.filter(actual_date=None).exists()
        transaction.set_rollback(True)

    assert before is not None
    assert after is not None
    assert 0 <= before <= after <= 100
    assert not all_done or after == 100


def test_without_milestones_there_is_no_progress_on_list_board_page_and_in_the_export() -> None:
    measure = make_measure("Netz")
    assert progress_of(measure) is None

    for address, words in (
        ("/massnahmen/", "ohne Meilensteine"),
        ("/massnahmen/phasen/", "ohne Meilensteine"),
        ("/massnahmen/netz/", "Fortschritt: – (noch keine Meilensteine)"),
    ):
        page = Client().get(address).content.decode()
        assert words in page
        assert "<progress" not in page
    assert exported_progress() == ""


def test_with_nothing_done_progress_is_0_and_said_so() -> None:
    measure = make_measure("Netz")
    Milestone.objects.create(measure=measure, title="M", planned_date=DAY)

    assert progress_of(measure) == 0
    assert '<progress max="100" value="0"' in Client().get("/massnahmen/").content.decode()
    assert exported_progress() != ""


def exported_progress() -> str:
    answer = Client().get("/massnahmen/export.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    row = next(iter(csv.DictReader(StringIO(text), delimiter=";")))
    return str(row["Fortschritt"])
