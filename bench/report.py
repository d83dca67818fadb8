"""The report in all formats: what the portal adds to Typst's and XlsxWriter's own work."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import count
from tempfile import TemporaryFile
from typing import Any

import pgtrigger
from django.utils.timezone import localdate
from xlsxwriter import Workbook

from bench.measuring import Figure, Side, ratio
from measures.models import Measure
from monitoring.compile import Content, content_of
from monitoring.compile.pdf import REPORT, SLIDES, printable_data
from monitoring.compile.tables import Table
from monitoring.jobs import all_formats, compile_report
from monitoring.models import Report, ReportText
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.schema import Snapshot
from smartregion.base import jobs
from smartregion.base.spreadsheet import SAFE, Sheets, yes_or_no
from smartregion.base.typst import typeset
from tests.monitoring.snapshot_sample import sample_snapshot

ROUNDS = 7
NUMBERS = count(1)


def figures() -> Iterator[Figure]:
    """Typst remembers what it has set, so each run gets a text that it has not seen: neither is answered
    from that memory alone.
    """
    job, bare = WholeJob(), BareCompile()
    value = ratio(
        Side(lambda: compile_report(job.job), job.renew),
        Side(bare.run, lambda: bare.prepare(job.snapshot())),
        rounds=ROUNDS,
    )
    yield Figure(f"report job {bare.size} to bare Typst, XlsxWriter", value, "x")

    value = ratio(
        Side(lambda: all_formats(sample(31, 17, 60), ignore)),
        Side(bare.run, lambda: bare.prepare(sample(31, 17, 60))),
        rounds=ROUNDS,
    )
    yield Figure(f"all formats {bare.size}, 60 indicators, to bare", value, "x", 1.5)


def sample(measures: int, places: int, indicators: int) -> Snapshot:
    """A made-up evaluation whose outlook nobody has set before."""
    snapshot = sample_snapshot(measures, places, number_of_indicators=indicators)
    for section in snapshot["report"]["sections"]:
        section["text"] = f"Text Nummer {next(NUMBERS)}."
    return snapshot


def ignore(_label: str) -> None:
    """Takes the name of a step."""


class WholeJob:
    """The evaluation of the running year for the Lenkungskreis, from the loaded example data."""

    def __init__(self) -> None:
        Measure.objects.update(visibility="public")
        period = Period.year(localdate())
        self.report = request_report(kind="evaluation", audience="internal", period=period)
        assert self.report.job_id is not None
        job = jobs.claim(self.report.job_id)
        assert job is not None
        self.job = job

    def renew(self) -> None:
        """Give it an outlook that it never had, past the guard of what is being compiled."""
        text = f"Ausblick Nummer {next(NUMBERS)}."
        with pgtrigger.ignore("monitoring.ReportText:stays_once_compiled"):
            ReportText.objects.update_or_create(
                report=self.report, section="outlook", defaults={"text": text}
            )

    def snapshot(self) -> Snapshot:
        self.renew()
        return build_snapshot(Report.objects.get(pk=self.report.pk))


class BareCompile:
    """Typst with both templates and their JSON in hand; XlsxWriter with all values in hand."""

    def prepare(self, snapshot: Snapshot) -> None:
        content = content_of(snapshot)
        self.document = json.dumps(printable_data(content), ensure_ascii=False)
        self.moment = content.moment
        self.workbook = BareWorkbook(content)
        roll_out = snapshot["roll_out"]
        self.size = f"{len(roll_out['rows'])} x {len(roll_out['municipalities'])}"

    def run(self) -> None:
        typeset(REPORT, self.document, self.moment)
        typeset(SLIDES, self.document, self.moment)
        self.workbook.write()


class BareWorkbook:
    """The plain writing of the same cells."""

    def __init__(self, content: Content) -> None:
        self.tables = [self._rows(table) for table in content.tables]

    def _rows(self, table: Table) -> list[list[Any]]:
        headings = [column.heading for column in table.columns]
        rows = [
            [yes_or_no(value) if isinstance(value, bool) else value for value in row] for row in table.rows
        ]
        return [headings, *rows]

    def write(self) -> None:
        with TemporaryFile() as target, Workbook(target, {"constant_memory": True, **SAFE}) as workbook:
            look = Sheets(workbook)
            for rows in self.tables:
                sheet = workbook.add_worksheet()
                for number, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(number, column, value, look.text)
                        elif isinstance(value, date):
                            sheet.write_datetime(number, column, value, look.day)
                        elif value is not None:
                            sheet.write_number(number, column, value, look.number)
