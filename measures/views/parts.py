"""What belongs to a measure, edited in the browser, and its milestones."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, TemplateView

from measures.forms.measures import MilestoneAddForm, MilestoneForm
from measures.models import Measure, Milestone
from measures.services.plan import restore_milestone
from measures.views.page import PAGES, label_of
from smartregion.base.access import SIGNED_IN, RuledView, next_url
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict, Versioned, version_in


class PartView(RuledView):
    """A page below a measure: its measure, found among those that the user may see, and its frame."""

    permission = SIGNED_IN
    measure_permission = "measures.change_measure"
    title: Any = ""
    page = "measure"
    """Name of the measure's page that shows the part, and to which its forms lead back."""

    @cached_property
    def measure(self) -> Measure:
        return get_object_or_404(Measure.objects.visible_to(self.request.user), slug=self.kwargs["slug"])

    def check_permission(self) -> None:
        super().check_permission()
        self.require(self.measure_permission, self.measure)

    def get_back_url(self) -> str:
        return reverse(self.page, args=[self.measure.slug])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            (_("Maßnahmen"), reverse("measures")),
            (self.measure.title, self.measure.get_absolute_url()),
        ]
        if self.page != PAGES[0].name:
            crumbs.append((label_of(self.page), self.get_back_url()))
        return super().get_context_data(  # type: ignore[misc]
            title=self.title,
            measure=self.measure,
            crumbs=[*crumbs, (self.title, "")],
            cancel_url=self.get_back_url(),
            **kwargs,
        )


class PartAddView(PartView, DraftedForm, CreateView[Any, Any]):
    writes = ("post",)
    template_name = "measures/measure_part_form.html"
    success_message: Any = ""

    def new_part(self) -> Any:
        return self.model(measure=self.measure)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_part()}

    def store(self, form: Any) -> Any:
        with recorded(by=self.request.user):
            return form.save()

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            part = self.store(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, str(self.success_message))
        return HttpResponseRedirect(part.get_absolute_url())


class PartEditView(PartView, VersionedEditView):
    """An edit page of a part; its own rule decides, the measure must be visible."""

    template_name = "measures/measure_part_form.html"
    undo_url_name = ""
    delete_url_name = ""
    delete_label: Any = ""

    def check_permission(self) -> None:
        RuledView.check_permission(self)

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(measure=self.measure).select_related("measure")

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        part = get_object_or_404(queryset or self.get_queryset(), pk=self.kwargs["pk"])
        self.require(self.change_permission, self.ruled(part))
        return part

    def ruled(self, part: Any) -> Any:
        """What the rule is asked about."""
        return part.measure

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse(self.undo_url_name, args=[self.measure.slug, saved.pk])}?version={saved.version}"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.delete_url_name:
            kwargs["delete_url"] = reverse(self.delete_url_name, args=[self.measure.slug, self.kwargs["pk"]])
            kwargs["delete_label"] = self.delete_label
        return super().get_context_data(**kwargs)


class MilestoneAddView(PartAddView):
    model = Milestone
    form_class = MilestoneAddForm
    title = gettext_lazy("Neuer Meilenstein")
    success_message = gettext_lazy("Der Meilenstein ist angelegt.")


class MilestoneEditView(PartEditView):
    model = Milestone
    form_class = MilestoneForm
    change_permission = "measures.change_measure"
    undo_url_name = "milestone_undo"
    title = gettext_lazy("Meilenstein bearbeiten")
    success_message = gettext_lazy("Der Meilenstein ist gespeichert.")
    delete_url_name = "milestone_delete"
    delete_label = gettext_lazy("Diesen Meilenstein löschen")


class TodayView(PartView):
    """POST sets one date of a part to today, over the version that was read."""

    writes = ("post",)
    model: Any
    field: str
    reason: Any
    done_message: Any
    changed_message: Any
    undo_url_name: str

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        part = get_object_or_404(self.model.objects.select_related("measure"), measure=self.measure, pk=pk)
        setattr(part, self.field, localdate())
        try:
            with recorded(by=request.user, reason=str(self.reason)):
                part.save_over(version_in(request.POST.get("version", "")))
        except EditConflict:
            messages.warning(request, str(self.changed_message) % part)
        else:
            undo = f"{reverse(self.undo_url_name, args=[slug, pk])}?version={part.version}"
            messages.success(request, str(self.done_message) % part, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(next_url(request) or part.get_absolute_url())


class MilestoneReachedView(TodayView):
    model = Milestone
    field = "actual_date"
    reason = gettext_lazy("Als erreicht gemeldet")
    done_message = gettext_lazy("„%s“ ist heute erreicht.")
    changed_message = gettext_lazy(
        "„%s“ wurde inzwischen geändert und nicht als erreicht gemeldet. Bitte prüfen Sie ihn."
    )
    undo_url_name = "milestone_undo"


class PartUndoView(PartView, UndoView):
    """Takes back the last change of a part; the rule is asked about the measure."""

    change_permission = "measures.change_measure"
    model: Any

    def get_object(self) -> Any:
        return get_object_or_404(
            self.model.objects.select_related("measure"), measure=self.measure, pk=self.kwargs["pk"]
        )

    def require(self, permission: str, subject: Any) -> None:
        super().require(permission, self.measure)


class MilestoneUndoView(PartUndoView):
    model = Milestone


class RemoveView(PartView, TemplateView):
    """Asks before a part is removed, and removes it on POST; the message offers to bring it back."""

    writes = ("post",)
    template_name = "measures/measure_part_remove.html"
    model: Any
    restore_url_name = ""
    anchor: str

    @cached_property
    def part(self) -> Any:
        return get_object_or_404(
            self.model._default_manager.filter(measure=self.measure), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(part=self.part, question=self.question(), loss=self.loss(), **kwargs)

    def question(self) -> str:
        raise NotImplementedError

    def loss(self) -> str:
        return ""

    def remove(self) -> None:
        self.part.delete()

    def undo_url(self) -> str:
        return reverse(self.restore_url_name, args=[self.measure.slug, self.kwargs["pk"]])

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        name = str(self.part)
        try:
            with recorded(by=request.user):
                self.remove()
        except EditConflict:
            messages.warning(
                request,
                _("„%s“ wurde inzwischen geändert und nicht entfernt. Bitte prüfen Sie noch einmal.") % name,
            )
            return HttpResponseRedirect(request.path)
        except ObjectDoesNotExist:
            raise Http404 from None
        messages.success(request, _("„%s“ ist entfernt.") % name, extra_tags=f"undo {self.undo_url()}")
        return HttpResponseRedirect(f"{self.get_back_url()}#{self.anchor}")


class RemoveVersionedView(RemoveView):
    """Removes a versioned part only in the version that was read."""

    def remove(self) -> None:
        self.part.delete_over(version_in(self.request.POST.get("version", "")))


class PartRestoreView(PartView, RestoreView):
    def owner(self) -> dict[str, Any]:
        return {"measure_id": self.measure.pk}


class MilestoneDeleteView(RemoveVersionedView):
    model = Milestone
    restore_url_name = "milestone_restore"
    anchor = "meilensteine"
    title = gettext_lazy("Meilenstein löschen")

    def question(self) -> str:
        return _("Möchten Sie den Meilenstein „%s“ löschen?") % self.part.title

    def loss(self) -> str:
        return (
            _(
                "Seine Termine verschwinden von der Seite, und sein Gewicht (%d) zählt nicht mehr zum "
                "Fortschritt. Im Verlauf bleibt er stehen."
            )
            % self.part.weight
        )


class MilestoneRestoreView(PartRestoreView):
    model = Milestone

    def restore(self, pk: int) -> Milestone:
        return restore_milestone(pk=pk, measure=self.measure, by=self.request.user)
