"""What pages, a report and the database need as a county grows up to all of Germany (docs/capacity.md)."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from bench.database import DEFAULT, UNKEPT, copy_with, use
from bench.measure_list import answer
from bench.measuring import Action, Figure, Side, peak_memory
from bench.rollout import add_municipalities, fill_cells
from bench.snapshot import begin_history, build
from network.models import Municipality

MEASURES = 31
SIZES = (17, 396, 2_000, 10_800)
"""Municipalities of the example, of North Rhine-Westphalia, of a large state and neighbours, of Germany."""
PAGES = {"home": "/", "matrix": "/roll-out/", "map": "/roll-out/karte/", "municipality": ""}
ROUNDS, SNAPSHOT_ROUNDS = 5, 1
Regions = dict[int, BaseDatabaseWrapper]


def figures() -> Iterator[Figure]:
    """Each page for a reader without an account, made anew; all sizes in turns, so that ratios hold."""
    origin = connections[DEFAULT]
    with override_settings(MIDDLEWARE=UNKEPT), ExitStack() as open_ones:
        regions: Regions = {}
        for number, size in enumerate(SIZES):
            regions[size] = open_ones.enter_context(copy_with(MEASURES, copy=number))
            use(regions[size])
            add_municipalities(size)
            _share_boundaries()
            fill_cells()
            begin_history()
            use(origin)
        yield from _of_databases(regions)
        for name in PAGES:
            yield from _of_page(name, regions)
        work = {size: partial(build, localdate()) for size in SIZES}
        yield from _of_work("snapshot", work, regions, SNAPSHOT_ROUNDS)


def _share_boundaries() -> None:
    """Each municipality gets the outline of one of the example's: the table is as large as a real one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH known AS (SELECT boundary, row_number() OVER (ORDER BY id) - 1 AS number, "
            "count(*) OVER () AS n FROM network_municipality WHERE boundary IS NOT NULL) "
            "UPDATE network_municipality place SET boundary = known.boundary FROM known "
            "WHERE place.boundary IS NULL AND place.id % known.n = known.number"
        )


def _of_databases(regions: Regions) -> Iterator[Figure]:
    for size, data in regions.items():
        use(data)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            yield Figure(f"database of {size:,}", cursor.fetchone()[0] / 1e6, "MB")
        name = str(data.settings_dict["NAME"])
        for what, module in (("all pages", "bench.capacity"), ("snapshot", "bench.snapshot")):
            yield Figure(f"{what} of {size:,}, most memory", peak_memory(module, name) / 1e6, "MB")


def _of_page(name: str, regions: Regions) -> Iterator[Figure]:
    get = partial(answer, WSGIHandler())
    work: Mapping[int, Action] = {size: partial(get, _address(name)) for size in regions}
    yield from _of_work(name, work, regions, ROUNDS)
    for size, action in work.items():
        use(regions[size])
        with CaptureQueriesContext(connection) as queries:
            content = action()
        yield Figure(f"{name} of {size:,}, queries", len(queries), "")
        yield Figure(f"{name} of {size:,}, answer", len(content) / 1e3, "kB")  # type: ignore[arg-type]


def _of_work(name: str, work: Mapping[int, Action], regions: Regions, rounds: int) -> Iterator[Figure]:
    """Median milliseconds at each size, and the median of the ratios to the smallest in the same round."""
    sides = {size: Side(action, partial(use, regions[size])) for size, action in work.items()}
    gc.collect()
    taken = [{size: side.seconds() for size, side in sides.items()} for _ in range(rounds + 1)][1:]
    for size in sides:
        yield Figure(f"{name} of {size:,}", 1000 * median(each[size] for each in taken), "ms")
        growth = median(each[size] / each[SIZES[0]] for each in taken)
        yield Figure(f"{name} of {size:,} to {SIZES[0]}", growth, "x")


def _address(name: str) -> str:
    return PAGES[name] or Municipality.objects.earliest("pk").get_absolute_url()


def whole_work() -> None:
    """What `peak_memory` lets a process do."""
    with override_settings(MIDDLEWARE=UNKEPT):
        for name in PAGES:
            answer(WSGIHandler(), _address(name))
