"""Reads the example money: programmes, and for some measures grants, plan and movements, as steps."""

from collections.abc import Callable
from typing import Any

from measures.models import BudgetLine, CallOff, FundingProgramme, Grant, Movement
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

PROGRAMME = ["name", "funding_body", "website", "note"]
PLANNED = "Finanzplan aufgestellt"
GRANTED = "Zuwendungsbescheid eingetragen"


def read_money(story: Story, file: Entry) -> None:
    programmes: dict[str, FundingProgramme] = {}
    for entry in file.entries("programmes"):
        programme = FundingProgramme(**entry.values(FundingProgramme, PROGRAMME), is_example=True)
        entry.finish()
        programmes[programme.name] = programme
        story.step(story.begins, programme.save, reason="Programm eingetragen")
    for entry in file.entries("money"):
        _money_of_measure(story, entry, programmes)


def _money_of_measure(story: Story, entry: Entry, programmes: dict[str, FundingProgramme]) -> None:
    measure = entry.named("measure", story.measures)
    created = story.past(entry, "created", story.begins)
    grants: dict[str, Grant] = {}
    for part in entry.entries("grants"):
        programme = part.named("programme", programmes)
        grant = _grant(story, part, created, {"measure": measure, "programme": programme})
        grants[grant.reference] = grant
    for part in entry.entries("plan"):
        line = BudgetLine(**part.values(BudgetLine, ["source", "amount", "note"]))
        line.year = story.today.year + part.take("year", int)
        line.municipality = part.named_if_given("municipality", story.municipalities)
        paid_by = part.named_if_given("grant", grants)
        part.finish()
        story.step(created, _saving(line, measure=measure, grant=paid_by), reason=PLANNED)
    for part in entry.entries("movements"):
        movement = Movement(**part.values(Movement, ["kind", "amount", "note"]))
        day = story.past(part, "day", created)
        movement.on = story.day(day)
        paid_by = part.named_if_given("grant", grants)
        part.finish()
        story.step(day, _saving(movement, measure=measure, grant=paid_by))
    entry.finish()


def _grant(story: Story, entry: Entry, created: int, parents: dict[str, Any]) -> Grant:
    grant = Grant(**entry.values(Grant, ["reference", "amount"]))
    grant.starts_on, grant.ends_on = (story.day(entry.take(key, int)) for key in ("starts", "ends"))
    story.step(created, _saving(grant, **parents), reason=GRANTED)
    for part in entry.entries("calloffs"):
        calloff = CallOff(**part.values(CallOff, ["amount"]), due_on=story.day(part.take("due", int)))
        story.step(created, _saving(calloff, measure=parents["measure"], grant=grant), reason=GRANTED)
        if "done" in part:
            day = story.past(part, "done", created)
            story.step(day, _done(calloff, done_on=story.day(day)), reason="Mittel abgerufen")
        part.finish()
    entry.finish()
    return grant


def _saving(row: Any, **parents: Any) -> Callable[[], Any]:
    """The row's parents get their keys only when their own steps were done."""

    def save() -> None:
        for name, parent in parents.items():
            setattr(row, name, parent)
        row.save()

    return save


def _done(row: Any, **values: Any) -> Callable[[], Any]:
    return lambda: change(row, **values)
