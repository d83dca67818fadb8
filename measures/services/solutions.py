"""The verbs of solutions and their maturity. Each is one transaction, kept in the history."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from measures.models import (
    MaturityAssessment,
    MaturityCriterion,
    MaturityRating,
    MaturityScale,
    Solution,
)
from measures.services.measures import free_slug
from smartregion.base.history import recorded

ADDRESSES_OF_PAGES = {"neu", "skala"}


def create_solution(*, solution: Solution, by: Any, reason: str = "") -> Solution:
    with recorded(by=by, reason=reason):
        solution.slug = free_slug(Solution, solution.title, "loesung", pages=ADDRESSES_OF_PAGES)
        solution.save()
    return solution


def assess(
    *, solution: Solution, scale: MaturityScale, on: date, ratings: Iterable[MaturityRating], by: Any
) -> MaturityAssessment:
    """Keep what was found on that day. An earlier assessment stays as it is."""
    with recorded(by=by):
        assessment = MaturityAssessment.objects.create(solution=solution, scale=scale, on=on, by=by)
        for rating in ratings:
            rating.assessment = assessment
            rating.save()
    return assessment


def publish_scale(
    *, number: int, note: str, on: date, criteria: Iterable[MaturityCriterion], by: Any, reason: str = ""
) -> MaturityScale:
    """Publish a version of the scale.

    Raises:
        IntegrityError: somebody published this number meanwhile.
    """
    with recorded(by=by, reason=reason):
        scale = MaturityScale.objects.create(number=number, note=note, published_on=on)
        for criterion in criteria:
            criterion.scale = scale
            criterion.save()
    return scale
