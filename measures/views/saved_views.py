"""The account's saved views: keep one, change one, remove one."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, DetailView, ListView

from measures.forms.saved_views import SavedViewAddForm, SavedViewForm
from measures.models import SavedView
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.editing import RestoreView, VersionedEditView
from smartregion.base.history import recorded

SHARE = "measures.share_view"


def _crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    own = (_("Gespeicherte Ansichten"), reverse("saved_views") if further else "")
    return [(_("Maßnahmen"), reverse("measures")), own, *further]


class SavedViewListView(RuledView, ListView[SavedView]):
    permission = SIGNED_IN
    template_name = "measures/saved_views.html"
    context_object_name = "views"

    def get_queryset(self) -> QuerySet[SavedView]:
        return SavedView.objects.offered_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=_crumbs(), **kwargs)


class SavedViewAddView(RuledView, CreateView[SavedView, SavedViewAddForm]):
    """Keeps the filters that stand in the sent query; the page that sent them is shown again."""

    permission = SIGNED_IN
    writes = ("post",)
    http_method_names = ["post"]
    form_class = SavedViewAddForm
    template_name = "measures/measure_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        return {
            **super().get_form_kwargs(),
            "instance": SavedView(owner_id=user.pk),
            "may_share": user.has_perm(SHARE),
        }

    def form_valid(self, form: SavedViewAddForm) -> HttpResponse:
        with recorded(by=self.request.user):
            view = form.save()
        messages.success(self.request, _("Die Ansicht „%s“ ist gespeichert.") % view)
        return HttpResponseRedirect(view.get_absolute_url())

    def form_invalid(self, form: SavedViewAddForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Ansicht speichern")
        cancel_url = reverse("measures")
        return super().get_context_data(
            title=title, crumbs=_crumbs((title, "")), cancel_url=cancel_url, **kwargs
        )


class OwnViewPage(RuledView):
    permission = SIGNED_IN

    def get_queryset(self) -> QuerySet[SavedView]:
        return SavedView.objects.of(self.request.user)


class SavedViewEditView(OwnViewPage, VersionedEditView):
    change_permission = "measures.change_view"
    model = SavedView
    form_class = SavedViewForm
    template_name = "measures/measure_form.html"
    keeps_drafts = False
    success_message = gettext_lazy("Die Ansicht ist gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "may_share": self.request.user.has_perm(SHARE)}

    def get_success_url(self) -> str:
        return reverse("saved_views")

    def get_keep_url(self, saved: Any) -> str:
        return reverse("saved_views")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Ansicht ändern")
        return super().get_context_data(
            title=title, crumbs=_crumbs((title, "")), cancel_url=reverse("saved_views"), **kwargs
        )


class SavedViewDeleteView(OwnViewPage, DetailView[SavedView]):
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = get_object_or_404(self.get_queryset(), pk=pk)
        with recorded(by=request.user):
            view.delete()
        undo = reverse("saved_view_restore", args=[pk])
        messages.success(request, _("Die Ansicht „%s“ ist gelöscht.") % view, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("saved_views"))


class SavedViewRestoreView(RestoreView):
    permission = SIGNED_IN
    model = SavedView

    def owner(self) -> dict[str, Any]:
        return {"owner_id": self.request.user.pk}

    def get_back_url(self) -> str:
        return reverse("saved_views")
