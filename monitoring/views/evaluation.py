"""Pages of evaluations: the list, one with its results, its beginning and its end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView, FormView, ListView

from governance.forms.base import ReasonForm
from governance.models import Committee
from measures.models import Visibility
from monitoring.evaluations import WHOLE, Overview
from monitoring.forms.evaluation import (
    EvaluationForm,
)
from monitoring.models import (
    Criterion,
    Evaluation,
    Recommendation,
)
from monitoring.periods import Period
from monitoring.services import evaluation as verbs
from monitoring.views.evaluation_base import (
    MANAGE,
    AddPage,
    AskPage,
    EditPage,
    InEvaluation,
    KeepingPage,
    crumbs_to,
)
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.changes import changes_of
from smartregion.base.editing import UndoView
from smartregion.base.versioned import EditConflict


class EvaluationListView(RuledView, ListView[Evaluation]):
    permission = PUBLIC
    template_name = "monitoring/evaluations.html"
    context_object_name = "evaluations"

    def get_queryset(self) -> QuerySet[Evaluation]:
        return Evaluation.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=crumbs_to(), **kwargs)


class EvaluationView(RuledView, DetailView[Evaluation]):
    permission = PUBLIC
    template_name = "monitoring/evaluation.html"

    def get_queryset(self) -> QuerySet[Evaluation]:
        return Evaluation.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, evaluation = self.request.user, self.object
        keeps = user.has_perm(MANAGE)
        return super().get_context_data(
            overview=Overview(evaluation, user),
            criteria=Criterion.choices,
            committees=Committee.objects.visible_to(user) if keeps else [],
            changes=changes_of(evaluation) if keeps else None,
            whole=WHOLE,
            crumbs=crumbs_to((str(evaluation), "")),
            **kwargs,
        )


class EvaluationAddPage(AddPage):
    """Begins with the year that ended last, and with the standard questions."""

    model = Evaluation
    form_class = EvaluationForm
    page_title = _("Evaluation beginnen")
    lead = _("Sie beginnt mit einer Frage je Kriterium; die Fragen lassen sich danach ändern und ergänzen.")
    submit_label = _("Beginnen")

    def new_row(self) -> Evaluation:
        return Evaluation()

    def get_initial(self) -> dict[str, Any]:
        last = Period.year(localdate().replace(year=localdate().year - 1, day=1))
        return {"period_start": last.start, "period_end": last.end}

    def get_back_url(self) -> str:
        return reverse("evaluations")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.update(
            page_title=self.page_title,
            lead=self.lead,
            submit_label=self.submit_label,
            cancel_url=self.get_back_url(),
            crumbs=crumbs_to((self.page_title, "")),
        )
        return CreateView.get_context_data(self, **kwargs)

    def store(self, row: Evaluation) -> None:
        verbs.begin_evaluation(evaluation=row, by=self.request.user)


class EvaluationEditPage(EditPage):
    model = Evaluation
    form_class = EvaluationForm

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Evaluation:
        return self.evaluation


class EvaluationRemovePage(AskPage):
    page_title = _("Evaluation entfernen")
    submit_label = _("Entfernen")
    done_message = _("Die Evaluation ist entfernt.")

    def get_success_url(self) -> str:
        return reverse("evaluations")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = gettext("Ihre Fragen gehen mit ihr verloren. Das lässt sich nicht zurücknehmen.")
        return super().get_context_data(question=str(self.evaluation), loss=loss, **kwargs)

    def act(self, *, reason: str, version: int | None) -> None:
        verbs.remove_evaluation(
            evaluation=self.evaluation, version=version, by=self.request.user, reason=reason
        )


class EvaluationClosePage(KeepingPage, FormView[Any]):
    """Ends an evaluation; its page says before what is still missing."""

    form_class = ReasonForm
    page_title = _("Evaluation abschließen")
    submit_label = _("Abschließen")

    def get_form(self, form_class: Any = None) -> ReasonForm:
        form: ReasonForm = super().get_form(form_class)
        del form.fields["reason"]
        return form

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.evaluation.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overview = Overview(self.evaluation, self.request.user)
        said = gettext(
            "Alle Fragen beantwortet: %(complete)d von %(asked)d Teams. Fehlende Bewertungen: %(empty)d. "
            "Nach dem Abschluss ändern sich Einschätzungen, Bewertungen und Empfehlungen nicht mehr."
        )
        if self.evaluation.visibility != Visibility.PUBLIC:
            said += " " + gettext(
                "Gäste sehen das Ergebnis nicht, solange die Sichtbarkeit nicht öffentlich ist."
            )
        lead = said % {
            "complete": overview.complete,
            "asked": len(overview.turnouts),
            "empty": sum(cell is None for row in overview.fields for cell in row.cells),
        }
        return super().get_context_data(**{**kwargs, "lead": lead})

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            verbs.close_evaluation(
                evaluation=self.evaluation, version=form.cleaned_data["version"], by=self.request.user
            )
        except ValidationError as refusal:
            messages.warning(self.request, " ".join(refusal.messages))
        except EditConflict:
            messages.warning(
                self.request,
                gettext("Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach."),
            )
        else:
            messages.success(self.request, gettext("Die Evaluation ist abgeschlossen."))
        return HttpResponseRedirect(self.get_success_url())


class EvaluationReopenPage(AskPage):
    page_title = _("Evaluation wieder öffnen")
    submit_label = _("Wieder öffnen")
    done_message = _("Die Evaluation ist wieder offen.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hint = gettext("Versiegelte Berichte, die von ihr erzählen, bleiben, wie sie sind.")
        return super().get_context_data(hint=hint, **kwargs)

    def act(self, *, reason: str, version: int | None) -> None:
        verbs.reopen_evaluation(
            evaluation=self.evaluation, version=version, by=self.request.user, reason=reason
        )


class UndoPage(InEvaluation, UndoView):
    permission = MANAGE
    change_permission = MANAGE
    model: Any = Evaluation

    def get_object(self) -> Any:
        if self.model is Evaluation:
            return self.evaluation
        rows = self.model.objects.filter(evaluation=self.evaluation).select_related("evaluation")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def check_restored(self, before: Any, restored: Any) -> None:
        if isinstance(before, Evaluation) and before.closed_at != restored.closed_at:
            raise ValidationError(
                gettext("Bitte öffnen Sie die Evaluation wieder, oder schließen Sie sie ab.")
            )
        if isinstance(before, Recommendation) and before.topic_id != restored.topic_id:
            raise ValidationError(
                gettext("Die Empfehlung steht im Themenspeicher; dort lässt sie sich entfernen.")
            )
        verbs.lock_open(self.evaluation)
