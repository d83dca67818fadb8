"""What changed since the last report: two snapshots compared, in sentences that a person would write."""

from collections.abc import Iterator

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitoring.compile.figures import all_measures
from monitoring.scales import WAY
from monitoring.snapshot_schema import Measure, RollOutRow, Snapshot

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
    names = {place["key"]: place["name"] for place in now["roll_out"]["municipalities"]}
    labels = {step["code"]: step["label"] for step in now["scales"]["stages"]}
    for row in now["roll_out"]["rows"]:
        old = old_rows.get(row["measure_no"], {})
        moves: dict[str, list[str]] = {"up": [], "down": [], "other": []}
        for key, stage in _stages(now, row).items():
            was = old.get(key, stage)
            if was != stage:
                move = _("%(place)s („%(now)s“, zuvor „%(before)s“)")
                moves[_direction(was, stage)].append(
                    move % {"place": names[key], "now": labels[stage], "before": labels[was]}
                )
        yield from _moved(row, moves)


def _stages(snapshot: Snapshot, row: RollOutRow) -> dict[str, str]:
    places = snapshot["roll_out"]["municipalities"]
    return {place["key"]: cell["stage"] for place, cell in zip(places, row["cells"], strict=True)}


def _direction(was: str, stage: str) -> str:
    """"up" and "down" are steps on the way; from or to a stage off the way is neither."""
    if was not in STEP_OF or stage not in STEP_OF:
        return "other"
    return "up" if STEP_OF[stage] > STEP_OF[was] else "down"


def _moved(row: RollOutRow, moves: dict[str, list[str]]) -> Iterator[str]:
    texts = {
        "up": _("%(measure)s, Roll-out weiter in: %(places)s."),
        "down": _("%(measure)s, Roll-out zurück in: %(places)s."),
        "other": _("%(measure)s, Roll-out geändert in: %(places)s."),
    }
    for direction, places in moves.items():
        if places:
            measure = f"{row['measure_no']} {row['measure_title']}"
            yield texts[direction] % {"measure": measure, "places": ", ".join(places)}
