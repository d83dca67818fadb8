"""The wave planner: all planned starts in three orders, a measure's plan to edit, a municipality's answer."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from measures.forms.waves import StartAnswerForm, WavePlanForm
from measures.models import Measure, PlannedStart, WavePlan
from measures.services.waves import answer_start, undo_plan
from measures.waves import LOAD_RULE, by_measure, by_municipality, by_quarter, planned_starts, totals
from network.models import Municipality
from smartregion.base.access import SIGNED_IN, RuledView, next_url
from smartregion.base.changes import changes_of
from smartregion.base.editing import UndoView, VersionedEditView, VersionedModelForm
from smartregion.base.versioned import EditConflict, Versioned, version_in

ORDERS = {
    "massnahmen": (gettext_lazy("Nach Maßnahme"), by_measure),
    "kommunen": (gettext_lazy("Nach Kommune"), by_municipality),
    "quartale": (gettext_lazy("Nach Quartal"), by_quarter),
}


class WavesView(RuledView, TemplateView):
    """All planned starts that the account may see."""

    permission = SIGNED_IN
    template_name = "measures/waves.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, wish = self.request.user, self.request.GET.get("ansicht", "")
        order = wish if wish in ORDERS else "massnahmen"
        planned = planned_starts(user, localdate())
        views = [
            {"label": label, "url": f"?ansicht={key}", "current": key == order}
            for key, (label, _group) in ORDERS.items()
        ]
        unplanned = (
            Measure.objects.visible_to(user).going_on().exclude(pk__in={p.start.measure_id for p in planned})
        )
        may_plan = user.has_perm("measures.change_measure")
        return super().get_context_data(
            crumbs=[(_("Roll-out"), reverse("matrix")), (_("Wellen"), "")],
            views=views,
            order=order,
            groups=ORDERS[order][1](planned),
            totals=totals(planned),
            load_rule=LOAD_RULE,
            may_plan=may_plan,
            unplanned=unplanned if may_plan else [],
            **kwargs,
        )


class WavePlanView(VersionedEditView):
    """One measure's plan. A measure without a plan has an unsaved one, in the version that a new one gets."""

    permission = "measures.change_measure"
    change_permission = "measures.change_measure"
    model = WavePlan
    form_class = WavePlanForm
    template_name = "measures/wave_plan.html"
    success_message = gettext_lazy("Der Plan ist gespeichert.")

    def get_object(self, queryset: models.QuerySet[Any] | None = None) -> WavePlan:
        visible = Measure.objects.visible_to(self.request.user).select_related("wave_plan")
        measure = get_object_or_404(visible, slug=self.kwargs["slug"])
        plan = getattr(measure, "wave_plan", None) or WavePlan(measure=measure)
        self.require(self.change_permission, measure)
        return plan

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('waves_undo', args=[self.kwargs['slug']])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure = self.object.measure
        every = planned_starts(self.request.user, localdate())
        own = (each for each in every if each.start.measure_id == measure.pk)
        planned = {each.start.municipality_id: each for each in own}
        context = super().get_context_data(
            crumbs=[
                (_("Roll-out"), reverse("matrix")),
                (_("Wellen"), reverse("waves")),
                (measure.title, ""),
            ],
            measure=measure,
            load_rule=LOAD_RULE,
            **kwargs,
        )
        rows = [(cell, field, planned.get(cell.municipality_id)) for cell, field in context["form"].rows()]
        return {**context, "rows": rows}

    def show_conflict(self, form: VersionedModelForm, saved: models.Model) -> HttpResponse:
        """The rows of the plan stand beside it, so they are compared here."""
        plan = self.get_object()
        stored = WavePlanForm(instance=plan)
        mine = WavePlanForm(data=form.data, instance=plan)
        mine.is_valid()
        last = changes_of(plan, limit=1) if plan.pk else []
        context = {
            "form": WavePlanForm(data=mine.merged_data(stored.instance.version), instance=plan),
            "saved": plan,
            "differences": mine.differences(),
            "last": last[0] if last else None,
            "keep_url": plan.get_absolute_url(),
        }
        return render(self.request, "base/conflict.html", context, status=409)


class WavePlanUndoView(UndoView):
    permission = "measures.change_measure"
    change_permission = "measures.change_measure"

    def get_object(self) -> WavePlan:
        visible = Measure.objects.visible_to(self.request.user)
        plans = WavePlan.objects.filter(measure__in=visible).select_related("measure")
        return get_object_or_404(plans, measure__slug=self.kwargs["slug"])

    def require(self, permission: str, subject: Any) -> None:
        super().require(permission, subject.measure)

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_plan(plan=self.get_object(), version=version, by=self.request.user)


class AnswerStartView(RuledView):
    """POST `answer`, `answer_reason` and the shown `version`: what a municipality says to a planned start."""

    permission = SIGNED_IN
    writes = ("post",)

    def post(self, request: HttpRequest, slug: str, measure_slug: str) -> HttpResponse:
        municipality = get_object_or_404(Municipality, slug=slug)
        self.require("measures.confirm_cells", municipality)
        starts = PlannedStart.objects.visible_to(request.user).in_municipality(municipality).in_order()
        start = get_object_or_404(starts, measure__slug=measure_slug)
        form = StartAnswerForm(request.POST, instance=start)
        if not form.is_valid():
            messages.warning(request, " ".join(str(text) for some in form.errors.values() for text in some))
            return HttpResponseRedirect(next_url(request) or f"{municipality.get_absolute_url()}#geplant")
        try:
            version = version_in(request.POST.get("version", ""))
            answer_start(start=form.instance, version=version, by=request.user)
        except EditConflict:
            messages.warning(
                request,
                _("Der Start von „%s“ wurde inzwischen neu geplant oder beantwortet.") % start.measure.title,
            )
        else:
            messages.success(request, _("Danke, die Koordinierungsstelle sieht Ihre Antwort im Plan."))
        return HttpResponseRedirect(next_url(request) or f"{municipality.get_absolute_url()}#geplant")
