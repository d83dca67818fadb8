"""The catalogue of solutions, a solution's page, and the coordinator's forms for it and for its measures."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import CreateView, DetailView

from measures.filters import query_with, tell_address
from measures.forms.solutions import SolutionAddForm, SolutionFilter, SolutionForm, SolutionLinkForm
from measures.models import MATURITY_RULE, MaturityScale, Solution, SolutionLink
from measures.services.solutions import create_solution
from measures.solutions import REACH_RULE, assessment_table, journal_of_solution, places_of, reaches
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.languages import German
from smartregion.base.versioned import Versioned

PER_PAGE = 20


class SolutionListView(RuledView):
    """All solutions that the reader may see, by name; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = SolutionFilter(request.GET, request.user)
        page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
        solutions = list(Solution.objects.filter(pk__in=page.object_list.values("pk")).for_list())  # type: ignore[attr-defined]
        found = reaches(solutions, request.user)
        context = {
            "filter": chosen,
            "filter_label": _("Lösungen filtern"),
            "page_obj": page,
            "page_query": query_with(request.GET).removeprefix("?"),
            "reset_url": request.path,
            "rows": [(solution, found.get(solution.pk)) for solution in solutions],
            "reach_rule": REACH_RULE,
            "maturity_rule": MATURITY_RULE,
        }
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            response = render(request, "measures/_solution_results.html", {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            crumbs = [(_("Lösungen"), "")]
            response = render(request, "measures/solution_list.html", {**context, "crumbs": crumbs})
        patch_vary_headers(response, ["HX-Request"])
        return response


class SolutionView(RuledView, DetailView[Solution]):
    permission = PUBLIC
    template_name = "measures/solution_detail.html"

    def get_queryset(self) -> QuerySet[Solution]:
        return Solution.objects.visible_to(self.request.user).select_related("provider")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        solution, user = self.object, self.request.user
        assessments = list(solution.assessments.with_overall().select_related("scale", "by"))
        links = SolutionLink.objects.visible_to(user).filter(solution=solution)
        return super().get_context_data(
            crumbs=[(_("Lösungen"), reverse("solutions")), (German(solution.title), "")],
            newest=assessments[0] if assessments else None,
            earlier=assessments[1:],
            table=assessment_table(assessments[0]) if assessments else [],
            scale=MaturityScale.objects.first(),
            maturity_rule=MATURITY_RULE,
            links=list(links.select_related("measure__field")),
            reach=reaches([solution], user).get(solution.pk),
            reach_rule=REACH_RULE,
            places=places_of(solution, user),
            changes=journal_of_solution(solution, user) if user.has_perm("measures.view_history") else None,
            **kwargs,
        )


class SolutionAddView(RuledView, CreateView[Solution, SolutionAddForm]):
    permission = "measures.manage_solutions"
    writes = ("post",)
    model = Solution
    form_class = SolutionAddForm
    template_name = "measures/measure_form.html"

    def form_valid(self, form: SolutionAddForm) -> HttpResponse:
        try:
            solution = create_solution(solution=form.instance, by=self.request.user)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Lösung ist angelegt. Verknüpfen Sie nun ihre Maßnahmen."))
        return HttpResponseRedirect(solution.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Neue Lösung"),
            crumbs=[(_("Lösungen"), reverse("solutions")), (_("Neue Lösung"), "")],
            cancel_url=reverse("solutions"),
            **kwargs,
        )


class SolutionEditView(VersionedEditView):
    permission = SIGNED_IN
    change_permission = "measures.manage_solutions"
    model = Solution
    form_class = SolutionForm
    template_name = "measures/measure_form.html"

    def get_queryset(self) -> QuerySet[Solution]:
        return Solution.objects.visible_to(self.request.user)

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('solution_undo', args=[self.object.slug])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = Solution.objects.get(pk=self.object.pk)
        return super().get_context_data(
            title=_("„%s“ bearbeiten") % saved.title,
            crumbs=crumbs_below(saved, _("Bearbeiten")),
            cancel_url=saved.get_absolute_url(),
            **kwargs,
        )


class OfSolutionView(RuledView):
    """Something below a solution that the user may see and manage."""

    permission = SIGNED_IN

    @cached_property
    def solution(self) -> Solution:
        return get_object_or_404(Solution.objects.visible_to(self.request.user), slug=self.kwargs["slug"])

    def check_permission(self) -> None:
        super().check_permission()
        self.require("measures.manage_solutions", self.solution)


class SolutionUndoView(OfSolutionView, UndoView):
    change_permission = "measures.manage_solutions"

    def get_object(self) -> Solution:
        return self.solution


class LinkAddView(OfSolutionView, CreateView[SolutionLink, SolutionLinkForm]):
    writes = ("post",)
    form_class = SolutionLinkForm
    template_name = "measures/measure_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        link = SolutionLink(solution=self.solution)
        return {**super().get_form_kwargs(), "instance": link, "user": self.request.user}

    def form_valid(self, form: SolutionLinkForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                link = form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("„%s“ ist verknüpft.") % link)
        return HttpResponseRedirect(link.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Maßnahme verknüpfen"),
            crumbs=crumbs_below(self.solution, _("Maßnahme verknüpfen")),
            cancel_url=self.solution.get_absolute_url(),
            **kwargs,
        )


class LinkRemoveView(OfSolutionView):
    """POST takes a measure off the solution; the message offers to bring it back."""

    writes = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        link = get_object_or_404(SolutionLink, solution=self.solution, pk=pk)
        name, back = str(link), link.get_absolute_url()
        with recorded(by=request.user):
            link.delete()
        undo = reverse("solution_link_restore", args=[slug, pk])
        messages.success(request, _("„%s“ ist nicht mehr verknüpft.") % name, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(back)


class LinkRestoreView(OfSolutionView, RestoreView):
    model = SolutionLink

    def owner(self) -> dict[str, Any]:
        return {"solution_id": self.solution.pk}

    def get_back_url(self) -> str:
        return self.solution.get_absolute_url()


def crumbs_below(solution: Solution, label: str) -> list[tuple[str, str]]:
    own = (German(solution.title), solution.get_absolute_url())
    return [(_("Lösungen"), reverse("solutions")), own, (label, "")]
