"""What the pages of an evaluation show: who has answered, and how each field was assessed."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from fields.models import ActionField
from governance.models import AgendaItem, Topic
from measures.models import Measure
from monitoring.models import (
    Assessment,
    Criterion,
    Evaluation,
    EvaluationQuestion,
    Rating,
    Recommendation,
    SelfAssessment,
)
from smartregion.base.languages import German

WHOLE = "konzept"
"""In addresses the place of a field, where the whole concept is assessed."""


@dataclass(frozen=True)
class Turnout:
    """What a measure's team has answered, of how many questions."""

    measure: Measure
    answers: list[SelfAssessment]
    asked: int

    @property
    def given(self) -> int:
        return len(self.answers)

    @property
    def is_complete(self) -> bool:
        return self.given >= self.asked


@dataclass(frozen=True)
class FieldRow:
    """A field, or the whole concept, with an assessment for each criterion in their order, None without."""

    slug: str
    name: str
    cells: list[Assessment | None]

    @property
    def is_empty(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Distribution:
    """How the teams have answered one question: how many gave each rating, in the order of the scale."""

    question: EvaluationQuestion
    counts: list[tuple[str, int]]
    unrated: int

    @property
    def given(self) -> int:
        return sum(count for _label, count in self.counts)


@dataclass(frozen=True)
class Followed:
    """A recommendation with the topic that was made of it, None where the reader may not see one."""

    recommendation: Recommendation
    topic: Topic | None


class Overview:
    """An evaluation as a reader may see it. Costs a fixed number of queries."""

    def __init__(self, evaluation: Evaluation, user: Any) -> None:
        self.evaluation = evaluation
        self.user = user

    @cached_property
    def shows_assessments(self) -> bool:
        """The coordinator's words are a draft until the evaluation is closed."""
        return not self.evaluation.is_open or self.user.has_perm("monitoring.manage_evaluation")

    @cached_property
    def questions(self) -> list[EvaluationQuestion]:
        return list(self.evaluation.questions.select_related("field", "evaluation"))

    @cached_property
    def answers(self) -> list[SelfAssessment]:
        visible = SelfAssessment.objects.visible_to(self.user).given()
        return list(
            visible.filter(question__evaluation=self.evaluation)
            .select_related("question")
            .order_by("question__position")
        )

    @cached_property
    def measures(self) -> list[Measure]:
        """Those whose teams the reader follows here: once it is closed all that are to be seen."""
        visible = Measure.objects.visible_to(self.user)
        follows = not self.evaluation.is_open or self.user.has_perm("monitoring.manage_evaluation")
        rows = visible if follows else Measure.objects.reported_by(self.user)
        return list(rows.going_on().select_related("field").by_field())

    @cached_property
    def turnouts(self) -> list[Turnout]:
        given: dict[int, list[SelfAssessment]] = defaultdict(list)
        for answer in self.answers:
            given[answer.measure_id].append(answer)
        return [
            Turnout(
                measure,
                given[measure.pk],
                sum(question.is_to(measure) for question in self.questions),
            )
            for measure in self.measures
        ]

    @cached_property
    def complete(self) -> int:
        return sum(turnout.is_complete for turnout in self.turnouts)

    @cached_property
    def distributions(self) -> list[Distribution]:
        ratings: dict[int, list[int | None]] = defaultdict(list)
        for answer in self.answers:
            ratings[answer.question_id].append(answer.rating)
        return [
            Distribution(
                question,
                [(str(rating.label), ratings[question.pk].count(rating.value)) for rating in Rating],
                ratings[question.pk].count(None),
            )
            for question in self.questions
        ]

    @cached_property
    def fields(self) -> list[FieldRow]:
        if not self.shows_assessments:
            return []
        found = {(row.field_id, row.criterion): row for row in self.evaluation.assessments.all()}
        places: list[tuple[int | None, str, str]] = [
            (field.pk, field.slug, German(field.name)) for field in ActionField.objects.all()
        ]
        places.append((None, WHOLE, _("Konzept insgesamt")))
        return [
            FieldRow(slug, name, [found.get((pk, criterion.value)) for criterion in Criterion])
            for pk, slug, name in places
        ]

    @cached_property
    def recommendations(self) -> list[Followed]:
        if not self.shows_assessments:
            return []
        topics = Topic.objects.visible_to(self.user).filter(recommendation__evaluation=self.evaluation)
        items = AgendaItem.objects.visible_to(self.user).filter(topics__in=topics)
        seen = topics.prefetch_related(Prefetch("item", items.select_related("meeting__committee")))
        by_pk = {topic.pk: topic for topic in seen.select_related("committee")}
        return [
            Followed(row, by_pk.get(row.topic_id or 0))
            for row in self.evaluation.recommendations.select_related("field")
        ]
