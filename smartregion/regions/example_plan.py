"""Reads the example plans: tags, criteria, dependencies, tasks, risks, documents and links of measures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from measures.models import (
    Document,
    GateCheck,
    GateCriterion,
    Measure,
    MeasureLink,
    Milestone,
    MilestoneLink,
    Risk,
    Task,
    TeamMember,
)
from measures.services.documents import add_document, add_version
from measures.services.tags import add_tag
from smartregion.regions.reader import Entry, file_beside
from smartregion.regions.story import Story, change

RISK = ["title", "likelihood", "impact", "counter_measure", "owner", "state", "review_on", "is_public"]


def read_plans(story: Story, file: Entry, folder: Path) -> None:
    """Each entry of "plans" is about one measure; files of documents lie beside the example file."""
    for entry in file.entries("plans"):
        measure = entry.named("measure", story.measures)
        since = story.past(entry, "since", story.begins)
        for name in entry.take("tags", list, []):
            story.step(since, _tagging(story, measure, name))
        for part in entry.entries("criteria_met"):
            _check(story, part, measure)
        for part in entry.entries("dependencies"):
            _dependency(story, part, measure, since)
        for part in entry.entries("tasks"):
            _task(story, part, measure, since)
        for part in entry.entries("risks"):
            _risk(story, part, measure, since)
        for part in entry.entries("documents"):
            _document(story, part, measure, since, folder)
        for part in entry.entries("links"):
            row = MeasureLink(**part.values(MeasureLink, ["title", "url", "visibility"]))
            part.finish()
            story.step(since, _saving(row, measure=_giving(measure)))
        entry.finish()


def _tagging(story: Story, measure: Measure, name: str) -> Callable[[], Any]:
    return lambda: add_tag(measure=measure, name=name, by=story.accounts["coordination"])


def _giving(row: Any) -> Callable[[], Any]:
    return lambda: row


def _saving(row: Any, **parents: Callable[[], Any]) -> Callable[[], Any]:
    """The row's parents are looked up only when their own steps were done."""

    def save() -> None:
        for name, find in parents.items():
            setattr(row, name, find())
        row.save()

    return save


def _check(story: Story, entry: Entry, measure: Measure) -> None:
    criterion = entry.named("criterion", {each.text: each for each in GateCriterion.objects.all()})
    check = GateCheck(criterion=criterion, noted_by=story.accounts["coordination"])
    check.note = entry.values(GateCheck, ["note"])["note"]
    day = story.past(entry, "day", story.begins)
    check.met_on = story.day(day)
    entry.finish()
    story.step(day, _saving(check, measure=_giving(measure)))


def _dependency(story: Story, entry: Entry, measure: Measure, since: int) -> None:
    other = entry.named("of", story.measures) if "of" in entry else measure
    later, earlier = entry.take("milestone", str), entry.take("needs", str)
    entry.finish()
    link = _saving(
        MilestoneLink(),
        milestone=lambda: _milestone(entry, measure, "milestone", later),
        predecessor=lambda: _milestone(entry, other, "needs", earlier),
    )
    story.step(since, link)


def _milestone(entry: Entry, measure: Measure, key: str, title: str) -> Milestone:
    found = measure.milestones.filter(title=title).first()
    if found is None:
        raise entry.unknown(key, title)
    return found


def _task(story: Story, entry: Entry, measure: Measure, since: int) -> None:
    task = Task(**entry.values(Task, ["title", "function"]), due_on=story.day(entry.take("due", int)))
    seat = entry.take("seat", str, "")
    done = story.past(entry, "done", since) if "done" in entry else None
    entry.finish()
    story.step(since, _saving(task, measure=_giving(measure), seat=lambda: _seat(entry, measure, seat)))
    if done is not None:
        finish = _setting(task, done_on=story.day(done))
        story.step(done, finish, reason="Als erledigt gemeldet")


def _setting(row: Any, **values: Any) -> Callable[[], Any]:
    return lambda: change(row, **values)


def _seat(entry: Entry, measure: Measure, function: str) -> TeamMember | None:
    if not function:
        return None
    seats = measure.team.filter(function=function).order_by("user", "pk")
    found = seats.first()
    if found is None:
        raise entry.unknown("seat", function)
    return found


def _risk(story: Story, entry: Entry, measure: Measure, since: int) -> None:
    risk = Risk(**story.values(entry, Risk, RISK))
    entry.finish()
    story.step(since, _saving(risk, measure=_giving(measure)), reason="Risiken zusammengestellt")


def _document(story: Story, entry: Entry, measure: Measure, since: int, folder: Path) -> None:
    document = Document(**entry.values(Document, ["title", "visibility"]))
    names: list[str] = entry.take("files", list)
    days: list[int] = entry.take("days", list)
    entry.finish()
    document.dated = story.day(days[0])
    author = story.accounts["coordination"]
    for number, (name, day) in enumerate(zip(names, days, strict=True)):
        known = {"file": file_beside(entry, "files", folder, name), "at": story.moment(day), "by": author}

        def upload(
            known: dict[str, Any] = known, store: Any = add_version if number else add_document
        ) -> None:
            document.measure = measure
            store(document=document, **known)

        story.step(max(day, since), upload)
