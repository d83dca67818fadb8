"""All that the drill knows of reports: how to ask for one, and what is wrong with what became of it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Final
from zipfile import ZipFile

import pikepdf
from django.utils.timezone import localdate
from python_calamine import CalamineWorkbook

from monitoring.models import Audience, Report, ReportFile, ReportKind
from monitoring.models.schedules import OF_THE_WHOLE
from monitoring.periods import Period
from monitoring.services.reports import approve_report, release_report, request_report
from network.models import Role, User
from smartregion.base.models import Job

VARIETY: Final = [
    (kind, audience) for kind in OF_THE_WHOLE if kind != ReportKind.CUSTOM for audience in Audience
]


def request(number: int) -> Report:
    """Each number is another report: on one day, of a kind, for an audience."""
    kind, audience = VARIETY[number % len(VARIETY)]
    day = localdate() - timedelta(days=1 + number // len(VARIETY))
    return request_report(kind=kind, audience=audience, period=Period(day, day))


def publish(key: int) -> None:
    """Two people approve what its job has compiled, once."""
    report = Report.objects.get(pk=key)
    if report.compiled_at and not report.is_sealed:
        coordinator, chair = (_account(role) for role in (Role.COORDINATION, Role.STEERING))
        report = release_report(report=report, by=coordinator, office="Koordinierungsstelle")
        approve_report(report=report, by=chair, office="Vorsitz", sha256=report.sha256)


def _account(role: Role) -> User:
    email = f"{role}@drill.example"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name=email, role=role)


def damage(key: int) -> Iterator[str]:
    """Published exactly once in whole and right files, or not at all and failed."""
    report = Report.objects.select_related("job").get(pk=key)
    files = {file.format: file for file in report.files.all()}
    name = f"report {key}"
    if report.job is None or report.job.status != Job.Status.DONE:
        if report.compiled_at or files:
            yield f"{name}: published although its job says {report.job and report.job.status}"
        return
    if not report.is_sealed:
        yield f"{name}: its job is done, but it was never published"
    if set(files) != set(OPENERS):
        yield f"{name}: files {sorted(files)} instead of {sorted(OPENERS)}"
    for file in files.values():
        yield from (f"{name}, {file.format}: {what}" for what in _damage_of_file(file))
    if hashlib.sha256(report.snapshot.encode()).hexdigest() != report.sha256:
        yield f"{name}: the snapshot is not the one that was sealed"


def _damage_of_file(file: ReportFile) -> Iterator[str]:
    content = bytes(file.content)
    if len(content) != file.size:
        yield f"{len(content)} bytes instead of {file.size}"
    if hashlib.sha256(content).hexdigest() != file.sha256:
        yield "another checksum than its row says"
    try:
        is_empty = not OPENERS[file.format](content)
    except Exception as error:
        yield f"does not open ({type(error).__name__})"
    else:
        if is_empty:
            yield "opens, but holds nothing"


def _pages(content: bytes) -> int:
    with pikepdf.open(BytesIO(content)) as pdf:
        return len(pdf.pages)


def _sheets(content: bytes) -> list[str]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names


def _names(content: bytes) -> list[str]:
    """Of the parts of an archive, after each was read to its checksum."""
    with ZipFile(BytesIO(content)) as archive:
        return [] if archive.testzip() else archive.namelist()


OPENERS: Final[dict[str, Callable[[bytes], object]]] = {
    ReportFile.Format.PDF.value: _pages,
    ReportFile.Format.SLIDES.value: _pages,
    ReportFile.Format.XLSX.value: _sheets,
    ReportFile.Format.ODS.value: _sheets,
    ReportFile.Format.DOCX.value: _names,
    ReportFile.Format.CSV.value: _names,
    ReportFile.Format.JSON.value: json.loads,
}
