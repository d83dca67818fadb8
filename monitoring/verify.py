"""Whether every compiled report is still what it was: its bytes, its checksums, and the history behind it.

An attacker on the database may switch triggers off; then a check from outside is what tells. What is compared
with the history is what people have recorded. What the portal words itself (labels, rules, headings) is left
out, since a later release may word it differently; so are the changes since the previous report, which are
drawn from snapshots that are checked themselves.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pikepdf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.compile import TYPESET, WRITTEN, SnapshotError, canonical_json
from monitoring.models import Report, ReportFile
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.schema import FORMAT_VERSION
from monitoring.snapshot.world import NoData
from smartregion.base import jobs
from smartregion.base.jobs import Finish, JobError, consistent_read, handler
from smartregion.base.models import Job

VERIFY: Final = "monitoring.verify_reports"
FORMATS: Final = frozenset({*TYPESET, *WRITTEN})
WORDED_BY_THE_PORTAL: Final = frozenset(
    {"scales", "changes", "method", "label", "rule", "counting_rule", "stale_rule", "occasion"}
)
SHOWN: Final = 20
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """What a check of one report says: damage, or in words why a difference is allowed."""

    report: str
    what: str
    is_damage: bool = True

    def __str__(self) -> str:
        return f"{self.report}: {self.what}"


def verify_reports() -> Iterator[Finding]:
    """One report after the other, each in memory alone. To be called in one consistent read."""
    keys = Report.objects.compiled().order_by("pk").values_list("pk", flat=True)
    for key in list(keys):
        report = Report.objects.select_related("municipality", "field", "measure", "template").get(pk=key)
        name = f"{report} ({report.pk})"
        for what in _damages(report):
            yield Finding(name, what)
        for what in _hidden_since(report):
            yield Finding(name, what, is_damage=False)


def _damages(report: Report) -> Iterator[str]:
    snapshot = _read(report.snapshot)
    if snapshot is None:
        yield _("Der Datenstand ist kein kanonisches JSON.")
    if _sha256(report.snapshot.encode()) != report.sha256:
        yield _("Der Datenstand passt nicht zu seiner Prüfsumme.")
    yield from _files(report)
    if snapshot is not None:
        yield from _row(report, snapshot)
        yield from _history(report, snapshot)


def _read(text: str) -> dict[str, Any] | None:
    """The snapshot, if its text is the only one that its content can have."""
    try:
        snapshot = json.loads(text)
        return snapshot if canonical_json(snapshot) == text.encode() else None
    except (ValueError, SnapshotError):
        return None


def _files(report: Report) -> Iterator[str]:
    files = {file.format: file for file in report.files.all()}
    for missing in sorted(FORMATS - set(files)):
        yield _("Die Datei fehlt: %s.") % missing
    for name, file in files.items():
        content = bytes(file.content)
        if _sha256(content) != file.sha256:
            yield _("Die Datei passt nicht zu ihrer Prüfsumme: %s.") % name
        if len(content) != file.size:
            yield _("Die Datei hat nicht ihre Größe: %s.") % name
        if name == ReportFile.Format.JSON and content != report.snapshot.encode():
            yield _("Die JSON-Datei ist nicht der Datenstand.")
        if name in {ReportFile.Format.PDF, ReportFile.Format.SLIDES}:
            yield from _pdf(name, content, report.sha256)


def _pdf(name: str, content: bytes, sha256: str) -> Iterator[str]:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            metadata = document.Root.Metadata.read_bytes()
    except (pikepdf.PdfError, AttributeError):
        yield _("Die Datei lässt sich nicht öffnen: %s.") % name
        return
    if sha256.encode() not in metadata:
        yield _("Die Datei trägt nicht die Prüfsumme der Daten: %s.") % name


def _row(report: Report, snapshot: dict[str, Any]) -> Iterator[str]:
    told = snapshot["report"]
    columns = {
        "kind": report.kind,
        "audience": report.audience,
        "period_start": report.period_start.isoformat(),
        "period_end": report.period_end.isoformat(),
        "as_of": report.as_of.isoformat(),
    }
    for name, value in columns.items():
        if told[name] != value:
            yield _("Die Zeile des Berichts sagt anderes als der Datenstand: %s.") % name
    if [section["key"] for section in told["sections"]] != report.sections:
        yield _("Die Zeile des Berichts sagt anderes als der Datenstand: %s.") % "sections"
    if report.is_sealed and not (report.released_as and report.approved_as and report.released_at):
        yield _("Der Bericht ist versiegelt, ohne freigegeben und genehmigt zu sein.")


def _history(report: Report, snapshot: dict[str, Any]) -> Iterator[str]:
    """The snapshot compiled anew as of its moment, with what was visible then, is the same."""
    if snapshot["format_version"] != FORMAT_VERSION:
        return
    moment = datetime.fromisoformat(snapshot["report"]["moment"])
    try:
        again = build_snapshot(report, moment, as_then=True)
    except NoData:
        yield _("Der Verlauf zum Stichtag ist nicht mehr da.")
        return
    different = list(differences(snapshot, json.loads(canonical_json(again))))
    for path in different[:SHOWN]:
        yield _("Der Verlauf sagt anderes als der Datenstand: %s.") % ".".join(map(str, path))
    if len(different) > SHOWN:
        yield _("Der Verlauf sagt an %d weiteren Stellen anderes.") % (len(different) - SHOWN)


def differences(a: Any, b: Any, path: Path = ()) -> Iterator[Path]:
    """Where two JSON values differ, but for what the portal words itself."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(a.keys() | b.keys()):
            if name not in WORDED_BY_THE_PORTAL:
                yield from differences(a.get(name), b.get(name), (*path, name))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from differences(left, right, (*path, index))
    elif a != b:
        yield path


def _hidden_since(report: Report) -> Iterator[str]:
    """In words, what a report compiled today would leave out: it is not changed, only hidden."""
    snapshot = _read(report.snapshot)
    if snapshot is None or snapshot["format_version"] != FORMAT_VERSION:
        return
    moment = datetime.fromisoformat(snapshot["report"]["moment"])
    try:
        today = build_snapshot(report, moment)
    except NoData:
        yield _("Was der Bericht zeigt, ist heute nicht mehr sichtbar.")
        return
    gone = sorted(_names(snapshot) - _names(today))
    if gone:
        yield _("Seither nicht mehr sichtbar: %s.") % ", ".join(gone)


def _names(snapshot: Any) -> set[str]:
    measures = {measure["no"] for field in snapshot["fields"] for measure in field["measures"]}
    return measures | {resolution["number"] for resolution in snapshot["resolutions"]}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def request_verification() -> Job:
    """Let a job look through all reports, unless one is about to."""
    waiting = Job.objects.filter(kind=VERIFY, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).first()
    return waiting or jobs.enqueue(VERIFY, steps=1)


def last_damage() -> Job | None:
    """The last check that came to its end, if it found damage."""
    ended = Job.objects.filter(kind=VERIFY, status__in=[Job.Status.DONE, Job.Status.FAILED])
    last = ended.order_by("-finished_at").first()
    return last if last and last.status == Job.Status.FAILED else None


@handler(VERIFY, title=gettext_lazy("Berichte prüfen"))
def verify(job: Job) -> Finish:
    """Fails with the names of what is damaged; the worklist tells it until a check is clean."""
    with consistent_read():
        damaged = [str(finding) for finding in verify_reports() if finding.is_damage]
    if damaged:
        raise JobError("\n".join(damaged[:SHOWN]))
    return lambda: None
