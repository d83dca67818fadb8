"""The coordinator's pages of consultations: a survey, its questions, the free texts that came in."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, FormView

from governance.forms.base import ReasonForm
from participation.forms.surveys import QuestionForm, SurveyForm
from participation.models import Question, Reply, Survey
from participation.models.surveys import ANSWERED
from participation.paging import bounded_page
from participation.services.surveys import create_survey, decide_text
from participation.views.surveys import MANAGE, crumbs
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict, Versioned, version_in


class Managed(RuledView):
    permission = MANAGE
    change_permission = MANAGE
    writes = ("post",)
    template_name: Any = "governance/form.html"
    page_title: Any = ""

    @cached_property
    def survey(self) -> Survey:
        return get_object_or_404(Survey, slug=self.kwargs["slug"])

    def get_success_url(self) -> str:
        return self.survey.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = [(self.survey.title, self.survey.get_absolute_url())] if "slug" in self.kwargs else []
        return super().get_context_data(  # type: ignore[misc]
            page_title=self.page_title,
            cancel_url=self.survey.get_absolute_url() if above else reverse("surveys"),
            crumbs=crumbs(*above, (self.page_title, "")),
            **kwargs,
        )


class AddPage(Managed, DraftedForm, CreateView[Any, Any]):
    def store(self, row: Any) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.store(form.instance)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Angelegt."))
        return HttpResponseRedirect(form.instance.get_absolute_url())


class EditPage(Managed, VersionedEditView):
    def get_undo_url(self, saved: Versioned) -> str:
        own = self.request.path.removesuffix("bearbeiten/")
        return f"{own}rueckgaengig/?version={saved.version}"


class SurveyAddPage(AddPage):
    form_class = SurveyForm
    page_title = gettext_lazy("Neue Umfrage")

    def store(self, row: Survey) -> None:
        create_survey(survey=row, by=self.request.user)


class SurveyEditPage(EditPage):
    model = Survey
    form_class = SurveyForm
    page_title = gettext_lazy("Umfrage bearbeiten")


class SurveyUndoPage(Managed, UndoView):
    def get_object(self) -> Survey:
        return self.survey


class OfSurvey(Managed):
    def get_queryset(self) -> QuerySet[Question]:
        return Question.objects.filter(survey=self.survey).select_related("survey")

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class QuestionAddPage(OfSurvey, AddPage):
    form_class = QuestionForm
    page_title = gettext_lazy("Frage ergänzen")

    def get_form_kwargs(self) -> dict[str, Any]:
        position = min(self.survey.questions.count() + 1, 99)
        return {**super().get_form_kwargs(), "instance": Question(survey=self.survey, position=position)}

    def store(self, row: Question) -> None:
        with recorded(by=self.request.user):
            row.save()


class QuestionEditPage(OfSurvey, EditPage):
    form_class = QuestionForm
    page_title = gettext_lazy("Frage bearbeiten")


class QuestionUndoPage(OfSurvey, UndoView):
    def get_object(self) -> Question:
        return self.question

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        row.clean()
        return super().undo(row, version)


class QuestionRemovePage(OfSurvey, FormView[ReasonForm]):
    form_class = ReasonForm
    page_title = gettext_lazy("Frage entfernen")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.question.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.question.text, submit_label=_("Entfernen"), **kwargs)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        question, values = self.question, form.cleaned_data
        restore = reverse("question_restore", args=[self.survey.slug, question.pk])
        try:
            with recorded(by=self.request.user, reason=values["reason"]):
                question.delete_over(values["version"])
        except EditConflict:
            form.add_error(None, _("Jemand anderes hat die Frage inzwischen geändert."))
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(ANSWERED))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Frage ist entfernt."), extra_tags=f"undo {restore}")
        return HttpResponseRedirect(self.get_success_url())


class QuestionRestorePage(OfSurvey, RestoreView):
    model = Question

    def owner(self) -> dict[str, Any]:
        return {"survey_id": self.survey.pk}

    def get_back_url(self) -> str:
        return self.survey.get_absolute_url()


class TextsPage(Managed):
    """The free texts of a survey; POST `state` for one of them publishes it, or does not."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        texts = Reply.objects.filter(question__survey=self.survey).counted().exclude(text="")
        context = {
            "survey": self.survey,
            "page_obj": bounded_page(request, texts.select_related("question").order_by("-state", "pk")),
            "crumbs": crumbs((self.survey.title, self.survey.get_absolute_url()), (_("Freie Texte"), "")),
        }
        return render(request, "participation/survey_texts.html", context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        texts = Reply.objects.filter(question__survey=self.survey).counted().exclude(text="")
        text = get_object_or_404(texts, pk=version_in(request.POST.get("selected", "")))
        if (state := request.POST.get("state", "")) in Reply.State.values:
            decide_text(text=text, state=state)
        return HttpResponseRedirect(request.get_full_path())
