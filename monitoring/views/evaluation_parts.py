"""Questions of an evaluation and its recommendations: added, edited, removed, and handed to a committee."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.models import Committee
from monitoring.forms.evaluation import (
    ProposeForm,
    QuestionForm,
    RecommendationForm,
)
from monitoring.models import (
    EvaluationQuestion,
    Recommendation,
    SelfAssessment,
)
from monitoring.services import evaluation as verbs
from monitoring.views.evaluation_base import MANAGE, AddPage, AskPage, EditPage, InEvaluation
from smartregion.base.editing import RestoreView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict


class QuestionAddPage(AddPage):
    model = EvaluationQuestion
    form_class = QuestionForm
    page_title = _("Frage ergänzen")

    def store(self, row: EvaluationQuestion) -> None:
        verbs.add_question(question=row, by=self.request.user)


class QuestionEditPage(EditPage):
    model = EvaluationQuestion
    form_class = QuestionForm
    page_title = _("Frage bearbeiten")


class RecommendationAddPage(AddPage):
    model = Recommendation
    form_class = RecommendationForm
    page_title = _("Empfehlung ergänzen")

    def store(self, row: Recommendation) -> None:
        verbs.add_recommendation(recommendation=row, by=self.request.user)


class RecommendationEditPage(EditPage):
    model = Recommendation
    form_class = RecommendationForm
    page_title = _("Empfehlung bearbeiten")


class PartRemovePage(AskPage):
    """Removes a question or a recommendation, as long as the evaluation is open."""

    submit_label = _("Entfernen")
    model: Any
    restore_url_name: str

    @cached_property
    def subject(self) -> Any:
        rows = self.model.objects.filter(evaluation=self.evaluation).select_related("evaluation")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=str(self.subject), **kwargs)

    def check(self) -> None:
        """Raises:
        ValidationError: something would be lost with it.
        """

    def act(self, *, reason: str, version: int | None) -> None:
        with recorded(by=self.request.user, reason=reason):
            verbs.lock_open(self.evaluation)
            self.check()
            self.subject.delete_over(version)

    def get_undo_url(self) -> str:
        return reverse(self.restore_url_name, args=[self.evaluation.pk, self.kwargs["pk"]])


class QuestionRemovePage(PartRemovePage):
    model = EvaluationQuestion
    page_title = _("Frage entfernen")
    done_message = _("Die Frage ist entfernt.")
    restore_url_name = "evaluation_question_restore"

    def check(self) -> None:
        if SelfAssessment.objects.given().filter(question=self.subject).exists():
            raise ValidationError(
                gettext("Zu dieser Frage gibt es schon Einschätzungen; sie bleibt deshalb.")
            )


class RecommendationRemovePage(PartRemovePage):
    model = Recommendation
    page_title = _("Empfehlung entfernen")
    done_message = _("Die Empfehlung ist entfernt.")
    restore_url_name = "recommendation_restore"


class PartRestorePage(InEvaluation, RestoreView):
    permission = MANAGE

    def owner(self) -> dict[str, Any]:
        return {"evaluation_id": self.evaluation.pk}

    def restore(self, pk: int) -> Any:
        with transaction.atomic():
            verbs.lock_open(self.evaluation)
            return super().restore(pk)


class QuestionRestorePage(PartRestorePage):
    model = EvaluationQuestion


class RecommendationRestorePage(PartRestorePage):
    model = Recommendation


class RecommendationProposePage(InEvaluation):
    """POST with `committee` and `version`: the recommendation waits in that committee's backlog."""

    permission = MANAGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Recommendation.objects.filter(evaluation=self.evaluation).select_related("evaluation")
        recommendation = get_object_or_404(rows, pk=self.kwargs["pk"])
        form = ProposeForm(request.POST, committees=Committee.objects.visible_to(request.user))
        back = HttpResponseRedirect(recommendation.get_absolute_url())
        if not form.is_valid():
            messages.warning(request, gettext("Bitte wählen Sie ein Gremium."))
            return back
        try:
            topic = verbs.propose_recommendation(
                recommendation=recommendation, by=request.user, **form.cleaned_data
            )
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        except EditConflict:
            messages.warning(
                request,
                gettext("Jemand anderes hat die Empfehlung inzwischen geändert. Bitte sehen Sie nach."),
            )
        else:
            said = gettext("„%(title)s“ wartet jetzt im Themenspeicher: %(committee)s.")
            messages.success(request, said % {"title": topic.title, "committee": topic.committee})
        return back
