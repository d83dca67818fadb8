"""Reads the example measures: each with its milestones, team, updates and roll-out as steps of the story."""

from collections.abc import Callable
from typing import Any

from measures.models import Measure, MeasureGuideline, Milestone, RolloutCell, StatusUpdate, TeamMember
from measures.services.measures import create_measure
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

PROFILE = ["no", "title", "summary", "goal", "benefit", "target_group", "contact", "is_starter"]
STATE = [
    *["phase", "status", "status_reason", "review_on", "light", "light_reason", "needed_decision"],
    *["starts_on", "ends_on", "visibility"],
]
UPDATE = ["text", "next_steps", "support_needed", "progress_felt", "visibility"]
CELL = ["stage", "since", "evidence", "reason", "contact", "note"]
NEW = "Neu angelegt"


def read_measure(story: Story, entry: Entry) -> None:
    values = {**entry.values(Measure, PROFILE), **story.values(entry, Measure, STATE)}
    measure = Measure(**values, is_example=True)
    measure.field = entry.named("field", story.fields)
    measure.lead = entry.named("lead", story.organisations)
    story.measures[measure.no] = measure
    created = story.past(entry, "created", story.begins)
    author = story.accounts["coordination"]
    story.step(created, lambda: create_measure(measure=measure, by=author, reason=NEW), reason=NEW)
    _guidelines(story, entry, measure, created)
    for part in entry.entries("team"):
        _team_member(story, part, measure, created)
    for position, part in enumerate(entry.entries("milestones"), start=1):
        _milestone(story, part, measure, created, position)
    for part in entry.entries("changes"):
        _changed(story, part, measure, created, STATE)
    for part in entry.entries("updates"):
        _update(story, part, measure, created)
    for part in entry.entries("rollout"):
        _rollout(story, part, measure, created)
    entry.finish()


def _guidelines(story: Story, entry: Entry, measure: Measure, created: int) -> None:
    for title in entry.take("guidelines", list, []):
        if title not in story.guidelines:
            raise entry.unknown("guidelines", title)
        link = MeasureGuideline(measure=measure, guideline=story.guidelines[title])
        story.step(created, _saving(link, measure), reason=NEW)


def _saving(row: Any, measure: Measure) -> Callable[[], Any]:
    """The row's measure gets its key only when its own step was done."""

    def save() -> None:
        row.measure = measure
        row.save()

    return save


def _team_member(story: Story, entry: Entry, measure: Measure, created: int) -> None:
    member = TeamMember(**entry.values(TeamMember, ["sector", "function", "role"]))
    member.organisation = entry.named("organisation", story.organisations)
    account = story.account(entry, "account", "")
    member.user = story.accounts.get(account)
    entry.finish()
    story.step(created, _saving(member, measure), reason="Entwicklungsteam zusammengestellt")


def _milestone(story: Story, entry: Entry, measure: Measure, created: int, position: int) -> None:
    milestone = Milestone(**entry.values(Milestone, ["title", "weight"]), position=position)
    milestone.planned_date = story.day(entry.take("planned", int))
    story.step(created, _saving(milestone, measure), reason=NEW)
    for part in entry.entries("changes"):
        _changed(story, part, milestone, created, ["forecast_date", "actual_date"])
    entry.finish()


def _changed(story: Story, entry: Entry, row: Any, created: int, names: list[str]) -> None:
    values = story.values(entry, type(row), names)
    day, by = story.past(entry, "day", created), story.account(entry, "by", "coordination")
    reason = entry.take("reason", str, "")
    entry.finish()
    story.step(day, lambda: change(row, **values), by=by, reason=reason)


def _update(story: Story, entry: Entry, measure: Measure, created: int) -> None:
    update = StatusUpdate(**entry.values(StatusUpdate, UPDATE))
    day, by = story.past(entry, "day", created), story.account(entry, "by", "coordination")
    entry.finish()
    update.on, update.author = story.day(day), story.accounts[by]
    story.step(day, _saving(update, measure), by=by)


def _rollout(story: Story, entry: Entry, measure: Measure, created: int) -> None:
    """The stages of one cell; whoever sets a stage thereby confirms it."""
    municipality = entry.named("municipality", story.municipalities)
    for part in entry.entries("stages"):
        values = story.values(part, RolloutCell, CELL)
        day, by = part.take("day", int), story.account(part, "by", "coordination")
        values.setdefault("since", story.day(day))
        confirmed = part.take("confirmed", bool, True)
        part.finish()
        if confirmed:
            values |= {"confirmed_at": story.moment(day), "confirmed_by": story.accounts[by]}

        def set_stage(values: dict[str, Any] = values) -> None:
            change(RolloutCell.objects.get(measure=measure, municipality=municipality), **values)

        story.step(day, set_stage, by=by, reason=f"Rückmeldung {municipality.official_name}")
    entry.finish()
