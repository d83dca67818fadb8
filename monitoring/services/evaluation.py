"""The verbs of an evaluation: begin, answer, assess, close, and hand a recommendation to a committee."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Committee, Topic
from monitoring.models import Assessment, Criterion, Evaluation, EvaluationQuestion, Recommendation
from monitoring.models import SelfAssessment as Answer
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict

STANDARD_QUESTIONS: Final = [
    (Criterion.RELEVANCE, gettext_lazy("Geht die Maßnahme einen Bedarf an, der vor Ort wirklich besteht?")),
    (Criterion.EFFECTIVENESS, gettext_lazy("Hat die Maßnahme im Zeitraum bewirkt, was sie bewirken soll?")),
    (Criterion.EFFICIENCY, gettext_lazy("Steht der Aufwand in einem guten Verhältnis zum Ergebnis?")),
    (Criterion.SUSTAINABILITY, gettext_lazy("Trägt sich das Ergebnis auch nach dem Ende der Förderung?")),
    (Criterion.TRANSFERABILITY, gettext_lazy("Können andere Kommunen die Lösung mit wenig Aufwand nutzen?")),
]
CLOSED: Final = gettext_lazy("Diese Evaluation ist abgeschlossen; an ihr ändert sich nichts mehr.")


class RatingsConflict(Exception):
    """Others saved some of the rows meanwhile; `rows`: those, as they now stand. Nothing was written."""

    def __init__(self, rows: list[Any]) -> None:
        super().__init__(rows)
        self.rows = rows


@dataclass(frozen=True)
class Written:
    """One rating as its writer left it; `row` is not saved yet where there was none to read."""

    row: Answer | Assessment
    version: int | None


def begin_evaluation(*, evaluation: Evaluation, by: Any) -> Evaluation:
    """Store the evaluation with the standard questions, one for each criterion."""
    with recorded(by=by):
        evaluation.save()
        for position, (criterion, text) in enumerate(STANDARD_QUESTIONS, start=1):
            EvaluationQuestion.objects.create(
                evaluation=evaluation, criterion=criterion, text=str(text), position=position
            )
    return evaluation


def add_question(*, question: EvaluationQuestion, by: Any) -> EvaluationQuestion:
    """Put the question behind the others.

    Raises:
        ValidationError: the evaluation is closed.
    """
    with recorded(by=by):
        evaluation = lock_open(question.evaluation)
        last = evaluation.questions.aggregate(last=Max("position"))["last"]
        question.position = (last or 0) + 1
        question.save()
    return question


def save_ratings(*, evaluation: Evaluation, written: Iterable[Written], by: Any) -> int:
    """Write what was rated, each row over the version that was read; all of it or nothing.

    Returns:
        How many rows were written.

    Raises:
        ValidationError: the evaluation is closed.
        RatingsConflict: somebody saved one of the rows meanwhile.
    """
    written = list(written)
    conflicts = []
    with recorded(by=by):
        lock_open(evaluation)
        for item in written:
            row = item.row
            if row.pk is None:
                there = _same(row)
                if there is None:
                    row.save()
                else:
                    conflicts.append(there)
                continue
            try:
                row.save_over(item.version)
            except EditConflict as conflict:
                conflicts.append(conflict.saved)
        if conflicts:
            raise RatingsConflict(conflicts)
    return len(written)


def _same(row: Answer | Assessment) -> Answer | Assessment | None:
    """The row that somebody else has written for the same question or criterion."""
    if isinstance(row, Answer):
        return Answer.objects.filter(question=row.question, measure=row.measure).first()
    found = Assessment.objects.filter(evaluation=row.evaluation, field=row.field, criterion=row.criterion)
    return found.first()


def add_recommendation(*, recommendation: Recommendation, by: Any) -> Recommendation:
    """Give the recommendation the next number of its evaluation and store it.

    Raises:
        ValidationError: the evaluation is closed.
    """
    with recorded(by=by):
        evaluation = lock_open(recommendation.evaluation)
        last = evaluation.recommendations.aggregate(last=Max("number"))["last"]
        recommendation.number = (last or 0) + 1
        recommendation.save()
    return recommendation


def propose_recommendation(
    *, recommendation: Recommendation, committee: Committee, version: int | None, by: Any
) -> Topic:
    """Make a topic of the recommendation, which waits in the committee's backlog for an agenda.

    Raises:
        ValidationError: it is a topic already.
        EditConflict: someone changed the recommendation meanwhile.
    """
    with recorded(by=by, reason=_("Aus der Evaluation: Empfehlung %d") % recommendation.number):
        stored = Recommendation.objects.select_for_update(of=["self"]).get(pk=recommendation.pk)
        if stored.topic_id:
            raise ValidationError(_("Diese Empfehlung steht schon in einem Themenspeicher."))
        stored.topic = Topic.objects.create(
            committee=committee,
            title=stored.title,
            text=stored.text,
            proposed_by=_("Evaluation: %s") % stored.evaluation,
            is_example=stored.evaluation.is_example,
        )
        stored.save_over(version)
    return stored.topic


def close_evaluation(*, evaluation: Evaluation, version: int | None, by: Any) -> Evaluation:
    """End the evaluation: its questions, answers and assessments are its result from now on.

    Raises:
        ValidationError: it is closed already.
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=_("Evaluation abgeschlossen")):
        stored = lock_open(evaluation)
        stored.closed_at = now()
        return stored.save_over(version)


def reopen_evaluation(*, evaluation: Evaluation, version: int | None, by: Any, reason: str) -> Evaluation:
    """Let a closed evaluation go on. A sealed report that tells of it stays as it is.

    Raises:
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        stored = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
        stored.closed_at = None
        return stored.save_over(version)


def remove_evaluation(*, evaluation: Evaluation, version: int | None, by: Any, reason: str) -> None:
    """Remove an evaluation in which nobody has written anything yet, with its questions.

    Raises:
        ValidationError: there is something that would be lost.
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        lock_open(evaluation)
        if not Evaluation.objects.empty().filter(pk=evaluation.pk).exists():
            raise ValidationError(
                _("Zu dieser Evaluation gibt es schon Einschätzungen oder Empfehlungen; sie bleibt deshalb.")
            )
        evaluation.delete_over(version)


def lock_open(evaluation: Evaluation) -> Evaluation:
    """Keep the evaluation open until the end of the transaction.

    Raises:
        ValidationError: it is closed.
    """
    stored = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if not stored.is_open:
        raise ValidationError(str(CLOSED))
    return stored
