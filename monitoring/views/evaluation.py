"""Pages of evaluations: the list, one with its results, and those on which the coordinator keeps it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView, FormView, ListView

from fields.models import ActionField
from governance.forms.base import ReasonForm
from governance.models import Committee
from measures.models import Measure, Visibility
from monitoring.evaluations import WHOLE, Overview
from monitoring.forms.evaluation import (
    Asked,
    EvaluationForm,
    ProposeForm,
    QuestionForm,
    RatingsForm,
    RecommendationForm,
)
from monitoring.models import (
    Assessment,
    Criterion,
    Evaluation,
    EvaluationQuestion,
    Recommendation,
    SelfAssessment,
)
from monitoring.periods import Period
from monitoring.services import evaluation as verbs
from monitoring.views.base import steering_crumbs
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import GONE, TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import changes_of, recorded
from smartregion.base.versioned import EditConflict

MANAGE = "monitoring.manage_evaluation"
ANSWER = "monitoring.answer_evaluation"


def crumbs_to(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return steering_crumbs((gettext("Evaluation"), reverse("evaluations") if further else ""), *further)


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


class InEvaluation(RuledView):
    """A page below an evaluation that the user sees."""

    page_title: Any = ""
    lead: Any = ""
    submit_label: Any = ""

    @cached_property
    def evaluation(self) -> Evaluation:
        return get_object_or_404(
            Evaluation.objects.visible_to(self.request.user), pk=self.kwargs["evaluation"]
        )

    def get_back_url(self) -> str:
        return self.evaluation.get_absolute_url()

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = crumbs_to((str(self.evaluation), self.evaluation.get_absolute_url()), (self.page_title, ""))
        values = {
            "page_title": self.page_title,
            "lead": self.lead,
            "submit_label": self.submit_label,
            "cancel_url": self.get_back_url(),
            "evaluation": self.evaluation,
            "crumbs": crumbs,
        }
        return super().get_context_data(**{**values, **kwargs})  # type: ignore[misc]


class KeepingPage(InEvaluation):
    permission = MANAGE
    writes = ("post",)
    template_name: Any = "governance/form.html"


class AddPage(KeepingPage, DraftedForm, CreateView[Any, Any]):
    """Adds one row; a refusal of the evaluation's state stands above the form."""

    def new_row(self) -> Any:
        return self.model(evaluation=self.evaluation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_row()}

    def store(self, row: Any) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.store(form.instance)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Angelegt."))
        return HttpResponseRedirect(form.instance.get_absolute_url())


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


class EditPage(KeepingPage, VersionedEditView):
    change_permission = MANAGE
    page_title = _("Bearbeiten")

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(evaluation=self.evaluation)
        return rows.select_related("evaluation")

    def form_valid(self, form: Any) -> HttpResponse:
        """Ended meanwhile, the evaluation takes no more changes; what was typed stays in the form."""
        try:
            with transaction.atomic():
                verbs.lock_open(self.evaluation)
                return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)

    def get_undo_url(self, saved: Any) -> str:
        return f"{self.request.path.removesuffix('bearbeiten/')}rueckgaengig/?version={saved.version}"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class EvaluationEditPage(EditPage):
    model = Evaluation
    form_class = EvaluationForm

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Evaluation:
        return self.evaluation


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


class AskPage(KeepingPage, FormView[ReasonForm]):
    """Asks for a reason before something is ended or taken away; a subclass does it in `act`."""

    form_class = ReasonForm
    done_message: Any = ""

    @cached_property
    def subject(self) -> Any:
        return self.evaluation

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.subject.version}

    def act(self, *, reason: str, version: int | None) -> None:
        raise NotImplementedError

    def get_undo_url(self) -> str:
        return ""

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        back = self.get_success_url()
        try:
            self.act(reason=form.cleaned_data.get("reason", ""), version=form.cleaned_data["version"])
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except EditConflict:
            return self.show_conflict(form)
        except ObjectDoesNotExist:
            messages.warning(self.request, str(GONE))
            return HttpResponseRedirect(back)
        undo = self.get_undo_url()
        messages.success(self.request, str(self.done_message), extra_tags=f"undo {undo}" if undo else "")
        return HttpResponseRedirect(back)

    def show_conflict(self, form: ReasonForm) -> HttpResponse:
        for name in ("evaluation", "subject"):
            self.__dict__.pop(name, None)
        data = form.data.copy()  # type: ignore[attr-defined]
        data["version"] = self.subject.version
        form.data = data
        form.add_error(
            None, gettext("Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach.")
        )
        context = self.get_context_data(form=form, last_change=changes_of(self.subject, limit=1))
        return render(self.request, "governance/form.html", context, status=HTTPStatus.CONFLICT)


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
