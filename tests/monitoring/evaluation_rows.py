"""Short ways to rows of an evaluation."""

from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate

from measures.models import Measure, TeamMember
from monitoring.models import Evaluation, Recommendation, SelfAssessment
from monitoring.services.evaluation import add_recommendation, begin_evaluation
from network.models import Role, User
from tests.factories import make_organisation, make_user


def make_evaluation(**values: Any) -> Evaluation:
    """An open one of the year 2025 with its five standard questions."""
    defaults = {
        "period_start": date(2025, 1, 1),
        "period_end": date(2025, 12, 31),
        "answers_due_on": localdate() + timedelta(days=10),
        "visibility": "public",
    }
    return begin_evaluation(evaluation=Evaluation(**{**defaults, **values}), by=None)


def make_answer(evaluation: Evaluation, measure: Measure, criterion: str, **values: Any) -> SelfAssessment:
    question = evaluation.questions.get(criterion=criterion)
    return SelfAssessment.objects.create(question=question, measure=measure, **values)


def make_recommendation(evaluation: Evaluation, **values: Any) -> Recommendation:
    row = Recommendation(evaluation=evaluation, **{"title": "Mehr Austausch", **values})
    return add_recommendation(recommendation=row, by=None)


def make_teammate(measure: Measure) -> User:
    """An account on the measure's development team."""
    user = make_user(Role.TEAM)
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Mitglied", user=user
    )
    return user
