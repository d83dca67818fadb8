"""Figures in Prometheus' text form: requests as the processes counted them, the rest as the database tells.

With PROMETHEUS_MULTIPROC_DIR all processes of the web server count together; it is empty at each start.
"""

import os
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.utils.timezone import now
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.multiprocess import MultiProcessCollector

from smartregion.base.models import Job, Sign

DAY: Final = """
    SELECT kind, status, count(*), percentile_cont(ARRAY[0.5, 0.95, 1])
        WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))
    FROM base_job WHERE finished_at > now() - interval '1 day' AND status IN ('done', 'failed')
    GROUP BY kind, status ORDER BY kind, status
"""
QUANTILES: Final = ("0.5", "0.95", "1")
WAITING: Final = """
    SELECT count(*) FILTER (WHERE status = 'queued'), count(*) FILTER (WHERE status = 'running'),
        count(*) FILTER (WHERE status = 'failed'),
        coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE status = 'queued')), 0)
    FROM base_job
"""


class OfDatabase:
    """Asked at each scrape: four statements."""

    def collect(self) -> Iterator[Any]:
        yield from _jobs()
        yield from _durations()
        yield from _signs()
        yield from _database()


def _jobs() -> Iterator[Any]:
    queued, running, failed, oldest = _rows(WAITING)[0]
    family = Gauge("smartregion_jobs", "Jobs that are kept, by status.", labels=["status"])
    for status, count in (
        (Job.Status.QUEUED, queued),
        (Job.Status.RUNNING, running),
        (Job.Status.FAILED, failed),
    ):
        family.add_metric([status.value], count)
    yield family
    yield Gauge("smartregion_oldest_waiting_job_seconds", "Age of the job that waits longest.", float(oldest))


def _durations() -> Iterator[Any]:
    ended = Gauge("smartregion_jobs_ended_in_a_day", "Jobs ended in 24 hours.", labels=["kind", "status"])
    took = Gauge(
        "smartregion_job_seconds_in_a_day",
        "Duration of the jobs done in 24 hours; 1 is the longest.",
        labels=["kind", "quantile"],
    )
    for kind, status, count, quantiles in _rows(DAY):
        ended.add_metric([kind, status], count)
        if status == Job.Status.DONE:
            for quantile, seconds in zip(QUANTILES, quantiles or (), strict=False):
                took.add_metric([kind, quantile], seconds)
    yield from (ended, took)


def _signs() -> Iterator[Any]:
    moment = now()
    ages = Gauge("smartregion_sign_age_seconds", "Since a part was last heard of.", labels=["name"])
    kept = {
        Sign.BACKUP: ("smartregion_last_backup_timestamp_seconds", "Last backup that was made."),
        Sign.RESTORE_DRILL: (
            "smartregion_last_restore_drill_timestamp_seconds",
            "Last backup brought back on trial.",
        ),
    }
    for name, seen_at in Sign.objects.order_by("name").values_list("name", "seen_at"):
        if name in kept:
            yield Gauge(*kept.pop(name), seen_at.timestamp())
        else:
            ages.add_metric([name], (moment - seen_at).total_seconds())
    for title, text in kept.values():
        yield Gauge(title, text, 0)
    yield ages


def _database() -> Iterator[Any]:
    size = _rows("SELECT pg_database_size(current_database())")[0][0]
    yield Gauge("smartregion_database_bytes", "Size of the database.", size)


def _rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def exposition() -> bytes:
    counted: Any = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    told = CollectorRegistry()
    told.register(OfDatabase())
    return generate_latest(counted) + generate_latest(told)
