"""Where solutions run, by the roll-out of their measures; a measure's solutions; a solution's history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.journal import visible_since
from measures.models import (
    Level,
    MaturityAssessment,
    MaturityCriterion,
    MaturityRating,
    Measure,
    RolloutCell,
    Solution,
    SolutionLink,
)
from measures.models.maturity import level_of
from network.models import Municipality
from smartregion.base import written
from smartregion.base.changes import Change, Source, journal
from smartregion.base.history import events_of
from smartregion.base.text import german_key, german_order

Stage = RolloutCell.Stage
REACH_RULE = gettext_lazy(
    "Eine Lösung läuft in einer Kommune, wenn dort mindestens eine ihrer Maßnahmen im Regelbetrieb "
    "ist. Betroffen sind alle Kommunen außer denen, in denen alle ihre Maßnahmen „nicht betroffen“ "
    "sind. Es zählen nur die Maßnahmen, die für Sie sichtbar sind; ohne eine solche gibt es keine Zahl."
)


@dataclass(frozen=True)
class Reach:
    """In which municipalities a solution runs (alphabetical), and how many it concerns."""

    live: list[str]
    affected: int


def reaches(solutions: Iterable[Solution], user: Any) -> dict[int, Reach]:
    """By solution, as far as it has a measure that the user may see. Three queries, whatever their number."""
    measures: dict[int, list[int]] = defaultdict(list)
    links = SolutionLink.objects.visible_to(user).filter(solution__in=[row.pk for row in solutions])
    for solution, measure in links.order_by().values_list("solution", "measure"):
        measures[solution].append(measure)
    linked = {measure for of_one in measures.values() for measure in of_one}
    places: dict[tuple[int, str], list[str]] = defaultdict(list)
    cells = RolloutCell.objects.filter(measure__in=linked, stage__in=[Stage.LIVE, Stage.NOT_AFFECTED])
    for measure, stage, name in cells.order_by().values_list("measure", "stage", "municipality__name"):
        places[measure, stage].append(name)
    total = Municipality.objects.count()
    return {solution: _reach(of_one, places, total) for solution, of_one in measures.items()}


def _reach(measures: list[int], places: dict[tuple[int, str], list[str]], total: int) -> Reach:
    live = {name for measure in measures for name in places[measure, Stage.LIVE]}
    untouched = set.intersection(*(set(places[measure, Stage.NOT_AFFECTED]) for measure in measures))
    return Reach(sorted(live, key=german_key), total - len(untouched))


@dataclass(frozen=True)
class Place:
    """A municipality in which a solution runs, with the cells of the measures that brought it there."""

    municipality: Municipality
    cells: list[RolloutCell]


def places_of(solution: Solution, user: Any) -> list[Place]:
    """Alphabetical. One query."""
    cells = (
        RolloutCell.objects.visible_to(user)
        .filter(measure__solution_links__solution=solution, stage=Stage.LIVE)
        .select_related("municipality", "measure")
        .defer("municipality__boundary")
        .order_by(*german_order("municipality__name"), "measure__no")
    )
    places: dict[int, Place] = {}
    for cell in cells:
        places.setdefault(cell.municipality_id, Place(cell.municipality, [])).cells.append(cell)
    return list(places.values())


def solutions_of(measure: Measure, user: Any) -> list[SolutionLink]:
    """The measure's links to solutions that the user may see, with their maturity. Two queries."""
    visible = Solution.objects.visible_to(user).filter(links__measure=measure)
    solutions = {row.pk: row for row in visible.select_related("provider").with_maturity()}
    links = list(
        measure.solution_links.filter(solution__in=solutions).order_by(*german_order("solution__title"))
    )
    for link in links:
        link.solution = solutions[link.solution_id]
    return links


@dataclass(frozen=True)
class Rated:
    """A criterion with its rating in an assessment, None where it has none."""

    criterion: MaturityCriterion
    rating: MaturityRating | None
    decides: bool
    """Whether its level is the lowest one, and so the overall one."""

    @property
    def level(self) -> Level | None:
        return level_of(self.rating.level if self.rating else None)


def assessment_table(assessment: MaturityAssessment) -> list[Rated]:
    """Every criterion of the scale, of an assessment that `with_overall` has made. Two queries."""
    overall = assessment.overall  # type: ignore[attr-defined]
    ratings = {rating.criterion_id: rating for rating in assessment.ratings.all()}
    return [
        Rated(row, rating := ratings.get(row.pk), rating is not None and rating.level == overall)
        for row in assessment.scale.criteria.all()
    ]


def journal_of_solution(solution: Solution, user: Any) -> list[Change]:
    """The newest changes first; what happened while the solution was hidden from the user is not told."""
    since = visible_since(solution, user)
    shown = Q(pgh_created_at__gte=since) if since else Q()
    return journal(
        Source(source.model, source.events.filter(shown), source.subject)
        for source in _sources(solution, user)
    )


def _sources(solution: Solution, user: Any) -> Iterator[Source]:
    yield Source(Solution, events_of(Solution, pgh_obj_id=solution.pk))
    links = events_of(SolutionLink, solution_id=solution.pk, measure__in=Measure.objects.visible_to(user))
    yield Source(
        SolutionLink, links.select_related("measure"), lambda event: _("Maßnahme „%s“") % event.measure
    )
    assessments = events_of(MaturityAssessment, solution_id=solution.pk)
    yield Source(MaturityAssessment, assessments, lambda event: _("Bewertung vom %s") % written.day(event.on))
