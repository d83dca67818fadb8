"""The roll-out's workbook: what 400,000 cells cost beside bare XlsxWriter, and how much memory they take."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.timezone import now
from xlsxwriter import Workbook

from bench.database import copy_with, use
from bench.measuring import Figure, Side, peak_memory, ratio
from measures.export.rollout import RolloutExport
from measures.models import RolloutCell
from network.models import User
from smartregion.base.spreadsheet import SAFE, Sheets, yes_or_no

ADDRESS = "/roll-out/export.xlsx"
MEASURES = 2000
AT_LEAST = 400_000
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Cells of the long list, each of them with a value; the matrix with the same measures comes on top."""
    with copy_with(MEASURES) as copy:
        use(copy)
        fill_every_cell()
        bare = BareWorkbook()
        assert bare.cells >= AT_LEAST, bare.cells
        name = str(connection.settings_dict["NAME"])
        yield Figure(
            f"export of {AT_LEAST:,} cells, most memory in use",
            peak_memory("bench.export", name) / 1e6,
            "MB",
            150,
        )
        send = Side(partial(download, WSGIHandler(), ADDRESS))
        yield Figure(
            f"export of {AT_LEAST:,} cells to bare XlsxWriter",
            ratio(send, Side(bare.write), rounds=ROUNDS),
            "x",
            1.5,
        )


def fill_every_cell() -> None:
    """Give all cells what an export can show; half of XlsxWriter's work would be missing on empty ones."""
    with pgtrigger.ignore():
        RolloutCell.objects.update(
            stage=RolloutCell.Stage.LIVE,
            since=date(2026, 1, 1),
            evidence="Beschluss des Rates",
            reason="Der Betrieb läuft gemeinsam mit den Nachbarn.",
            confirmed_at=now(),
            confirmed_by=User.objects.first(),
        )


class BareWorkbook:
    """XlsxWriter's own work: the values lie ready, and each column knows the method that writes it."""

    def __init__(self) -> None:
        export = RolloutExport(QueryDict(), AnonymousUser())
        self.matrix, self.rows = [], []
        for line in export.lines():
            figures = (
                line.figures.affected,
                line.figures.live,
                line.figures.share,
                yes_or_no(line.is_example),
            )
            self.matrix.append([line.no, line.title, *figures, *(cell[5] for cell in line.cells)])
            self.rows += [
                [yes_or_no(value) if isinstance(value, bool) else value for value in cell]
                for cell in line.cells
            ]
        self.cells = sum(value not in (None, "") for value in chain.from_iterable(self.rows))

    def write(self) -> None:
        with TemporaryFile() as target, Workbook(target, {"constant_memory": True, **SAFE}) as workbook:
            look = Sheets(workbook)
            for rows in (self.matrix, self.rows):
                sheet = workbook.add_worksheet()
                methods = {
                    str: (sheet.write_string, look.text),
                    int: (sheet.write_number, look.number),
                    date: (sheet.write_datetime, look.day),
                }
                writers = [(column, *methods[type(value)]) for column, value in enumerate(rows[0])]
                for number, row in enumerate(rows):
                    for column, write, style in writers:
                        write(number, column, row[column], style)


def download(portal: WSGIHandler, address: str) -> int:
    """The number of bytes of an answer, of which no more than a piece is kept at a time."""

    def start(status: str, headers: object, error: object = None) -> Callable[[bytes], object]:
        assert status == "200 OK", (address, status)
        return bytes

    response: Any = portal(RequestFactory(SERVER_NAME="localhost").get(address).environ, start)
    size = sum(len(piece) for piece in response)
    response.close()
    return size


def whole_work() -> None:
    """What `peak_memory` lets a process do."""
    assert download(WSGIHandler(), ADDRESS)
