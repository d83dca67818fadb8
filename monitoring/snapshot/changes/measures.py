"""Which measures appeared, ended or moved, and what became of the milestones."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.compile.figures import all_measures
from monitoring.snapshot.changes.told import Told, day_in_words, listed, name_of
from monitoring.snapshot.schema import Coded, Measure, PeriodMilestone, Snapshot

MOST_MILESTONES = 2
"""How many of one measure are named."""


def arrivals(before: Snapshot, now: Snapshot, nameable: Collection[str]) -> Told:
    """New measures, and those that are gone; of these what the audience may still see is named."""
    old = {measure["no"]: measure for measure in all_measures(before)}
    new = {measure["no"]: measure for measure in all_measures(now)}
    came = [measure for no, measure in new.items() if no not in old]
    went = [measure for no, measure in old.items() if no not in new]
    named = [measure for measure in went if measure["no"] in nameable]
    full, short = [], []
    if came:
        text = _("Neu im Bericht: %s.")
        full.append(text % listed(map(name_of, came)))
        short.append(text % listed(measure["no"] for measure in came))
    if named:
        text = _("Nicht mehr im Bericht: %s.")
        full.append(text % listed(map(name_of, named)))
        short.append(text % listed(measure["no"] for measure in named))
    if unnamed := len(went) - len(named):
        text = ngettext(
            "%s Maßnahme des letzten Berichts ist nicht mehr enthalten.",
            "%s Maßnahmen des letzten Berichts sind nicht mehr enthalten.",
            unnamed,
        )
        full.append(text % unnamed)
        short.append(text % unnamed)
    return Told(full, short)


def moves(before: Snapshot, now: Snapshot) -> Told:
    """A sentence for each measure; in short one for each state, with the numbers of those that got it."""
    old, since = {measure["no"]: measure for measure in all_measures(before)}, before["report"]["as_of"]
    fields_before, fields_now = _field_names(before), _field_names(now)
    full: list[str] = []
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    reached: dict[str, int] = {}
    missed: dict[str, int] = {}
    for measure in all_measures(now):
        was = old.get(measure["no"])
        states = list(_states(was, measure)) if was else []
        if was and fields_before[was["no"]] != fields_now[measure["no"]]:
            states.append((_("Handlungsfeld"), fields_before[was["no"]], fields_now[measure["no"]]))
        milestones = [item for item in measure["milestones_in_period"] if _is_news(item, since)]
        told = [_state_in_words(*state) for state in states] + _milestones(milestones)
        if told:
            full.append(f"{name_of(measure)}: {'; '.join(told)}.")
        for label, _was, is_now in states:
            groups[label][is_now].append(measure["no"])
        if number := sum(item["actual_date"] is not None for item in milestones):
            reached[measure["no"]] = number
        if len(milestones) > number:
            missed[measure["no"]] = len(milestones) - number
    return Told(full, [*_states_in_short(groups), *_milestones_in_short(reached, missed)])


def _states(old: Measure, new: Measure) -> Iterator[tuple[str, str, str]]:
    """What it is about, the state then, and the state now, where it has changed."""
    pairs: list[tuple[str, Coded, Coded]] = [
        (_("Ampel"), old["light_stated"], new["light_stated"]),
        (_("Phase"), old["phase"], new["phase"]),
        (_("Status"), old["status"], new["status"]),
    ]
    for label, was, is_now in pairs:
        if was["code"] != is_now["code"]:
            yield label, was["label"], is_now["label"]


def _field_names(snapshot: Snapshot) -> dict[str, str]:
    return {measure["no"]: field["name"] for field in snapshot["fields"] for measure in field["measures"]}


def _state_in_words(label: str, was: str, is_now: str) -> str:
    return _("%(what)s jetzt „%(now)s“, zuvor „%(before)s“") % {"what": label, "now": is_now, "before": was}


def _is_news(milestone: PeriodMilestone, since: str) -> bool:
    """Reached, or missed, after the last report."""
    return (milestone["actual_date"] or milestone["planned_date"]) > since


def _milestones(milestones: list[PeriodMilestone]) -> list[str]:
    reached = [item for item in milestones if item["actual_date"]]
    missed = [item for item in milestones if not item["actual_date"]]
    told = [
        _("Meilenstein „%(title)s“ am %(day)s erreicht")
        % {"title": item["title"], "day": day_in_words(item["actual_date"] or "")}
        for item in reached
    ]
    if len(told) > MOST_MILESTONES:
        told = [_("%s Meilensteine erreicht") % len(told)]
    lost = [
        _("Meilenstein „%(title)s“ vom %(day)s nicht erreicht")
        % {"title": item["title"], "day": day_in_words(item["planned_date"])}
        for item in missed
    ]
    if len(lost) > MOST_MILESTONES:
        lost = [_("%s Meilensteine nicht erreicht") % len(lost)]
    return told + lost


def _states_in_short(groups: dict[str, dict[str, list[str]]]) -> Iterator[str]:
    for label, by_state in groups.items():
        parts = (f"„{state}“ {listed(numbers)}" for state, numbers in by_state.items())
        yield _("%(what)s jetzt %(states)s.") % {"what": label, "states": "; ".join(parts)}


def _milestones_in_short(reached: dict[str, int], missed: dict[str, int]) -> Iterator[str]:
    """How many there are, and of which measures."""
    if reached:
        text = _("Meilensteine erreicht: %(number)s (%(measures)s).")
        yield text % {"number": sum(reached.values()), "measures": listed(reached)}
    if missed:
        text = _("Meilensteine nicht erreicht: %(number)s (%(measures)s).")
        yield text % {"number": sum(missed.values()), "measures": listed(missed)}
