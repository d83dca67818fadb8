"""What changed since the last report: two snapshots compared, in sentences that a person would write."""

import json
from collections.abc import Collection
from datetime import date, timedelta

from django.utils.translation import gettext as _

from measures.models import Measure
from monitoring.compile.figures import all_measures
from monitoring.models import Report
from monitoring.snapshot.changes.decisions import follow_ups, resolutions
from monitoring.snapshot.changes.figures import indicators, money
from monitoring.snapshot.changes.measures import arrivals, moves
from monitoring.snapshot.changes.rollout import roll_out
from monitoring.snapshot.changes.told import Told, day_in_words, fitting
from monitoring.snapshot.parts import needed_parts
from monitoring.snapshot.past import Past
from monitoring.snapshot.schema import Changes, PreviousReport, Snapshot

__all__ = ["changes_of", "sentences"]


def changes_of(report: Report, snapshot: Snapshot, past: Past) -> Changes:
    """What this report's snapshot tells anew, beside the last one that was sealed before it was compiled."""
    earlier = Report.objects.before(report)
    if report.compiled_at is not None:
        earlier = earlier.filter(sealed_at__lte=report.compiled_at)
    previous = earlier.first()
    if previous is None:
        return Changes(previous=None, sentences=[])
    before: Snapshot = json.loads(previous.snapshot)
    told = before["report"]
    scope = told["scope"]["label"] if told["scope"] else ""
    return Changes(
        previous=PreviousReport(
            title=" ".join(part for part in (told["title"], scope, told["period_label"]) if part),
            as_of=told["as_of"],
            sha256=previous.sha256,
        ),
        sentences=sentences(before, snapshot, _nameable(before, past)),
    )


def sentences(before: Snapshot, now: Snapshot, nameable: Collection[str] = ()) -> list[str]:
    """Return the changes in the report's order, no more than about a page.

    Both snapshots are of the same audience, so that a sentence says nothing that either does not. What only
    one of them has is not compared.

    Args:
        nameable: numbers of measures of the earlier snapshot that the audience may still read of.
    """
    common = set.intersection(
        *(needed_parts(section["key"] for section in each["report"]["sections"]) for each in (before, now))
    )
    subjects: list[Told] = [_counted_since(before, now), arrivals(before, now, nameable), moves(before, now)]
    by_part = {
        "money": money,
        "roll_out": roll_out,
        "indicators": indicators,
        "resolutions": resolutions,
        "follow_ups": follow_ups,
    }
    subjects += [tell(before, now) for part, tell in by_part.items() if part in common]
    return fitting(subjects)


def _counted_since(before: Snapshot, now: Snapshot) -> Told:
    """Where the last report is older than this one's period: what happens is told of the period alone."""
    since, start = date.fromisoformat(before["report"]["as_of"]), now["report"]["period_start"]
    if since + timedelta(days=1) >= date.fromisoformat(start):
        return Told([])
    text = _(
        "Verglichen wird der Stand mit dem vom %(since)s; Meilensteine, Beschlüsse und erledigte Aufträge "
        "sind die seit dem %(start)s."
    )
    return Told([text % {"since": day_in_words(since.isoformat()), "start": day_in_words(start)}])


def _nameable(before: Snapshot, past: Past) -> set[str]:
    """What was hidden or deleted since the last report is not named again."""
    nos = [measure["no"] for measure in all_measures(before)]
    seen = Measure.objects.filter(no__in=nos, visibility__in=past.visible)
    return set(seen.values_list("no", flat=True))
