"""What changed since the last report: two snapshots compared, in sentences that a person would write."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from measures.models.ladder import WAY
from monitoring.compile.figures import all_measures
from monitoring.snapshot.schema import Measure, RollOutRow, Snapshot

STEP_OF = {str(stage.value): step for step, stage in enumerate(WAY)}


def sentences(before: Snapshot, now: Snapshot) -> list[str]:
    """Return the changes of measures and milestones in the report's order, then those of the roll-out.

    Both snapshots are of the same audience, so that a sentence says nothing that either does not.
    """
    return [*_measures(before, now), *_roll_out(before, now)]


def _measures(before: Snapshot, now: Snapshot) -> Iterator[str]:
    known = {measure["no"]: measure for measure in all_measures(before)}
    for measure in all_measures(now):
        old = known.get(measure["no"])
        if old is None:
            yield _("%s ist neu im Bericht.") % _name(measure)
        else:
            yield from _states(old, measure)
        yield from _milestones(measure, since=before["report"]["as_of"])


def _states(old: Measure, new: Measure) -> Iterator[str]:
    pairs = [
        (_("Ampel"), old["light_stated"], new["light_stated"]),
        (_("Phase"), old["phase"], new["phase"]),
        (_("Status"), old["status"], new["status"]),
    ]
    for label, was, is_now in pairs:
        if was["code"] != is_now["code"]:
            yield _("%(measure)s: %(what)s jetzt „%(now)s“, zuvor „%(before)s“.") % {
                "measure": _name(new),
                "what": label,
                "now": is_now["label"],
                "before": was["label"],
            }


def _milestones(measure: Measure, since: str) -> Iterator[str]:
    for milestone in measure["milestones_in_period"]:
        reached = milestone["actual_date"]
        if reached and reached > since:
            yield _("%(measure)s: Meilenstein „%(title)s“ am %(day)s erreicht.") % {
                "measure": _name(measure),
                "title": milestone["title"],
                "day": date_format(parse_date(reached), "d.m.Y"),  # type: ignore[arg-type]
            }


def _name(measure: Measure) -> str:
    return f"{measure['no']} {measure['title']}"


def _roll_out(before: Snapshot, now: Snapshot) -> Iterator[str]:
    old_rows = {row["measure_no"]: _stages(before, row) for row in before["roll_out"]["rows"]}
    labels = {step["code"]: step["label"] for step in now["scales"]["stages"]}
    for row in now["roll_out"]["rows"]:
        old = old_rows.get(row["measure_no"], {})
        moves = [
            Move.between(place, old[place], stage, labels)
            for place, stage in _stages(now, row).items()
            if old.get(place, stage) != stage
        ]
        measure = f"{row['measure_no']} {row['measure_title']}"
        yield from (f"{measure}, {text}" for text in told(moves))


@dataclass(frozen=True)
class Move:
    """A cell that changed: from which stage to which; `step` is how far along the way it is now."""

    place: str
    was: str
    now: str
    direction: int
    step: int

    @classmethod
    def between(cls, place: str, was: str, stage: str, labels: dict[str, str]) -> "Move":
        return cls(place, labels[was], labels[stage], _direction(was, stage), STEP_OF.get(stage, -1))


def _stages(snapshot: Snapshot, row: RollOutRow) -> dict[str, str]:
    places = snapshot["roll_out"]["municipalities"]
    return {place["name"]: cell["stage"] for place, cell in zip(places, row["cells"], strict=True)}


def _direction(was: str, stage: str) -> int:
    """1 for a step forward, -1 for one back, 0 from or to a stage that is off the way."""
    if was not in STEP_OF or stage not in STEP_OF:
        return 0
    return 1 if STEP_OF[stage] > STEP_OF[was] else -1


def told(moves: list[Move]) -> Iterator[str]:
    """What went forward is told by its new stage, the furthest first; the rest place by place."""
    forward = sorted((move for move in moves if move.direction > 0), key=lambda move: -move.step)
    if forward:
        groups = [
            _("jetzt %(stage)s: %(places)s")
            % {"stage": stage, "places": ", ".join(move.place for move in group)}
            for stage, group in groupby(forward, key=lambda move: move.now)
        ]
        yield _("Roll-out weiter – %s.") % "; ".join(groups)
    texts = {-1: _("Roll-out zurück – %s."), 0: _("Roll-out geändert – %s.")}
    for direction, text in texts.items():
        places = [
            _("%(place)s: jetzt %(now)s, zuvor %(before)s")
            % {"place": move.place, "now": move.now, "before": move.was}
            for move in moves
            if move.direction == direction
        ]
        if places:
            yield text % "; ".join(places)
