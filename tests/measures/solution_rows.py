"""Short ways to solutions, scales and assessments."""

from datetime import date
from typing import Any

from measures.models import (
    MaturityAssessment,
    MaturityCriterion,
    MaturityRating,
    MaturityScale,
    Measure,
    Solution,
    SolutionLink,
)
from measures.services.solutions import assess, create_solution, publish_scale

ON = date(2024, 5, 1)
CRITERIA = ["Funktion", "Betrieb"]


def make_solution(title: str = "Plattform", *measures: Measure, **values: Any) -> Solution:
    """A public solution that these measures use."""
    defaults: dict[str, Any] = {"title": title, "summary": "Kurz gesagt.", "visibility": "public"}
    solution = create_solution(solution=Solution(**{**defaults, **values}), by=None)
    for measure in measures:
        SolutionLink.objects.create(solution=solution, measure=measure)
    return solution


def make_scale(number: int = 1, criteria: list[str] = CRITERIA) -> MaturityScale:
    """The scale of that number, with these criteria if it is new."""
    found = MaturityScale.objects.filter(number=number).first()
    if found:
        return found
    levels = {f"level_{level}": f"Stufe {level}" for level in range(5)}
    rows = [
        MaturityCriterion(position=position, name=name, question="Wie steht es?", **levels)
        for position, name in enumerate(criteria, start=1)
    ]
    return publish_scale(number=number, note="Vorschlag", on=ON, criteria=rows, by=None)


def make_assessment(
    solution: Solution,
    levels: dict[str, int | None],
    *,
    on: date = ON,
    scale: MaturityScale | None = None,
    by: Any = None,
) -> MaturityAssessment:
    """An assessment with these levels by criterion; None leaves a criterion without a rating."""
    scale = scale or make_scale()
    ratings = [
        MaturityRating(criterion=scale.criteria.get(name=name), level=level, reason="Darum", evidence="Beleg")
        for name, level in levels.items()
        if level is not None
    ]
    return assess(solution=solution, scale=scale, on=on, ratings=ratings, by=by)
