"""The report: what the portal's whole work on it costs beside Typst's bare compile of the same document."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from django.utils.timezone import localdate

from bench.measuring import Figure, Side, ratio
from measures.models import Measure
from monitoring.compile.pdf import TEMPLATE, document_data
from monitoring.jobs import compile_report
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.snapshot import build_snapshot
from smartregion.base import jobs
from smartregion.base.typst import typeset

ROUNDS = 15


def figures() -> Iterator[Figure]:
    """The evaluation of the running year for the steering committee, from the loaded example data.

    One side is the job's handler from its first query to the bytes of PDF, XLSX and JSON: snapshot, progress
    rows, checksums and all. The other is Typst alone, with the fonts already loaded and the document's JSON
    in hand. Typst remembers what it has set, so each run gets a document that differs in its outlook's one
    sentence: neither side may be answered from that memory.
    """
    Measure.objects.update(visibility="public")
    today = localdate()
    jobs.run(_requested(Period.year(today.replace(year=today.year - 1))).job_id)
    report = _requested(Period.year(today))
    job = jobs.claim(report.job_id)
    assert job is not None
    bare = _BareCompile(report)
    value = ratio(
        Side(lambda: compile_report(job), bare.renew),
        Side(bare.run, bare.prepare),
        rounds=ROUNDS,
    )
    measures, places = bare.size
    yield Figure(f"report of {measures} x {places} to bare Typst compile", value, "x", 1.5)


def _requested(period: Period) -> Report:
    return request_report(kind="evaluation", audience="internal", period=period)


class _BareCompile:
    """Typst's own work on a document, whose data are fetched beforehand."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.numbers = count(1)
        self.prepare()

    def renew(self) -> None:
        """Give the report an outlook that it never had."""
        Report.objects.filter(pk=self.report.pk).update(outlook=f"Ausblick Nummer {next(self.numbers)}.")

    def prepare(self) -> None:
        self.renew()
        snapshot = build_snapshot(Report.objects.get(pk=self.report.pk))
        self.document = json.dumps(document_data(snapshot), ensure_ascii=False)
        self.moment = datetime.fromisoformat(snapshot["report"]["compiled_at"])
        roll_out = snapshot["roll_out"]
        self.size = len(roll_out["rows"]), len(roll_out["municipalities"])

    def run(self) -> None:
        typeset(TEMPLATE, self.document, self.moment)
