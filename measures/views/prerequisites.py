"""What a measure builds upon, and what builds upon it: shown to all, added and removed by the coordinator."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.prerequisites import PrerequisiteForm
from measures.models import Prerequisite, RolloutCell
from measures.models.ladder import MOVING
from measures.prerequisites import missing_in
from measures.services.prerequisites import add_prerequisite, restore_prerequisite
from measures.views.page import MeasurePageView
from measures.views.parts import PartAddView, PartRestoreView, RemoveView
from smartregion.base.text import german_order


class PrerequisitesView(MeasurePageView):
    page = "prerequisites"
    template_name = "measures/prerequisites.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, measure = self.request.user, self.object
        visible = Prerequisite.objects.visible_to(user)
        may_edit = user.has_perm("measures.change_measure", measure)
        return super().get_context_data(
            may_edit=may_edit,
            prerequisites=visible.filter(measure=measure).select_related("required__field"),
            required_by=visible.filter(required=measure)
            .select_related("measure__field")
            .order_by("measure__no"),
            lacking=self._lacking() if may_edit else [],
            **kwargs,
        )

    def _lacking(self) -> list[RolloutCell]:
        """The cells in which work began without what the measure requires, each with `missing`."""
        cells = RolloutCell.objects.filter(measure=self.object, stage__in=MOVING)
        cells = cells.select_related("municipality").order_by(*german_order("municipality__name"))
        missing = missing_in((cell.measure_id, cell.municipality_id) for cell in cells)
        for cell in cells:
            cell.measure = self.object
            cell.missing = missing.get((cell.measure_id, cell.municipality_id), [])  # type: ignore[attr-defined]
        return [cell for cell in cells if cell.missing]  # type: ignore[attr-defined]


class PrerequisiteAddView(PartAddView):
    page = "prerequisites"
    model = Prerequisite
    form_class = PrerequisiteForm
    title = gettext_lazy("Neue Voraussetzung")
    success_message = gettext_lazy("Die Voraussetzung ist angelegt.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def store(self, form: PrerequisiteForm) -> Prerequisite:
        return add_prerequisite(prerequisite=form.instance, by=self.request.user)

    def form_valid(self, form: PrerequisiteForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error("required", refusal)
            return self.form_invalid(form)


class PrerequisiteDeleteView(RemoveView):
    page = "prerequisites"
    model = Prerequisite
    restore_url_name = "prerequisite_restore"
    anchor = "requires"
    title = gettext_lazy("Voraussetzung entfernen")

    def question(self) -> str:
        return _("Möchten Sie die Voraussetzung „%s“ entfernen?") % self.part

    def loss(self) -> str:
        return _("Kommunen werden dann nicht mehr gewarnt, wenn sie fehlt.")


class PrerequisiteRestoreView(PartRestoreView):
    page = "prerequisites"
    model = Prerequisite

    def restore(self, pk: int) -> Prerequisite:
        return restore_prerequisite(pk=pk, measure=self.measure, by=self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return HttpResponseRedirect(self.get_back_url())
