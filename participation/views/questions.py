""" "Frag nach": questions about a measure, reported barriers, and the coordinator's answers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.models import Measure
from participation.forms.questions import AnswerForm, BarrierForm, QuestionForm
from participation.models import Enquiry
from participation.open_forms import OpenFormView
from participation.services.questions import ask
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.editing import VersionedEditView
from smartregion.base.languages import German


def crumbs_of(measure: Measure, label: str) -> list[tuple[str, str]]:
    return [
        (_("Maßnahmen"), reverse("measures")),
        (German(measure.title), measure.get_absolute_url()),
        (label, ""),
    ]


class QuestionsView(OpenFormView):
    """The answered questions about a measure that were published, and the form for a new one."""

    purpose = "question"
    form_class = QuestionForm
    template_name = "participation/questions.html"

    @cached_property
    def measure(self) -> Measure:
        visible = Measure.objects.visible_to(self.request.user).select_related("field")
        return get_object_or_404(visible, slug=self.kwargs["slug"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            measure=self.measure,
            questions=Enquiry.objects.published(self.measure),
            crumbs=crumbs_of(self.measure, _("Frag nach")),
            **kwargs,
        )

    def form_valid(self, form: QuestionForm) -> HttpResponse:
        ask(measure=self.measure, text=form.cleaned_data["text"], email=form.cleaned_data["email"])
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("question_sent", args=[self.measure.slug])


class QuestionSentView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "participation/question_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Measure.objects.visible_to(self.request.user)
        measure = get_object_or_404(visible, slug=self.kwargs["slug"])
        return super().get_context_data(measure=measure, crumbs=crumbs_of(measure, _("Frag nach")), **kwargs)


class BarrierView(OpenFormView):
    """The form that the Erklärung zur Barrierefreiheit has to offer (§ 10b BGG NRW)."""

    purpose = "barrier"
    form_class = BarrierForm
    template_name = "participation/barrier.html"

    def get_initial(self) -> dict[str, Any]:
        return {"page": self.request.GET.get("seite", "")[:300]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=_crumbs_of_barriers(), **kwargs)

    def form_valid(self, form: BarrierForm) -> HttpResponse:
        values = form.cleaned_data
        ask(text=values["text"], email=values["email"], page=values["page"])
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("barrier_sent")


class BarrierSentView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "participation/barrier_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=_crumbs_of_barriers(), **kwargs)


def _crumbs_of_barriers() -> list[tuple[str, str]]:
    return [(_("Barrierefreiheit"), reverse("accessibility")), (_("Barriere melden"), "")]


class QuestionView(VersionedEditView):
    """A question or a reported barrier, for the coordinator who deals with it."""

    permission = change_permission = "participation.answer_questions"
    form_class = AnswerForm
    template_name = "participation/question.html"

    def get_queryset(self) -> QuerySet[Enquiry]:
        return Enquiry.objects.select_related("measure", "answered_by")

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_success_url(self) -> str:
        return reverse("workplace")

    @property
    def success_message(self) -> str:  # type: ignore[override]
        question: Enquiry = self.object
        if question.state == Enquiry.State.DROPPED:
            return _("Geschlossen, ohne zu antworten.")
        return _("Die Antwort ist gespeichert.") if not question.email else _("Die Antwort ist unterwegs.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=[(_("Mein Arbeitsplatz"), reverse("workplace")), (str(self.object), "")],
            question=self.object,
            cancel_url=reverse("workplace"),
            **kwargs,
        )
