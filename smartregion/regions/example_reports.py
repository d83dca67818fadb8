"""Reads the example reports: templates of custom ones, and drafts on the running quarter with their texts."""

from typing import Any

from monitoring.models import Report, ReportSchedule, ReportTemplate, ReportText
from monitoring.periods import Period
from monitoring.services.reports import draft_report
from smartregion.base.history import recorded
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change


def read_schedules(story: Story, file: Entry) -> None:
    """What two people approved ahead is sealed by the worker; what is only released waits for the chair."""
    for entry in file.entries("schedules"):
        values = story.values(entry, ReportSchedule, ["kind", "audience", "rhythm"])
        ahead: dict[str, Any] = {name: entry.take(name, str, "") for name in ("released_as", "approved_as")}
        ahead["approved_by"] = story.accounts.get(story.account(entry, "approved_by", ""))
        day = story.day(entry.take("first_period", int))
        entry.finish()
        yearly = values["rhythm"] == ReportSchedule.Rhythm.YEAR
        first = Period.year(day) if yearly else Period.quarter(day)
        ReportSchedule.objects.update_or_create(
            **values, defaults={"first_period_start": first.start, **ahead}
        )


def read_reports(story: Story, templates: list[Entry], drafts: list[Entry]) -> None:
    """Begin them once all that happened is there."""
    by = story.accounts["coordination"]
    made: dict[str, ReportTemplate] = {}
    for entry in templates:
        template = ReportTemplate(**entry.values(ReportTemplate, ["name"]), is_example=True)
        template.sections = entry.take("sections", list)
        template.filters = entry.take("filters", dict, {})
        entry.finish()
        with recorded(by=by):
            template.save()
        made[template.name] = template
    for entry in drafts:
        asked = entry.values(Report, ["kind", "audience"])
        scope = entry.named_if_given("template", made)
        texts = entry.take("texts", dict, {})
        entry.finish()
        report = draft_report(**asked, period=Period.quarter(story.today), scope=scope, by=by)
        with recorded(by=by):
            for text in ReportText.objects.filter(report=report, section__in=texts):
                change(text, text=texts[text.section])
