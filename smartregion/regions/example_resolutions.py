"""Reads the example resolutions: votes, what was to be done, who reported it, when it was noted."""

from collections.abc import Callable
from typing import Any

from governance.models import (
    AgendaItem,
    FollowUp,
    Meeting,
    Resolution,
    ResolutionCell,
    ResolutionMeasure,
)
from governance.services.followups import add_follow_ups
from governance.services.resolutions import count_votes, next_number
from measures.models import RolloutCell
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

SAID = ["number", "title", "wording", "outcome", "votes_for", "votes_against", "abstentions", "visibility"]
Known = dict[str, Resolution]


def read_resolution(story: Story, entry: Entry, item: AgendaItem, known: Known, *, day: int) -> None:
    """What was resolved on an item of a meeting's agenda."""
    row = _said(story, entry, day)
    row.committee = item.meeting.committee
    parents: dict[str, Any] = {"item": item}
    for name in ("supersedes", "approves"):
        if name in entry:
            parents[name] = entry.named(name, known)
    key = entry.take("key", str)
    reason = f"Beschlossen in: {item.meeting.title}"
    story.step(day, _storing(row, parents), reason=reason)
    _what_followed(story, entry, row, day)
    known[key] = row


def read_urgent_decisions(story: Story, file: Entry, known: Known) -> None:
    """What was decided between two meetings, and approved in the next one."""
    for entry in file.entries("urgent_decisions"):
        day = entry.take("day", int)
        row = _said(story, entry, day)
        row.committee = entry.named("committee", story.committees)
        row.procedure = Resolution.Procedure.URGENT
        known[entry.take("key", str)] = row
        story.step(day, _storing(row, {}), reason="Dringlichkeitsentscheidung")
        story.step(day, _waiting_for_approval(row))
        _what_followed(story, entry, row, day)


def noting(resolution: Resolution, meeting: Meeting) -> Callable[[], Any]:
    """The meeting notes all that was to be done after the resolution."""

    def note() -> None:
        for follow_up in resolution.follow_ups.filter(is_approval=False):
            change(follow_up, noted_in=meeting)

    return note


def _said(story: Story, entry: Entry, day: int) -> Resolution:
    values = entry.values(Resolution, [name for name in SAID if name != "number" or name in entry])
    return Resolution(**values, resolved_on=story.day(day), is_example=True)


def _storing(row: Resolution, parents: dict[str, Any]) -> Callable[[], Any]:
    """Parents get their keys only when their own steps were done; the number is the register's next one."""

    def store() -> None:
        for name, parent in parents.items():
            setattr(row, name, parent)
        count_votes(row, [])
        if row.committee.keeps_register:
            year = row.resolved_on.year
            row.sequence, row.number = next_number(committee=row.committee, year=year)
        row.save()
        if row.approves:
            waiting = row.approves.follow_ups.get(is_approval=True)
            change(waiting, noted_in=parents["item"].meeting)

    return store


def _waiting_for_approval(row: Resolution) -> Callable[[], Any]:
    return lambda: FollowUp.objects.create(
        resolution=row, what=str(FollowUp.APPROVAL), is_approval=True, is_example=True
    )


def _what_followed(story: Story, entry: Entry, row: Resolution, day: int) -> None:
    """Of a resolution itself `responsible` and `due_on` are short for its first follow-up."""
    parts = [entry, *entry.entries("follow_ups")]
    found = [(part, _follow_up(story, part)) for part in parts]
    rows = [follow_up for _part, follow_up in found if follow_up]
    story.step(day, lambda: add_follow_ups(resolution=row, follow_ups=rows))
    for part, follow_up in found:
        if follow_up and "reported" in part:
            _reported(story, part.entry("reported"), follow_up)
        if part is not entry:
            part.finish()
    for no in entry.take("measures", list, []):
        if no not in story.measures:
            raise entry.unknown("measures", no)
        story.step(day, _linking(row, no, story))
    municipalities = entry.take("municipalities", list, [])
    for ags in municipalities:
        if ags not in story.municipalities:
            raise entry.unknown("municipalities", ags)
    story.step(day, _linking_cells(row, municipalities))
    entry.finish()


def _follow_up(story: Story, part: Entry) -> FollowUp | None:
    values = story.values(part, FollowUp, ["what", "responsible", "due_on"])
    return FollowUp(**{"what": str(FollowUp.WHOLE), **values}) if values else None


def _reported(story: Story, entry: Entry, follow_up: FollowUp) -> None:
    day = entry.take("day", int)
    values = entry.values(FollowUp, ["evidence", "evidence_url"])
    entry.finish()
    reported = {**values, "reported_on": story.day(day)}
    story.step(day, lambda: change(follow_up, **reported), reason="Als umgesetzt gemeldet")


def _linking(row: Resolution, no: str, story: Story) -> Callable[[], Any]:
    return lambda: ResolutionMeasure.objects.create(resolution=row, measure=story.measures[no])


def _linking_cells(row: Resolution, municipalities: list[str]) -> Callable[[], Any]:
    def link() -> None:
        cells = RolloutCell.objects.filter(
            measure__in=row.measures.all(), municipality__ags__in=municipalities
        )
        ResolutionCell.objects.bulk_create(ResolutionCell(resolution=row, cell=cell) for cell in cells)

    return link
