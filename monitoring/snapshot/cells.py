"""The roll-out's cells at a moment. One for each measure and municipality: PostgreSQL packs them."""

import json
from typing import Any, Final

from django.conf import settings
from django.db import connection

from measures.models import RolloutCell
from measures.models.rollout import CONFIRMATION_VALID_FOR
from monitoring.snapshot.past import Past
from monitoring.snapshot.schema import Cell
from smartregion.base.past_rows import as_of_query

Cells = dict[int, dict[int, Cell]]
"""By the keys of measure and municipality. Cells that say the same are one object."""
COLUMNS: Final = ("measure_id", "municipality_id", "stage", "since", "confirmed_at")
PACKED: Final = """
SELECT measure_id, json_object_agg(municipality_id, json_build_array(
    stage, since, (confirmed_at AT TIME ZONE %s)::date, COALESCE(confirmed_at < %s, TRUE)
))::text
FROM ({cells}) cell WHERE measure_id = ANY(%s) GROUP BY measure_id
"""


def read_cells(past: Past, measures: list[int]) -> Cells:
    """The cells of these measures. One query; a cell that nobody had made by then is missing."""
    query = PACKED.format(cells=as_of_query(RolloutCell, COLUMNS))
    stale_before = past.moment - CONFIRMATION_VALID_FOR
    same: dict[tuple[Any, ...], Cell] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, [settings.TIME_ZONE, stale_before, past.moment, measures])
        return {
            measure: {int(place): _cell(tuple(values), same) for place, values in json.loads(packed).items()}
            for measure, packed in cursor.fetchall()
        }


def _cell(values: tuple[Any, ...], same: dict[tuple[Any, ...], Cell]) -> Cell:
    known = same.get(values)
    if known is None:
        stage, since, confirmed_at, stale = values
        known = same[values] = Cell(stage=stage, since=since, confirmed_at=confirmed_at, stale=stale)
    return known
