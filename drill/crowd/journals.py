"""What the people noted against what the database holds."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from drill import reports
from drill.crowd.person import Journal
from drill.rounds import OPEN, STUCK_SECONDS
from measures.models import RolloutCell
from monitoring.models import Report
from smartregion.base.history import event_model
from smartregion.base.models import Job
from smartregion.bootstrap import Failure
from smartregion.stack.supervisor import wait_for

Event = event_model(RolloutCell)


def lost(journals: list[Journal]) -> Iterator[str]:
    """Acknowledged writes that do not stand in the history once, others that stand there more than once;
    cells that differ from their history."""
    kept = Counter(Event._base_manager.filter(note__startswith="Drill ").values_list("note", flat=True))
    for note in (note for journal in journals for note in journal.saved):
        if kept[note] != 1:
            yield f"“{note}” was acknowledged and stands {kept[note]} times in the history"
    unanswered = {note for journal in journals for note in {*journal.sent} - {*journal.saved}}
    for note in unanswered:
        if kept[note] > 1:
            yield f"“{note}” was sent once and stands {kept[note]} times in the history"
    newest = Event._base_manager.order_by("pgh_obj_id", "-version", "-pgh_id").distinct("pgh_obj_id")
    last = dict(newest.values_list("pgh_obj_id", "note"))
    for key, note in RolloutCell.objects.values_list("pk", "note"):
        if key in last and note != last[key]:
            yield f"cell {key} holds “{note}”, its history ends with “{last[key]}”"


def request_report(number: int) -> int:
    return reports.request(number).pk


def all_compiled_at(keys: list[int]) -> datetime:
    """When the last of the reports was ready. Raises Failure if one of them never was."""
    reports = Report.objects.filter(pk__in=keys)
    moments = [report.compiled_at for report in reports if report.compiled_at]
    if len(moments) != len(keys):
        raise Failure("not every report was compiled")
    return max(moments)


def damaged(keys: list[int]) -> Iterator[str]:
    for key in keys:
        reports.publish(key)
        yield from reports.damage(key)


def wait_for_jobs() -> None:
    if not wait_for(lambda: not Job.objects.filter(status__in=OPEN).exists(), 4 * STUCK_SECONDS):
        raise Failure(f"jobs do not end: {list(Job.objects.filter(status__in=OPEN))}")
