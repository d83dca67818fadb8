"""The list of measures and the roll-out to take home, as workbook and as CSV.

A workbook is built into a temporary file while the view runs; a CSV is made line by line while it is sent,
which `streamed_reading_only` keeps from writing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any, Final, Protocol

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from xlsxwriter import Workbook

from measures.export.measures import MeasureExport
from measures.export.rollout import RolloutExport
from measures.export.solutions import SolutionExport
from measures.filters import query_with
from measures.time_machine import TimeMachine
from measures.views.in_time import InTimeView
from network.models import Municipality
from smartregion.base import clock
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.ods import ODS_TYPE, OdsSheets
from smartregion.base.spreadsheet import CSV_TYPE, SAFE, XLSX_TYPE, Sheets, csv_lines

XLSX: Final = "xlsx"
ODS: Final = "ods"
CSV: Final = "csv"
WORKBOOK_TYPES: Final = {XLSX: XLSX_TYPE, ODS: ODS_TYPE}


class Export(Protocol):
    """Rows with their headings, and the same as a workbook."""

    @property
    def headings(self) -> list[str]: ...

    def rows(self) -> Iterable[list[Any]]: ...

    def write_to(self, sheets: Any, *, page: str, imprint: str) -> None: ...


@contextmanager
def sheets_of(file_format: str, target: IO[bytes]) -> Iterator[Sheets | OdsSheets]:
    """Sheets of a workbook in that format, which is whole when the context ends."""
    if file_format == ODS:
        with OdsSheets(target) as sheets:
            yield sheets
        return
    with Workbook(target, {"constant_memory": True, **SAFE}) as workbook:
        yield Sheets(workbook)


def _day_in_name() -> str:
    day = f"{clock.today():%Y-%m-%d}"
    return f"stand-{day}" if clock.is_past() else day


class ExportView(RuledView):
    """Answers with a file that bears the day of its data in its name and is kept by nobody on the way."""

    permission = PUBLIC
    file_format = CSV

    def export_of(self, request: HttpRequest) -> Export:
        raise NotImplementedError

    def page_of(self, request: HttpRequest) -> str:
        """Address of the page with the same rows, without its query."""
        raise NotImplementedError

    def file_name(self) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        export = self.export_of(request)
        name = f"{self.file_name()}-{_day_in_name()}.{self.file_format}"
        response: StreamingHttpResponse
        if self.file_format in WORKBOOK_TYPES:
            content_type = WORKBOOK_TYPES[self.file_format]
            response = FileResponse(self._workbook(request, export), content_type=content_type)
        else:
            response = StreamingHttpResponse(csv_lines(export.headings, export.rows()), content_type=CSV_TYPE)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _workbook(self, request: HttpRequest, export: Export) -> IO[bytes]:
        """An open file, which the response closes; it has no name and vanishes with it."""
        page = request.build_absolute_uri(f"{self.page_of(request)}{query_with(request.GET)}").rstrip("?")
        target = TemporaryFile()  # noqa: SIM115 - the response closes it
        imprint = request.build_absolute_uri(reverse("imprint"))
        with sheets_of(self.file_format, target) as sheets:
            export.write_to(sheets, page=page, imprint=imprint)
        target.seek(0)
        return target


class ExportInTimeView(InTimeView, ExportView):
    """A day that cannot be shown leads to the page with the same rows: a file cannot tell what is wrong."""

    def shown_today(self, machine: TimeMachine, problem: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        messages.warning(self.request, problem)
        query = query_with(self.request.GET, stand=None)
        return HttpResponseRedirect(f"{self.page_of(self.request)}{query}".rstrip("?"))


class MeasureExportView(ExportInTimeView):
    """Exactly the measures that the list of the same query shows on all its pages."""

    def export_of(self, request: HttpRequest) -> Export:
        origin = request.build_absolute_uri("/").rstrip("/")
        return MeasureExport(request.GET, request.user, lambda path: f"{origin}{path}")

    def page_of(self, request: HttpRequest) -> str:
        return reverse("measures")

    def file_name(self) -> str:
        return "massnahmen"


class RolloutExportView(ExportInTimeView):
    """Exactly the cells that the matrix of the same query shows on all its pages."""

    def export_of(self, request: HttpRequest) -> Export:
        return RolloutExport(request.GET, request.user)

    def page_of(self, request: HttpRequest) -> str:
        return reverse("matrix")

    def file_name(self) -> str:
        return "roll-out"


class MunicipalityExportView(ExportView):
    """The cells of a municipality's page."""

    place: Municipality

    def export_of(self, request: HttpRequest) -> Export:
        self.place = get_object_or_404(Municipality.objects.defer("boundary"), slug=self.kwargs["slug"])
        return RolloutExport({}, request.user, self.place)

    def page_of(self, request: HttpRequest) -> str:
        return self.place.get_absolute_url()

    def file_name(self) -> str:
        return f"roll-out-{self.place.slug}"


class SolutionExportView(ExportView):
    """Exactly the solutions that the catalogue of the same query shows on all its pages."""

    def export_of(self, request: HttpRequest) -> Export:
        origin = request.build_absolute_uri("/").rstrip("/")
        return SolutionExport(request.GET, request.user, lambda path: f"{origin}{path}")

    def page_of(self, request: HttpRequest) -> str:
        return reverse("solutions")

    def file_name(self) -> str:
        return "loesungen"
