"""The catalogue of criteria for leaving a phase, kept by the coordinator for all measures."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, TemplateView

from measures.forms.plan import CriterionAddForm, CriterionForm
from measures.models import GateCriterion, Measure
from smartregion.base.access import RuledView
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict, Versioned, version_in

CATALOGUE = gettext_lazy("Kriterien der Phasenübergänge")


class CriteriaPage(RuledView):
    """A page of the catalogue: for the coordinator alone."""

    permission = "measures.manage_criteria"
    title: Any = CATALOGUE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [(_("Maßnahmen"), reverse("measures"))]
        if self.title is not CATALOGUE:
            crumbs.append((str(CATALOGUE), reverse("gate_criteria")))
        return super().get_context_data(  # type: ignore[misc]
            title=self.title,
            crumbs=[*crumbs, (self.title, "")],
            cancel_url=reverse("gate_criteria"),
            **kwargs,
        )


class CriteriaView(CriteriaPage, TemplateView):
    template_name = "measures/gate_criteria.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        criteria = list(GateCriterion.objects.all())
        phases = list(Measure.Phase)
        transitions = [
            (phase, following, [criterion for criterion in criteria if criterion.phase == phase])
            for phase, following in pairwise(phases)
        ]
        return super().get_context_data(transitions=transitions, **kwargs)


class CriterionAddView(CriteriaPage, CreateView[GateCriterion, CriterionAddForm]):
    writes = ("post",)
    model = GateCriterion
    form_class = CriterionAddForm
    template_name = "measures/measure_form.html"
    title = gettext_lazy("Neues Kriterium")

    def get_initial(self) -> dict[str, Any]:
        return {"phase": self.request.GET.get("phase", "")}

    def form_valid(self, form: CriterionAddForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                criterion = form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Das Kriterium ist angelegt."))
        return HttpResponseRedirect(criterion.get_absolute_url())


class CriterionEditView(CriteriaPage, VersionedEditView):
    change_permission = "measures.manage_criteria"
    model = GateCriterion
    form_class = CriterionForm
    template_name = "measures/gate_criterion_form.html"
    title = gettext_lazy("Kriterium bearbeiten")
    success_message = gettext_lazy("Das Kriterium ist gespeichert.")

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('gate_criterion_undo', args=[saved.pk])}?version={saved.version}"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class CriterionUndoView(UndoView):
    permission = change_permission = "measures.manage_criteria"

    def get_object(self) -> GateCriterion:
        return get_object_or_404(GateCriterion, pk=self.kwargs["pk"])


class CriterionDeleteView(CriteriaPage, TemplateView):
    """Only a criterion that no measure has met can be deleted; the others are retired."""

    writes = ("post",)
    template_name = "measures/gate_criterion_delete.html"
    title = gettext_lazy("Kriterium löschen")

    @cached_property
    def criterion(self) -> GateCriterion:
        return get_object_or_404(GateCriterion, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = _("Möchten Sie das Kriterium „%s“ löschen?") % self.criterion
        return super().get_context_data(criterion=self.criterion, question=question, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        criterion = self.criterion
        try:
            with recorded(by=request.user):
                criterion.delete_over(version_in(request.POST.get("version", "")))
        except EditConflict:
            messages.warning(request, _("Das Kriterium wurde inzwischen geändert und nicht gelöscht."))
        except ProtectedError:
            messages.warning(
                request,
                _("Es ist bei Maßnahmen als erfüllt vermerkt. Nehmen Sie „wird verwendet“ heraus."),
            )
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            undo = reverse("gate_criterion_restore", args=[pk])
            messages.success(request, _("„%s“ ist entfernt.") % criterion, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("gate_criteria"))


class CriterionRestoreView(RestoreView):
    permission = "measures.manage_criteria"
    model = GateCriterion

    def owner(self) -> dict[str, Any]:
        return {}

    def get_back_url(self) -> str:
        return reverse("gate_criteria")
