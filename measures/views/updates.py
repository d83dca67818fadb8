"""Status updates in the browser: write, hand in, approve, hand back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.updates import ReturnForm, StatusUpdateAddForm, StatusUpdateForm
from measures.models import Measure, StatusUpdate
from measures.services.updates import add_status_update, approve_status_update, take_over_light
from measures.views.parts import PartAddView, PartEditView, PartView
from smartregion.base.access import SIGNED_IN, next_url
from smartregion.base.editing import UndoView
from smartregion.base.versioned import EditConflict, version_in

PUBLISH = "measures.publish_statusupdate"


class StatusUpdateFormMixin:
    request: HttpRequest
    measure: Measure

    def get_form_kwargs(self) -> dict[str, Any]:
        may_publish = self.request.user.has_perm(PUBLISH)
        return {**super().get_form_kwargs(), "may_publish": may_publish}  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.cleaned_data.get("take_over_light"):
            return super().form_valid(form)  # type: ignore[misc]
        with transaction.atomic():
            # The measure before its update, in the order of whoever else writes both.
            get_object_or_404(Measure.objects.select_for_update(), pk=self.measure.pk)
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            if response.status_code == 302:
                self._take_over_light(form)
        return response

    def _take_over_light(self, form: Any) -> None:
        """The update stays saved where the Ampel cannot be taken over."""
        version = form.cleaned_data["measure_version"]
        try:
            measure = take_over_light(update=form.instance, version=version, by=self.request.user)
        except EditConflict as conflict:
            light = conflict.saved.get_light_display()  # type: ignore[attr-defined]
            said = _(
                "Die Maßnahme mit ihrer Ampel wurde inzwischen geändert; die Ampel ist „%s“. Der Vorschlag "
                "wurde nicht übernommen."
            )
            messages.warning(self.request, said % light)
        else:
            undo = f"{reverse('measure_undo', args=[measure.slug])}?version={measure.version}"
            messages.success(
                self.request,
                _("Die Ampel der Maßnahme ist jetzt „%s“.") % measure.get_light_display(),
                extra_tags=f"undo {undo}",
            )


class StatusUpdateAddView(StatusUpdateFormMixin, PartAddView):
    measure_permission = "measures.add_statusupdate"
    model = StatusUpdate
    form_class = StatusUpdateAddForm
    title = gettext_lazy("Neuer Sachstand")
    success_message: Any = gettext_lazy("Der Sachstand ist gespeichert.")

    def get_initial(self) -> dict[str, Any]:
        return {"on": localdate()}

    def store(self, form: Any) -> StatusUpdate:
        update = add_status_update(update=form.instance, by=self.request.user)
        if update.review == StatusUpdate.Review.SUBMITTED:
            self.success_message = _("Der Sachstand ist eingereicht; die Koordination gibt ihn frei.")
        return update


class ReachableUpdates:
    """Updates of the measure that the user may reach, approved or not."""

    request: HttpRequest
    measure: Measure
    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[StatusUpdate]:
        reachable = StatusUpdate.objects.reachable_by(self.request.user)
        return reachable.filter(measure=self.measure).select_related("measure")

    def ruled(self, part: StatusUpdate) -> StatusUpdate:
        return part


class StatusUpdateEditView(StatusUpdateFormMixin, ReachableUpdates, PartEditView):
    model = StatusUpdate
    form_class = StatusUpdateForm
    change_permission = "measures.change_statusupdate"
    undo_url_name = "status_update_undo"
    title = gettext_lazy("Sachstand bearbeiten")
    success_message = gettext_lazy("Der Sachstand ist gespeichert.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = ""
        if self.object.review_comment:
            lead = _("Rückmeldung der Koordination: %s") % self.object.review_comment
        return super().get_context_data(lead=lead, **kwargs)


class StatusUpdateReturnView(ReachableUpdates, PartEditView):
    """The coordinator hands a submitted update back, with a comment."""

    model = StatusUpdate
    form_class = ReturnForm
    change_permission = PUBLISH
    undo_url_name = "status_update_undo"
    title = gettext_lazy("Sachstand zurückgeben")
    success_message = gettext_lazy("Der Sachstand ist zurückgegeben.")

    def get_queryset(self) -> QuerySet[StatusUpdate]:
        return super().get_queryset().filter(review=StatusUpdate.Review.SUBMITTED)


class StatusUpdateApproveView(PartView):
    """POST approves a submitted update, as its author meant it, over the version that was read."""

    writes = ("post",)
    measure_permission = PUBLISH

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        submitted = StatusUpdate.objects.reachable_by(request.user).submitted().select_related("measure")
        update = get_object_or_404(submitted, measure=self.measure, pk=pk)
        version = version_in(request.POST.get("version", ""))
        try:
            approve_status_update(update=update, version=version, by=request.user)
        except EditConflict:
            messages.warning(
                request,
                _("Der Sachstand wurde inzwischen geändert und nicht freigegeben. Bitte prüfen Sie ihn."),
            )
        else:
            undo = f"{reverse('status_update_undo', args=[slug, pk])}?version={update.version}"
            said = _("Der Sachstand ist freigegeben (%s).") % update.get_visibility_display()
            messages.success(request, said, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(next_url(request) or update.get_absolute_url())


class StatusUpdateUndoView(UndoView):
    permission = SIGNED_IN
    change_permission = "measures.change_statusupdate"

    def get_object(self) -> StatusUpdate:
        reachable = StatusUpdate.objects.reachable_by(self.request.user).select_related("measure")
        measures = Measure.objects.visible_to(self.request.user).filter(slug=self.kwargs["slug"])
        return get_object_or_404(reachable, measure__in=measures, pk=self.kwargs["pk"])

    def check_restored(self, before: StatusUpdate, restored: StatusUpdate) -> None:
        """What comes out must be the user's to change as well: undoing a withdrawal is publishing."""
        self.require(self.change_permission, restored)
        returned = StatusUpdate.Review.RETURNED
        takes_return_back = before.review == returned != restored.review
        if takes_return_back and not self.request.user.has_perm(PUBLISH):
            raise ValidationError(_("Die Koordination hat den Sachstand zurückgegeben."))
