"""Maturity: assessing a solution, a solution's earlier assessments, and the scale in its versions."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, TemplateView

from measures.forms.maturity import ANOTHER_SCALE, AssessmentForm, ScaleForm
from measures.models import MATURITY_RULE, Level, MaturityAssessment, MaturityScale, Solution
from measures.services.solutions import assess, publish_scale
from measures.solutions import assessment_table
from measures.views.solutions import OfSolutionView, crumbs_below
from smartregion.base.access import PUBLIC, RuledView


class AssessView(OfSolutionView, FormView[AssessmentForm]):
    """Assess by the version of the scale that the address names, beginning with what was found last by it."""

    writes = ("post",)
    form_class = AssessmentForm
    template_name = "measures/measure_form.html"

    @cached_property
    def scale(self) -> MaturityScale:
        return get_object_or_404(MaturityScale, number=self.kwargs["number"])

    def get_form_kwargs(self) -> dict[str, Any]:
        last = self.solution.assessments.filter(scale=self.scale).first()
        earlier = last.ratings.select_related("criterion") if last else []
        return {**super().get_form_kwargs(), "scale": self.scale, "earlier": earlier}

    def form_valid(self, form: AssessmentForm) -> HttpResponse:
        assess(
            solution=self.solution,
            scale=self.scale,
            on=form.cleaned_data["on"],
            ratings=form.ratings(),
            by=self.request.user,
        )
        messages.success(self.request, _("Die Bewertung ist gespeichert. Frühere bleiben erhalten."))
        return HttpResponseRedirect(f"{self.solution.get_absolute_url()}#reifegrad")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("„%(solution)s“ nach Skala %(scale)s bewerten") % {
            "solution": self.solution,
            "scale": self.scale,
        }
        return super().get_context_data(
            title=title,
            crumbs=crumbs_below(self.solution, _("Bewerten")),
            cancel_url=self.solution.get_absolute_url(),
            submit_label=_("Bewertung speichern"),
            **kwargs,
        )


class AssessmentView(RuledView, DetailView[MaturityAssessment]):
    """One assessment of a solution, an earlier one too, by the scale that it was made with."""

    permission = PUBLIC
    template_name = "measures/solution_assessment.html"
    context_object_name = "assessment"

    def get_queryset(self) -> QuerySet[MaturityAssessment]:
        visible = Solution.objects.visible_to(self.request.user).filter(slug=self.kwargs["slug"])
        found = MaturityAssessment.objects.filter(solution__in=visible).with_overall()
        return found.select_related("solution", "scale", "by")

    def get_object(self, queryset: QuerySet[MaturityAssessment] | None = None) -> MaturityAssessment:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        solution = self.object.solution
        return super().get_context_data(
            solution=solution,
            crumbs=crumbs_below(solution, str(self.object)),
            table=assessment_table(self.object),
            is_newest=solution.assessments.first() == self.object,
            maturity_rule=MATURITY_RULE,
            **kwargs,
        )


class ScaleView(RuledView, TemplateView):
    """The newest version of the scale, or the one that the address names."""

    permission = PUBLIC
    template_name = "measures/maturity_scale.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scales = list(MaturityScale.objects.all())
        newest = scales[0] if scales else None
        number = self.kwargs.get("number")
        shown = get_object_or_404(MaturityScale, number=number) if number is not None else newest
        return super().get_context_data(
            scale=shown,
            criteria=list(shown.criteria.all()) if shown else [],
            versions=[
                {
                    "label": _("Fassung %d") % row.number,
                    "url": row.get_absolute_url(),
                    "current": row == shown,
                }
                for row in scales
            ],
            is_newest=shown == newest,
            levels=Level,
            maturity_rule=MATURITY_RULE,
            crumbs=[(_("Lösungen"), reverse("solutions")), (_("Reifegradskala"), "")],
            **kwargs,
        )


class ScalePublishView(RuledView, FormView[ScaleForm]):
    """Publish the next version, which begins as a copy of the newest one."""

    permission = "measures.manage_solutions"
    writes = ("post",)
    form_class = ScaleForm
    template_name = "measures/measure_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "newest": MaturityScale.objects.first()}

    def form_valid(self, form: ScaleForm) -> HttpResponse:
        try:
            scale = publish_scale(
                number=form.next_number,
                note=form.cleaned_data["note"],
                on=localdate(),
                criteria=form.criteria(),
                by=self.request.user,
            )
        except IntegrityError:
            form.add_error(None, str(ANOTHER_SCALE))
            return self.form_invalid(form)
        messages.success(self.request, _("Fassung %d der Skala ist veröffentlicht.") % scale.number)
        return HttpResponseRedirect(reverse("scale"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Neue Fassung der Reifegradskala")
        return super().get_context_data(
            title=title,
            crumbs=[
                (_("Lösungen"), reverse("solutions")),
                (_("Reifegradskala"), reverse("scale")),
                (_("Neue Fassung"), ""),
            ],
            cancel_url=reverse("scale"),
            submit_label=_("Fassung veröffentlichen"),
            **kwargs,
        )
