"""The crowd names a lost write, and none where there is none; it sends what a browser would."""

import pytest
from django.db import connection

from drill.crowd.journals import lost
from drill.crowd.person import Fields, Journal
from measures.models import RolloutCell
from tests.factories import make_field, make_measure, make_municipality, make_region, set_cell

NOTE = "Drill 1"


@pytest.fixture
def cell(transactional_db: None) -> RolloutCell:
    make_region()
    make_field()
    municipality = make_municipality()
    return set_cell(make_measure(), municipality, note=NOTE)


def test_a_write_that_stands_in_the_history_is_not_lost(cell: RolloutCell) -> None:
    assert list(lost([Journal(saved=[NOTE])])) == []


def test_an_acknowledged_write_that_nobody_kept_is_named(cell: RolloutCell) -> None:
    found = list(lost([Journal(saved=[NOTE, "Drill 2"])]))

    assert found == ["“Drill 2” was acknowledged and stands 0 times in the history"]


def test_a_cell_that_was_overwritten_behind_its_history_is_named(cell: RolloutCell) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE measures_rolloutcell DISABLE TRIGGER USER")
        cursor.execute("UPDATE measures_rolloutcell SET note = 'other' WHERE id = %s", [cell.pk])
        cursor.execute("ALTER TABLE measures_rolloutcell ENABLE TRIGGER USER")

    found = list(lost([Journal(saved=[NOTE])]))

    assert found == [f"cell {cell.pk} holds “other”, its history ends with “{NOTE}”"]


def test_of_several_forms_the_one_that_posts_to_the_path_is_filled_in() -> None:
    form = Fields("/here/")
    form.feed(
        '<form action="/search/"><input name="q" value="no"></form>'
        '<form method="post" action="/other/"><input name="csrf" value="no"></form>'
        '<form method="post"><input type="hidden" name="version" value="3">'
        '<select name="stage"><option value="a">A<option value="b" selected>B</select>'
        '<textarea name="note">old &amp; true</textarea><input type="submit" name="go" value="x"></form>'
    )

    assert form.values == {"version": "3", "stage": "b", "note": "old & true"}
