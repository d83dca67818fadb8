"""Reads the example solutions: each with its measures and its assessments as steps of the story."""

from measures.models import MaturityRating, MaturityScale, Solution, SolutionLink
from measures.services.solutions import assess, create_solution
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

PROFILE = [
    *["title", "summary", "problem", "provider_name", "operator", "hosting", "licence", "source_url"],
    *["privacy", "effort_days", "cost_once", "cost_yearly", "reuse", "visibility"],
]
NEW = "Neu angelegt"


def read_solution(story: Story, entry: Entry) -> None:
    solution = Solution(**entry.values(Solution, PROFILE), is_example=True)
    solution.interfaces = entry.take("interfaces", list, [])
    solution.provider = entry.named_if_given("provider", story.organisations)
    created = story.past(entry, "created", story.begins)
    author = story.accounts["coordination"]
    story.step(created, lambda: create_solution(solution=solution, by=author, reason=NEW), reason=NEW)
    for part in entry.entries("measures"):
        link = SolutionLink(solution=solution, **part.values(SolutionLink, ["kind"]))
        link.measure = part.named("measure", story.measures)
        part.finish()
        story.step(created, link.save, reason=NEW)
    for part in entry.entries("assessments"):
        _assessment(story, part, solution, created)
    entry.finish()


def _assessment(story: Story, entry: Entry, solution: Solution, created: int) -> None:
    """A criterion that the entry does not name stays without a rating."""
    day, by = story.past(entry, "day", created), story.account(entry, "by", "coordination")
    scale = MaturityScale.objects.get()
    criteria = {row.name: row for row in scale.criteria.all()}
    ratings = []
    for part in entry.entries("ratings"):
        rating = MaturityRating(**part.values(MaturityRating, ["level", "reason", "evidence"]))
        rating.criterion = part.named("criterion", criteria)
        part.finish()
        ratings.append(rating)
    entry.finish()

    def store() -> None:
        assess(solution=solution, scale=scale, on=story.day(day), ratings=ratings, by=story.accounts[by])

    story.step(day, store, by=by)
