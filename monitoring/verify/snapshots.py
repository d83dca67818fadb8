"""A report's snapshot against the schema, the row, and what the history tells of its moment."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
from django.utils.translation import gettext as _

from monitoring.compile import canonical_json
from monitoring.models import Report
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.json_schema import json_schema
from monitoring.snapshot.world import NoData
from monitoring.verify.differences import differences, is_erased
from monitoring.verify.finding import UNREADABLE, Finding

Snapshot = dict[str, Any]
SHOWN: Final = 20


def read_snapshot(text: str) -> Any:
    """What the text holds, if it is the only text that this can have; None if not."""
    try:
        snapshot = json.loads(text)
        return snapshot if canonical_json(snapshot) == text.encode() else None
    except UNREADABLE:
        return None


def schema_error(snapshot: Any) -> str | None:
    """Where the snapshot breaks the schema of today's format, if it does."""
    error = next(_validator().iter_errors(snapshot), None)
    return None if error is None else ".".join(map(str, error.instance_path)) or "$"


@lru_cache(maxsize=1)
def _validator() -> Any:
    return jsonschema_rs.validator_for(json_schema())


def compare_with_row(report: Report, snapshot: Snapshot) -> Iterator[Finding]:
    told = snapshot["report"]
    label = told["scope"]["label"] if told["scope"] else ""
    pairs = {
        "kind": (told["kind"], report.kind),
        "audience": (told["audience"], report.audience),
        "period_start": (told["period_start"], report.period_start.isoformat()),
        "period_end": (told["period_end"], report.period_end.isoformat()),
        "as_of": (told["as_of"], report.as_of.isoformat()),
        "sections": ([section["key"] for section in told["sections"]], report.sections),
        "subject": (label, report.subject),
    }
    for name, (value, column) in pairs.items():
        if is_erased(value, column):
            yield Finding(_("Seither auf Verlangen gelöscht: %s.") % name, is_damage=False)
        elif value != column:
            yield Finding(_("Die Zeile des Berichts sagt anderes als der Datenstand: %s.") % name)


def compare_with_history(report: Report, snapshot: Snapshot) -> Iterator[Finding]:
    """The snapshot compiled anew as of its moment: with what was visible then, and as it would be today."""
    try:
        then = _built(report, snapshot, as_then=True)
        today = _built(report, snapshot)
    except UNREADABLE as error:
        what = _("Der Verlauf zum Stichtag lässt sich nicht mehr lesen (%s).")
        yield Finding(what % type(error).__name__)
        return
    if then is None:
        yield Finding(_("Der Verlauf zum Stichtag ist nicht mehr da."))
        return
    yield from _different(snapshot, then)
    if today is None:
        yield Finding(_("Was der Bericht zeigt, ist heute nicht mehr sichtbar."), is_damage=False)
        return
    hidden = ", ".join(sorted(_names(snapshot) - _names(today)))
    if hidden:
        yield Finding(_("Seither nicht mehr sichtbar: %s.") % hidden, is_damage=False)


def _built(report: Report, snapshot: Snapshot, *, as_then: bool = False) -> Snapshot | None:
    moment = datetime.fromisoformat(snapshot["report"]["moment"])
    try:
        built = build_snapshot(report, moment, as_then=as_then)
    except NoData:
        return None
    return json.loads(canonical_json(built))


def _different(snapshot: Snapshot, again: Snapshot) -> Iterator[Finding]:
    found = list(differences(snapshot, again))
    different = [each for each in found if not each.is_erased]
    for each in different[:SHOWN]:
        yield Finding(_("Der Verlauf sagt anderes als der Datenstand: %s.") % each)
    if len(different) > SHOWN:
        yield Finding(_("Der Verlauf sagt an %d weiteren Stellen anderes.") % (len(different) - SHOWN))
    erased = ", ".join(str(each) for each in found if each.is_erased)
    if erased:
        yield Finding(_("Seither auf Verlangen gelöscht: %s.") % erased, is_damage=False)


def _names(snapshot: Snapshot) -> set[str]:
    measures = {measure["no"] for field in snapshot["fields"] for measure in field["measures"]}
    return measures | {resolution["number"] for resolution in snapshot["resolutions"]}
