"""What changed between two days, in sentences: both days read as the reader may see them, and compared.

What a reader may not see on one of the two days takes no part, and `as_of` shows nothing more openly than it
has been since; so no sentence tells of what was hidden.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import Meeting, Resolution
from measures.changes import changed_in_words, milestone_in_words
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate
from measures.models.measure import visibilities_for
from monitoring.snapshot.changes.rollout import Move, told
from smartregion.base import written
from smartregion.base.as_of import as_of, end_of
from smartregion.base.changes import last_changes
from smartregion.base.text import german_key


@dataclass
class Sentence:
    """What changed, told of one row or of several; who did it and why, for those who may know."""

    text: str
    model: type[Model]
    key: int | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Subject:
    """A measure, or the committees, with what changed there; no address where there is no page any more."""

    title: str
    url: str
    sentences: list[Sentence]


@dataclass(frozen=True)
class State:
    """What a reader sees on a day."""

    measures: dict[int, Measure]
    milestones: dict[int, Milestone]
    updates: dict[int, StatusUpdate]
    cells: dict[int, Any]
    resolutions: dict[int, Resolution]
    meetings: dict[int, Meeting]


def state_on(day: date, user: Any) -> State:
    """The state at the end of the day; of today the present one."""
    if day >= localdate():
        return _read(user)
    with as_of(day, visibilities_for(user)):
        return _read(user)


def _read(user: Any) -> State:
    measures = Measure.objects.visible_to(user)
    keys = measures.values("pk")
    cells = RolloutCell.objects.visible_to(user).order_by()
    return State(
        measures=_by_key(measures),
        milestones=_by_key(Milestone.objects.filter(measure__in=keys)),
        updates=_by_key(StatusUpdate.objects.visible_to(user).filter(measure__in=keys)),
        cells={
            row["pk"]: row for row in cells.values("pk", "measure", "stage", place=F("municipality__name"))
        },
        resolutions=_by_key(Resolution.objects.visible_to(user).select_related("committee")),
        meetings=_by_key(Meeting.objects.visible_to(user).select_related("committee")),
    )


def _by_key(rows: QuerySet[Any]) -> dict[int, Any]:
    return {row.pk: row for row in rows}


def changes_between(start: date, end: date, user: Any) -> list[Subject]:
    """The measures in the order of their numbers, then the committees. Costs a fixed number of queries."""
    before, after = state_on(start, user), state_on(end, user)
    found: dict[int, list[Sentence]] = defaultdict(list)
    for tell in (_measures, _milestones, _updates, _roll_out):
        for measure, sentence in tell(before, after):
            found[measure].append(sentence)
    rows = {**before.measures, **after.measures}
    subjects = [
        Subject(str(rows[key]), rows[key].get_absolute_url() if key in after.measures else "", found[key])
        for key in sorted(found, key=lambda key: rows[key].no)
    ]
    if committees := list(_committees(before, after)):
        subjects.append(Subject(_("Gremien"), reverse("committees"), committees))
    if user.has_perm("measures.view_history"):
        _name_authors([each for subject in subjects for each in subject.sentences], start, end)
    return subjects


def _name_authors(sentences: list[Sentence], start: date, end: date) -> None:
    """Add who changed the row last until then, and why."""
    by_model: dict[type[Model], list[Sentence]] = {model: [] for model in TOLD}
    for sentence in sentences:
        by_model[sentence.model].append(sentence)
    for model, told_of in by_model.items():
        keys = [sentence.key for sentence in told_of if sentence.key]
        known = last_changes(model, keys, end_of(start), end_of(end))
        for sentence in told_of:
            sentence.by, sentence.reason = known.get(sentence.key, ("", ""))


Told = Iterator[tuple[int, Sentence]]
"""Sentences, each with the key of its measure."""


def _in_both(before: dict[int, Any], after: dict[int, Any]) -> Iterator[tuple[Any, Any]]:
    return ((before[key], after[key]) for key in after if key in before)


def _measures(before: State, after: State) -> Told:
    for key in after.measures.keys() - before.measures.keys():
        yield key, Sentence(_("Die Maßnahme ist neu zu sehen."), Measure, key)
    for key in before.measures.keys() - after.measures.keys():
        yield key, Sentence(_("Die Maßnahme ist archiviert oder nicht mehr zu sehen."), Measure, key)
    for key, texts in changed_in_words(_in_both(before.measures, after.measures)).items():
        for text in texts:
            yield key, Sentence(text, Measure, key)


def _milestones(before: State, after: State) -> Told:
    """Of measures that were to be seen on both days: of a new one everything would be new."""
    known = before.measures.keys() & after.measures.keys()
    for key in sorted(before.milestones.keys() | after.milestones.keys()):
        old, new = before.milestones.get(key), after.milestones.get(key)
        measure = (new or old).measure_id  # type: ignore[union-attr]
        if measure in known and (text := milestone_in_words(old, new)):
            yield measure, Sentence(text, Milestone, key)


def _updates(before: State, after: State) -> Told:
    known = before.measures.keys() & after.measures.keys()
    for key in sorted(after.updates.keys() - before.updates.keys()):
        update = after.updates[key]
        if update.measure_id in known:
            yield (
                update.measure_id,
                Sentence(_("Neuer Sachstand vom %s.") % _day(update.on), StatusUpdate, key),
            )


def _roll_out(before: State, after: State) -> Told:
    """Told by place, several in one sentence, as in a report."""
    labels = {stage.value: str(stage.label) for stage in RolloutCell.Stage}
    moves: dict[int, list[Move]] = defaultdict(list)
    for old, new in _in_both(before.cells, after.cells):
        if old["stage"] != new["stage"] and old["measure"] == new["measure"]:
            moves[new["measure"]].append(Move.between(new["place"], old["stage"], new["stage"], labels))
    for measure, of_measure in moves.items():
        for text in told(sorted(of_measure, key=lambda move: german_key(move.place))):
            yield measure, Sentence(text, RolloutCell)


def _committees(before: State, after: State) -> Iterator[Sentence]:
    new = after.resolutions.keys() - before.resolutions.keys()
    for resolution in sorted(
        (after.resolutions[key] for key in new), key=lambda row: (row.resolved_on, row.pk)
    ):
        text = _("%(committee)s: Beschluss %(number)s „%(title)s“ vom %(day)s.") % {
            "committee": resolution.committee.name,
            "number": resolution.number,
            "title": resolution.title,
            "day": _day(resolution.resolved_on),
        }
        yield Sentence(text, Resolution, resolution.pk)
    for key, meeting in sorted(after.meetings.items(), key=lambda pair: pair[1].starts_at):
        old = before.meetings.get(key)
        if old is None or old.status != meeting.status or old.starts_at != meeting.starts_at:
            text = _("%(committee)s: Sitzung „%(title)s“ am %(day)s, %(status)s.") % {
                "committee": meeting.committee.name,
                "title": meeting.title,
                "day": _day(localdate(meeting.starts_at)),
                "status": meeting.get_status_display(),
            }
            yield Sentence(text, Meeting, key)


def _day(day: date | None) -> str:
    return written.day(day)


TOLD: Final = (Measure, Milestone, StatusUpdate, RolloutCell, Resolution, Meeting)
