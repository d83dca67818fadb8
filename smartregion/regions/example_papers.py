"""Reads the example papers: texts, attachments, and stations with the agenda items where they were."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from governance.models import AgendaItem, Consultation, Meeting, Paper, PaperFile
from governance.services.consultations import add_station
from governance.services.papers import add_file, add_paper
from smartregion.base.uploads import Upload
from smartregion.regions.reader import Entry, file_beside
from smartregion.regions.story import Story, change

PAPER = ["kind", "title", "originator", "proposed_resolution", "cost", "cost_note", "visibility"]


def read_papers(story: Story, file: Entry, folder: Path) -> None:
    """Files of attachments lie beside the example file."""
    for entry in file.entries("papers"):
        day = story.past(entry, "day", story.begins)
        paper = Paper(**entry.values(Paper, PAPER), dated=story.day(day), is_example=True)
        paper.committee = entry.named("committee", story.committees)
        paper.body = "\n\n".join(str(paragraph) for paragraph in entry.take("body", list))
        story.step(day, _adding(story, paper), reason="Vorlage erstellt")
        for part in entry.entries("files"):
            attachment = PaperFile(**part.values(PaperFile, ["title", "visibility"]))
            upload = file_beside(part, "file", folder, part.take("file", str))
            part.finish()
            story.step(day, _attaching(story, paper, attachment, upload))
        for part in entry.entries("stations"):
            _station(story, part, paper, day)
        entry.finish()


def _adding(story: Story, paper: Paper) -> Callable[[], Any]:
    return lambda: add_paper(paper=paper, by=story.accounts["coordination"])


def _attaching(story: Story, paper: Paper, attachment: PaperFile, upload: Upload) -> Callable[[], Any]:
    def attach() -> None:
        attachment.paper = paper
        at = story.moment((paper.dated - story.today).days) if paper.dated else None
        add_file(attachment=attachment, file=upload, by=story.accounts["coordination"], at=at)

    return attach


def _station(story: Story, entry: Entry, paper: Paper, day: int) -> None:
    values = entry.values(Consultation, ["role"]) | story.values(entry, Consultation, ["planned_on"])
    station = Consultation(committee=entry.named("committee", story.committees), **values)

    def add() -> None:
        station.paper = paper
        add_station(station=station, by=story.accounts["coordination"])

    story.step(day, add, reason="Beratungsfolge festgelegt")
    if "item" in entry:
        title, on_agenda = entry.take("item", str), story.past(entry, "on_agenda", day)
        link = _linking(entry, station, title, story.moment(on_agenda))
        story.step(on_agenda, link, reason="Auf die Tagesordnung gesetzt")
    entry.finish()


def _linking(entry: Entry, station: Consultation, title: str, moment: datetime) -> Callable[[], Any]:
    def link() -> None:
        item = AgendaItem.objects.filter(meeting__committee=station.committee, title=title).first()
        if item is None:
            raise entry.unknown("item", title)
        change(item, paper=station.paper)
        station.refresh_from_db()
        change(station, item=item)
        _date_change(item.meeting_id, moment)

    return link


def _date_change(meeting: int, moment: datetime) -> None:
    """What changed after the invitation did so on the story's day, not on that of loading."""
    for name in ("agenda_changed_at", "internal_agenda_changed_at"):
        changed = Meeting.objects.filter(pk=meeting).exclude(**{name: None})
        changed.update(**{name: moment})
