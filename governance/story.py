"""What became of a motion: its answer, the way of both, what was resolved, and how that is carried out.

It tells what the records hold and the reader may see, and says where they hold nothing.
"""

from dataclasses import dataclass
from typing import Any

from fields.models import Concept
from governance.models import Paper, Resolution
from governance.way import Station, ways_of
from measures.models import Measure


@dataclass(frozen=True)
class Story:
    """The parts in the order in which they are told.

    Attributes:
        notes: what the papers say of a way that is not recorded.
        concept: the strategy that one of the resolutions adopted.
        measures: all of the concept, or those that the resolutions are about.
    """

    paper: Paper
    answers: list[Paper]
    way: list[Station]
    notes: list[str]
    resolutions: list[Resolution]
    concept: Concept | None
    measures: list[Measure]

    @property
    def tells_examples(self) -> bool:
        return any(measure.is_example for measure in self.measures)


def story_of(paper: Paper, user: Any) -> Story:
    answers = list(Paper.objects.visible_to(user).filter(answers=paper))
    told = [paper, *answers]
    ways = ways_of(told, user)
    resolutions = list(
        Resolution.objects.visible_to(user)
        .filter(referring_papers__in=told)
        .select_related("committee", "superseded_by")
        .distinct()
    )
    concept = _concept_of(resolutions)
    measures = Measure.objects.visible_to(user).only("no", "title", "slug", "is_example")
    if concept is None:
        measures = measures.filter(resolution_links__resolution__in=resolutions).distinct()
    return Story(
        paper=paper,
        answers=answers,
        way=[station for each in told for station in ways.get(each.pk, [])],
        notes=list(dict.fromkeys(each.way_note for each in told if each.way_note)),
        resolutions=resolutions,
        concept=concept,
        measures=list(measures),
    )


def _concept_of(resolutions: list[Resolution]) -> Concept | None:
    """The one that says it was adopted on that day by that committee."""
    adopted = {(row.resolved_on, row.committee.name) for row in resolutions}
    concepts = Concept.objects.filter(resolved_on__in=[day for day, _name in adopted])
    return next((row for row in concepts if (row.resolved_on, row.resolved_by) in adopted), None)
