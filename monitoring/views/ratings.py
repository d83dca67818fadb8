"""Ratings with their reasons: what teams answer, and how the coordinator assesses."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from fields.models import ActionField
from measures.models import Measure
from monitoring.evaluations import WHOLE
from monitoring.forms.evaluation import (
    Asked,
    RatingsForm,
)
from monitoring.models import (
    Assessment,
    Criterion,
    SelfAssessment,
)
from monitoring.services import evaluation as verbs
from monitoring.views.evaluation_base import (
    MANAGE,
    InEvaluation,
)
from smartregion.base.access import SIGNED_IN

ANSWER = "monitoring.answer_evaluation"


class RatingsPage(InEvaluation, FormView[RatingsForm]):
    """Rates several things in one form, each row over the version that was read."""

    writes = ("post",)
    form_class = RatingsForm
    template_name = "monitoring/ratings.html"
    submit_label = _("Speichern")

    def asked(self) -> list[Asked]:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "asked": self.asked()}

    def form_valid(self, form: RatingsForm) -> HttpResponse:
        try:
            count = verbs.save_ratings(
                evaluation=self.evaluation, written=form.written(), by=self.request.user
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except verbs.RatingsConflict as conflict:
            fresh = form.over(self.asked())
            context = self.get_context_data(form=fresh, stored=conflict.rows)
            return render(self.request, self.template_name, context, status=HTTPStatus.CONFLICT)
        if count:
            messages.success(self.request, gettext("Gespeichert."))
        else:
            messages.info(self.request, gettext("Es hat sich nichts geändert."))
        return HttpResponseRedirect(self.get_success_url())


class AnswerPage(RatingsPage):
    """A development team answers the questions to its measure."""

    permission = SIGNED_IN
    page_title = _("Selbsteinschätzung")

    @cached_property
    def measure(self) -> Measure:
        measure = get_object_or_404(Measure.objects.visible_to(self.request.user), slug=self.kwargs["slug"])
        self.require(ANSWER, measure)
        return measure

    def asked(self) -> list[Asked]:
        answers = {
            row.question_id: row
            for row in SelfAssessment.objects.filter(
                measure=self.measure, question__evaluation=self.evaluation
            )
        }
        return [
            Asked(
                key=str(question.pk),
                heading=question.text,
                hint=gettext("Kriterium: %s") % question.get_criterion_display(),
                row=answers.get(question.pk) or SelfAssessment(question=question, measure=self.measure),
            )
            for question in self.evaluation.questions.to(self.measure)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**kwargs, "lead": str(self.measure)})


class AssessPage(RatingsPage):
    """The coordinator assesses a field, or the whole concept, by each criterion."""

    permission = MANAGE
    page_title = _("Bewertung")

    @cached_property
    def field(self) -> ActionField | None:
        slug = self.kwargs["slug"]
        return None if slug == WHOLE else get_object_or_404(ActionField, slug=slug)

    def asked(self) -> list[Asked]:
        rows = {row.criterion: row for row in self.evaluation.assessments.filter(field=self.field)}
        return [
            Asked(
                key=criterion.value,
                heading=str(criterion.label),
                hint=self._answers_in_words(criterion),
                row=rows.get(criterion.value)
                or Assessment(evaluation=self.evaluation, field=self.field, criterion=criterion.value),
            )
            for criterion in Criterion
        ]

    def _answers_in_words(self, criterion: Criterion) -> str:
        """What the teams of the field said, as a help for whoever assesses it."""
        given = [
            str(answer.get_rating_display())
            for answer in self._answers
            if answer.question.criterion == criterion and answer.rating is not None
        ]
        if not given:
            return gettext("Noch keine Selbsteinschätzung zu diesem Kriterium.")
        counts = ", ".join(f"{given.count(words)} × {words}" for words in dict.fromkeys(given))
        return gettext("Selbsteinschätzungen: %s") % counts

    @cached_property
    def _answers(self) -> list[SelfAssessment]:
        answers = SelfAssessment.objects.visible_to(self.request.user).filter(
            question__evaluation=self.evaluation
        )
        if self.field:
            answers = answers.filter(measure__field=self.field)
        return list(answers.select_related("question"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = self.field.name if self.field else gettext("Konzept insgesamt")
        return super().get_context_data(**{**kwargs, "lead": lead})
