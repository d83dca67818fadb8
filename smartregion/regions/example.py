"""Loads the example file (docs/region-file.md): a past that ends on the day of loading, as real history.

Days in the file count from that day (-730 is two years before it), so that the example never ages. Each entry
becomes a step; the steps are done in the order of their moments, each as an ordinary change with who and why.
"""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from fields.models import ActionField, Guideline
from governance.models import Committee
from measures.models import RolloutCell, RoundContact
from measures.services.rollout import date_stage_changes
from network.models import Municipality, Organisation, Region, User
from smartregion.base.text import german_slug
from smartregion.regions.example_agenda import read_topics
from smartregion.regions.example_circulars import read_circulars
from smartregion.regions.example_editing import read_archive, read_views
from smartregion.regions.example_evaluation import read_evaluations
from smartregion.regions.example_events import read_events
from smartregion.regions.example_governance import read_governance
from smartregion.regions.example_ideas import read_ideas
from smartregion.regions.example_imports import read_imports
from smartregion.regions.example_indicators import read_indicators
from smartregion.regions.example_measures import read_measure
from smartregion.regions.example_minutes import read_minutes
from smartregion.regions.example_money import read_money
from smartregion.regions.example_neighbours import read_neighbours
from smartregion.regions.example_network import read_network
from smartregion.regions.example_oparl import read_mirrors
from smartregion.regions.example_papers import read_papers
from smartregion.regions.example_plan import read_plans
from smartregion.regions.example_questions import read_questions
from smartregion.regions.example_reports import read_reports, read_schedules
from smartregion.regions.example_solutions import read_solution
from smartregion.regions.example_team import read_teams
from smartregion.regions.example_waves import read_waves
from smartregion.regions.past import date_history, happened
from smartregion.regions.reader import Entry, RegionFileError, read_file
from smartregion.regions.story import Story, change


def load_example(path: Path, today: date | None = None) -> None:
    """Write accounts, measures, roll-out, meetings and report schedules of the example file.

    Raises:
        RegionFileError: something in the file is missing or wrong; nothing was written.
    """
    file = read_file(path)
    story = Story(today or localdate(), file.take("begins", int))
    try:
        with transaction.atomic():
            _base(file, story)
            for entry in file.entries("measures"):
                read_measure(story, entry)
            for entry in file.entries("solutions"):
                read_solution(story, entry)
            read_money(story, file)
            read_waves(story, file)
            read_plans(story, file, path.parent)
            read_teams(story, file)
            read_archive(story, file)
            read_neighbours(story, file)
            read_network(story, file)
            read_indicators(story, file)
            _confirmations(file, story)
            read_governance(story, file)
            read_papers(story, file, path.parent)
            read_topics(story, file)
            read_circulars(story, file)
            read_minutes(story, file, story.meetings)
            read_mirrors(story, file)
            read_events(story, file, path.parent)
            read_evaluations(story, file)
            read_ideas(story, file)
            read_questions(story, file)
            uploads = list(file.entries("imports"))
            templates, drafts = list(file.entries("report_templates")), list(file.entries("reports"))
            file.finish()
            story.run()
            date_history()
            date_stage_changes()
            read_imports(story, uploads)
            read_reports(story, templates, drafts)
    except IntegrityError as error:
        raise RegionFileError(path.name, str(error).splitlines()[0]) from error


def _base(file: Entry, story: Story) -> None:
    """The region's rows by name, the notice, and what the example adds to them before its story begins."""
    story.organisations = {row.slug: row for row in Organisation.objects.all()}
    story.municipalities = {row.ags: row for row in Municipality.objects.all()}
    story.fields = {row.slug: row for row in ActionField.objects.all()}
    story.guidelines = {row.title: row for row in Guideline.objects.all()}
    story.committees = {row.slug: row for row in Committee.objects.all()}
    with happened(story.moment(story.begins, time(8)), reason=_("Beispieldaten geladen")):
        change(Region.objects.get(), example_notice=file.take("notice", str))
        for entry in file.entries("organisations"):
            row = Organisation(**entry.values(Organisation, ["name", "short_name", "sector", "description"]))
            row.slug, row.is_example = german_slug(row.short_name), True
            entry.finish()
            row.save()
            story.organisations[row.slug] = row
        for entry in file.entries("accounts"):
            _account(entry, story)
        read_views(story, file)
        for entry in file.entries("round_contacts"):
            contact = RoundContact(**entry.values(RoundContact, ["email"]))
            contact.municipality = entry.named("municipality", story.municipalities)
            entry.finish()
            contact.save()
        read_schedules(story, file)


def _account(entry: Entry, story: Story) -> None:
    values = entry.values(User, ["email", "name", "role"])
    if "municipality" in entry:
        values["municipality"] = entry.named("municipality", story.municipalities)
    key = entry.take("key", str)
    entry.finish()
    story.accounts[key] = User.objects.create_user(values.pop("email"), **values, is_demo=True)


def _confirmations(file: Entry, story: Story) -> None:
    """On these days someone confirmed all cells of a municipality whose state is known."""
    for entry in file.entries("confirmations"):
        municipality = entry.named("municipality", story.municipalities)
        by = story.account(entry, "by", "coordination")
        for offset in entry.take("days", list):
            confirm = _confirming(story, municipality, by, offset)
            story.step(offset, confirm, by=by, reason=_("unverändert bestätigt"))
        entry.finish()


def _confirming(story: Story, municipality: Municipality, by: str, offset: int) -> Callable[[], Any]:
    def confirm() -> None:
        cells = RolloutCell.objects.filter(municipality=municipality).exclude(stage=RolloutCell.Stage.UNKNOWN)
        cells.update(
            confirmed_at=story.moment(offset), confirmed_by=story.accounts[by], version=F("version") + 1
        )

    return confirm
