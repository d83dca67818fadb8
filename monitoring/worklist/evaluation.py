"""What evaluations ask of an account: teams to answer, the coordinator to close."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure
from measures.worklist.audience import reports
from monitoring.models import Evaluation, SelfAssessment
from smartregion.base.worklist import Entry, Severity, days_between, may, source

MANAGE: Final = "monitoring.manage_evaluation"


@source("selbsteinschaetzung", gettext_lazy("Selbsteinschätzungen"), reminds=True, concerns=reports)
def questions_to_answer(user: Any, on: date) -> Iterator[Entry]:
    """For the teams of measures that go on, as long as a question is open."""
    if user.has_perm(MANAGE):
        return
    own = list(Measure.objects.reported_by(user).going_on())
    given = SelfAssessment.objects.given_by_team(own)
    for evaluation in Evaluation.objects.visible_to(user).open().prefetch_related("questions"):
        for measure in own:
            asked = sum(question.is_to(measure) for question in evaluation.questions.all())
            answered = given.get((evaluation.pk, measure.pk), 0)
            if answered < asked:
                yield _to_answer(evaluation, measure, answered, asked, on)


def _to_answer(evaluation: Evaluation, measure: Measure, given: int, asked: int, on: date) -> Entry:
    due = evaluation.answers_due_on
    return Entry(
        title=_("Selbsteinschätzung: %s") % measure.title,
        why=_("%(evaluation)s, %(given)d von %(asked)d Fragen beantwortet, bis %(day)s.")
        % {
            "evaluation": evaluation,
            "given": given,
            "asked": asked,
            "day": date_format(due, "d.m.Y"),
        },
        severity=Severity.NOW if due < on else Severity.SOON,
        on=due,
        url=reverse("self_assessment", args=[evaluation.pk, measure.slug]),
        action=_("Beantworten"),
        is_example=evaluation.is_example,
    )


@source(
    "evaluation-abschliessen", gettext_lazy("Evaluationen abzuschließen"), reminds=True, concerns=may(MANAGE)
)
def evaluations_to_close(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(MANAGE):
        return
    for evaluation in Evaluation.objects.open().filter(answers_due_on__lt=on):
        yield Entry(
            title=str(evaluation),
            why=_("Selbsteinschätzungen waren bis %(day)s gefragt (%(days)s).")
            % {
                "day": date_format(evaluation.answers_due_on, "d.m.Y"),
                "days": days_between(evaluation.answers_due_on, on),
            },
            severity=Severity.SOON,
            on=evaluation.answers_due_on,
            url=evaluation.get_absolute_url(),
            action=_("Bewerten und abschließen"),
            is_example=evaluation.is_example,
        )
