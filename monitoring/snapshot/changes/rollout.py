"""How the roll-out has moved: forward by its new stage, the furthest first; the rest place by place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from measures.models.ladder import WAY
from monitoring.snapshot.changes.told import Told, listed
from monitoring.snapshot.schema import RollOutRow, Snapshot

STEP_OF = {str(stage.value): step for step, stage in enumerate(WAY)}


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


def roll_out(before: Snapshot, now: Snapshot) -> Told:
    """A sentence for each measure and direction; in short, how many municipalities reached which stage."""
    old_rows = {row["measure_no"]: _stages(before, row) for row in before["roll_out"]["rows"]}
    labels = {step["code"]: step["label"] for step in now["scales"]["stages"]}
    full, all_moves = [], []
    for row in now["roll_out"]["rows"]:
        moves = list(_moves(old_rows.get(row["measure_no"], {}), _stages(now, row), labels))
        measure = f"{row['measure_no']} {row['measure_title']}"
        full += [f"{measure}, {text}" for text in told(moves)]
        all_moves += moves
    return Told(full, list(_in_short(all_moves)))


def _moves(old: dict[str, str], new: dict[str, str], labels: dict[str, str]) -> Iterator[Move]:
    for place, stage in new.items():
        was = old.get(place, stage)
        if was != stage:
            yield Move.between(place, was, stage, labels)


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
            % {"stage": stage, "places": listed(move.place for move in group)}
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


def _in_short(moves: list[Move]) -> Iterator[str]:
    """The furthest stage first."""
    texts = {1: _("Roll-out weiter: %s."), -1: _("Roll-out zurück: %s."), 0: _("Roll-out geändert: %s.")}
    for direction, text in texts.items():
        found = Counter((-move.step, move.now) for move in moves if move.direction == direction)
        parts = [
            _("%(number)s Stände jetzt „%(stage)s“") % {"number": number, "stage": stage}
            if number > 1
            else _("ein Stand jetzt „%s“") % stage
            for (_step, stage), number in sorted(found.items())
        ]
        if parts:
            yield text % ", ".join(parts)
