"""Reads the example's evaluations: questions, what teams and the coordinator answered, recommendations."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from monitoring.models import (
    Assessment,
    Evaluation,
    EvaluationQuestion,
    Recommendation,
    SelfAssessment,
)
from monitoring.periods import Period
from monitoring.services.evaluation import (
    add_recommendation,
    begin_evaluation,
    propose_recommendation,
)
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

BEGUN_AFTER, ANSWERS_AFTER, CLOSED_AFTER = 10, 45, 75
"""Days after the end of the period of an evaluation that is closed."""
OPEN_SINCE, OPEN_FOR = 20, 20
"""Days before and after the day of loading, of one that goes on."""


def read_evaluations(story: Story, file: Entry) -> None:
    """Each entry of "evaluations": one of the year in which its day lies, or with "open" one that goes on."""
    for entry in file.entries("evaluations"):
        evaluation = Evaluation(**entry.values(Evaluation, ["kind", "visibility"]), is_example=True)
        day = story.day(entry.take("day", int))
        if entry.take("open", bool, False):
            start, end = Period.year(day).start, Period.quarter(story.today).start - timedelta(days=1)
            begun, due, closed = -OPEN_SINCE, story.day(OPEN_FOR), None
        else:
            start, end = Period.year(day).start, Period.year(day).end
            begun, closed = (_since(story, end, days) for days in (BEGUN_AFTER, CLOSED_AFTER))
            due = end + timedelta(days=ANSWERS_AFTER)
            if closed >= 0:
                raise entry.wrong("day", _("Diese Evaluation wäre noch nicht abgeschlossen."))
        evaluation.period_start, evaluation.period_end, evaluation.answers_due_on = start, end, due
        by = story.account(entry, "by", "coordination")
        story.step(begun, _beginning(story, evaluation, by), by=by)
        _answers(story, entry, evaluation, begun + 1)
        _assessments(story, entry, evaluation, begun + 2)
        _recommendations(story, entry, evaluation, begun + 3)
        if closed is not None:
            story.step(
                closed, _closing(story, evaluation, closed), by=by, reason=_("Evaluation abgeschlossen")
            )
        entry.finish()


def _since(story: Story, day: date, days: int) -> int:
    return (day - story.today).days + days


def _beginning(story: Story, evaluation: Evaluation, by: str) -> Callable[[], Any]:
    return lambda: begin_evaluation(evaluation=evaluation, by=story.accounts[by])


def _closing(story: Story, evaluation: Evaluation, offset: int) -> Callable[[], Any]:
    return lambda: change(evaluation, closed_at=story.moment(offset))


def _answers(story: Story, entry: Entry, evaluation: Evaluation, offset: int) -> None:
    """By measure and criterion: a rating and its reason."""
    for part in entry.entries("answers"):
        measure = part.named("measure", story.measures)
        criterion = part.take("criterion", str)
        answer = SelfAssessment(**part.values(SelfAssessment, ["rating", "text"]))
        by = story.account(part, "by", "team")
        part.finish()
        story.step(offset, _answering(answer, evaluation, criterion, measure), by=by)


def _answering(
    answer: SelfAssessment, evaluation: Evaluation, criterion: str, measure: Any
) -> Callable[[], Any]:
    def save() -> None:
        answer.question = EvaluationQuestion.objects.get(evaluation=evaluation, criterion=criterion)
        answer.measure = measure
        answer.save()

    return save


def _assessments(story: Story, entry: Entry, evaluation: Evaluation, offset: int) -> None:
    for part in entry.entries("assessments"):
        row = Assessment(**part.values(Assessment, ["criterion", "rating", "text"]))
        row.field = part.named_if_given("field", story.fields)
        part.finish()
        story.step(offset, _saving(row, evaluation))


def _saving(row: Assessment, evaluation: Evaluation) -> Callable[[], Any]:
    def save() -> None:
        row.evaluation = evaluation
        row.save()

    return save


def _recommendations(story: Story, entry: Entry, evaluation: Evaluation, offset: int) -> None:
    for part in entry.entries("recommendations"):
        row = Recommendation(**part.values(Recommendation, ["title", "text", "addressee"]))
        row.field = part.named_if_given("field", story.fields)
        committee = part.named_if_given("proposed_to", story.committees)
        part.finish()
        story.step(offset, _recommending(story, row, evaluation, committee))


def _recommending(
    story: Story, row: Recommendation, evaluation: Evaluation, committee: Any
) -> Callable[[], Any]:
    def save() -> None:
        by = story.accounts["coordination"]
        row.evaluation = evaluation
        add_recommendation(recommendation=row, by=by)
        if committee:
            propose_recommendation(recommendation=row, committee=committee, version=row.version, by=by)

    return save
