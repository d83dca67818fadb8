"""The consultations as everybody sees them: the list, the form while one runs, the results afterwards."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from participation.forms.surveys import AnswerForm
from participation.links import row_of
from participation.models import Question, Sheet, Survey
from participation.open_forms import OpenFormView
from participation.paging import bounded_page
from participation.services.surveys import CONFIRM, answer_survey, confirm_sheet
from participation.tally import results_of, turnout
from participation.views.sending import PrivatePage
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.changes import changes_of
from smartregion.base.languages import German

MANAGE = "participation.manage_surveys"


def crumbs(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Ideen"), reverse("ideas")), (_("Umfragen"), reverse("surveys")), *further]


class SurveyListPage(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "participation/survey_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Survey.objects.visible_to(self.request.user).with_names(self.request.user)
        page = bounded_page(self.request, visible)
        return super().get_context_data(
            page_obj=page, crumbs=[(_("Ideen"), reverse("ideas")), (_("Umfragen"), "")], **kwargs
        )


class SurveyPage(OpenFormView):
    """The form while it runs, which stands there before as a preview; after the end the results."""

    form_class = AnswerForm
    template_name = "participation/survey.html"
    purpose = "survey"

    @cached_property
    def survey(self) -> Survey:
        visible = Survey.objects.visible_to(self.request.user).with_names(self.request.user)
        return get_object_or_404(visible, slug=self.kwargs["slug"])

    @cached_property
    def questions(self) -> list[Question]:
        return list(self.survey.questions.all())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "survey": self.survey, "questions": self.questions}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.survey.phase != Survey.Phase.RUNNING:
            return HttpResponseRedirect(self.survey.get_absolute_url())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        email = form.cleaned_data.get("email", "")
        answer_survey(survey=self.survey, replies=form.replies(), email=email)
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("survey_thanks", args=[self.survey.slug])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        survey = self.survey
        manages = self.request.user.has_perm(MANAGE)
        return super().get_context_data(
            survey=survey,
            phase=survey.phase,
            turnout=turnout(survey),
            results=results_of(survey) if survey.phase == Survey.Phase.ENDED else [],
            manages=manages,
            changes=changes_of(survey) if manages else None,
            crumbs=crumbs((German(survey.title), "")),
            **kwargs,
        )


class SurveyThanksPage(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "participation/survey_thanks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Survey.objects.visible_to(self.request.user)
        survey = get_object_or_404(visible, slug=self.kwargs["slug"])
        way = crumbs((German(survey.title), survey.get_absolute_url()), (_("Danke"), ""))
        return super().get_context_data(survey=survey, crumbs=way, **kwargs)


class SheetConfirmPage(PrivatePage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        context = {
            "sheet": self.sheet,
            "replies": self.sheet.replies.select_related("question").order_by("question__position", "pk"),
            "is_over": self.sheet.survey.phase != Survey.Phase.RUNNING,
        }
        return render(request, "participation/sheet_confirm.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        confirm_sheet(sheet=self.sheet)
        return HttpResponseRedirect(request.path)

    @cached_property
    def sheet(self) -> Sheet:
        sheets = Sheet.objects.filter(survey__is_published=True).select_related("survey")
        return row_of(sheets, self.token, CONFIRM)
