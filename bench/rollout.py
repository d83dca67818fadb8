"""The matrix: what a page costs beside its bare query and bytes, and a large region beside a small one."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import product

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from django.utils.timezone import now

from bench.database import UNKEPT, copy_with, use, without_triggers
from bench.measure_list import Get, answer
from bench.measuring import Figure, Side, ratio
from bench.urls import BareMatrixView
from measures.models import Measure, RolloutCell
from network.models import Municipality, Organisation, Sector

MATRIX = "/roll-out/"
VIEWS = {
    "first screen": "",
    "last columns, last rows": "?columns=20&page=40",
    "by stage": "?stage=rejected",
    "to confirm": "?stale=on",
    "changed": "?changed=on",
    "blocked": "?blocked=on",
    "at least 10 live": "?live=10",
    "at least 300 live": "?live=300",
    "search": "?q=umweltsensoren",
    "two municipalities": "?municipality=musterdorf-001&municipality=musterdorf-002&changed=on",
}
FEW, MANY, PLACES = 31, 1000, 396
ROUNDS, TIMES = 9, 4
LONG_AGO = now() - timedelta(days=900)
REASON = "Der Rat hat anders entschieden."


def figures() -> Iterator[Figure]:
    """Requests of an anonymous reader, answered by the whole portal: WSGI, all middleware, PostgreSQL."""
    with (
        override_settings(ROOT_URLCONF="bench.urls", MIDDLEWARE=UNKEPT),
        copy_with(FEW) as few,
        copy_with(MANY) as many,
    ):
        for data in (few, many):
            use(data)
            if data is many:
                add_municipalities(PLACES)
            fill_cells()
        get = partial(answer, WSGIHandler())
        use(few)
        BareMatrixView.content = get(MATRIX)
        assert get("/bare/matrix/") == BareMatrixView.content
        page, bare = (Side(partial(get, address), times=TIMES) for address in (MATRIX, "/bare/matrix/"))
        size = f"{FEW} x {Municipality.objects.count()}"
        yield Figure(f"matrix {size} to its query and bytes", ratio(page, bare, rounds=ROUNDS), "x", 4)
        for name, query in VIEWS.items():
            yield Figure(f"matrix {MANY:,} x {PLACES}, {name}", _growth(get, query, many, few), "x", 3)


def _growth(get: Get, query: str, many: BaseDatabaseWrapper, few: BaseDatabaseWrapper) -> float:
    """That view of the large region beside the whole matrix of the small one."""
    one = Side(partial(get, f"{MATRIX}{query}"), partial(use, many), TIMES)
    other = Side(partial(get, MATRIX), partial(use, few), TIMES)
    return ratio(one, other, rounds=ROUNDS)


def add_municipalities(number: int) -> None:
    """Fill up to that number of municipalities, with a cell for each measure."""
    missing = range(number - Municipality.objects.count())
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Gemeinde {i:03}", short_name=f"G {i:03}", slug=f"g-{i:03}", sector=Sector.MUNICIPAL
        )
        for i in missing
    )
    places = Municipality.objects.bulk_create(
        Municipality(
            organisation=organisation,
            name=f"Musterdorf {i:03}",
            official_name=f"Gemeinde Musterdorf {i:03}",
            slug=f"musterdorf-{i:03}",
            abbreviation=f"{i:04X}",
            ags=f"99{i:06}",
            ars=f"99{i:010}",
            residents=5000 + 10 * i,
            residents_on=date(2018, 12, 31),
            area_km2=50,
            latitude=52,
            longitude=7,
            tile_column=100 + i % 100,
            tile_row=i // 100,
        )
        for i, organisation in zip(missing, organisations, strict=True)
    )
    with without_triggers(RolloutCell):
        pairs = product(Measure.objects.all(), places)
        RolloutCell.objects.bulk_create(
            (RolloutCell(measure=measure, municipality=place) for measure, place in pairs), batch_size=5000
        )


def fill_cells() -> None:
    """All stages in turn, some of them old, all of them confirmed; the history knows each cell's begin.
    A municipality has confirmed all of its cells at once.

    Every fourth cell has changed a week ago, so after any report or meeting. What seldom holds has to be
    looked for the longest: only one measure in fifty has cells to confirm or a refusal.
    """
    stages = [*RolloutCell.Stage.values[:8], "live", "live"]
    today = now()
    with without_triggers(RolloutCell), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE measures_rolloutcell SET stage = (%s::text[])[1 + (id + measure_id) %% 10], "
            "since = %s, evidence = 'Beschluss', confirmed_at = %s - municipality_id * interval '1 minute', "
            "stage_changed_at = CASE WHEN id %% 4 = 0 THEN %s ELSE %s END",
            [stages, (today - timedelta(days=30)).date(), today, today - timedelta(days=7), LONG_AGO],
        )
        cursor.execute(
            "UPDATE measures_rolloutcell SET stage = 'rejected', reason = %s, confirmed_at = NULL "
            "WHERE measure_id %% 50 = 0 AND id %% 100 = 0",
            [REASON],
        )
        cursor.execute("TRUNCATE measures_rolloutcellevent")
        for stage, at in (("interested", LONG_AGO), (None, today - timedelta(days=7))):
            cursor.execute(
                "INSERT INTO measures_rolloutcellevent (pgh_created_at, pgh_label, pgh_obj_id, id, version, "
                "stage, since, evidence, reason, contact, note, confirmed_at, measure_id, municipality_id) "
                "SELECT %s, 'update', id, id, version, COALESCE(%s, stage), since, evidence, reason, "
                "contact, note, confirmed_at, measure_id, municipality_id FROM measures_rolloutcell",
                [at, stage],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
