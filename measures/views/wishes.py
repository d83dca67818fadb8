""" "Wir wollen das auch": a municipality's wish, taking it back, and what the coordinator makes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView

from measures.forms.wishes import HandleWishForm, WishForm
from measures.models import RolloutCell, Wish
from measures.models.wishes import may_be_wished
from measures.services.wishes import make_wish, withdraw_wish
from measures.views.experience import cell_of
from smartregion.base.access import SIGNED_IN, RuledView, next_url
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import UndoView, VersionedEditView
from smartregion.base.versioned import EditConflict, Versioned, version_in

CHANGED = gettext_lazy(
    "Ihr Stand wurde inzwischen geändert. Bitte prüfen Sie ihn und senden Sie dann noch einmal."
)
OPEN_ALREADY = gettext_lazy("Ihre Kommune hat diesen Wunsch schon geäußert.")


class WishAddView(RuledView, DraftedForm, CreateView[Wish, WishForm]):
    """Asks before the wish is stored and told: with a message, a municipality to ask, and the stage."""

    permission = SIGNED_IN
    writes = ("post",)
    form_class = WishForm
    template_name = "measures/wish_add.html"

    @cached_property
    def cell(self) -> RolloutCell:
        cell = cell_of(self.request, self.kwargs)
        self.require("measures.make_wish", cell)
        return cell

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Wish(cell=self.cell)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, page = self.cell.measure, reverse("who_has_it", args=[self.cell.measure.slug])
        return super().get_context_data(
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (measure.title, measure.get_absolute_url()),
                (_("Wer hat das schon?"), page),
                (_("Wir wollen das auch"), ""),
            ],
            cell=self.cell,
            possible=may_be_wished(self.cell) and not self.cell.wishes.open().exists(),
            cancel_url=page,
            **kwargs,
        )

    def form_valid(self, form: WishForm) -> HttpResponse:
        if not may_be_wished(self.cell):
            form.add_error(None, _("Ihre Kommune hat schon zugesagt oder ist weiter."))
            return self.form_invalid(form)
        try:
            wish = make_wish(
                wish=form.instance,
                by=self.request.user,
                portal_url=self.request.build_absolute_uri("/").rstrip("/"),
                with_stage=form.cleaned_data.get("with_stage", False),
                cell_version=form.cleaned_data["cell_version"],
            )
        except (EditConflict, ValidationError):
            return self._show_changed(form)
        except IntegrityError:
            form.add_error(None, str(OPEN_ALREADY))
            return self.form_invalid(form)
        messages.success(self.request, _("Danke, die Koordinierungsstelle weiß von Ihrem Wunsch."))
        return HttpResponseRedirect(wish.get_absolute_url())

    def _show_changed(self, form: WishForm) -> HttpResponse:
        """The form once more, over the state as it is now; what was written stays."""
        del self.cell
        form.data = {**form.data.dict(), "cell_version": str(self.cell.version)}  # type: ignore[attr-defined]
        form.add_error(None, str(CHANGED))
        return self.form_invalid(form)


class WishWithdrawView(RuledView):
    """POST `version`: the municipality takes its open wish back."""

    permission = SIGNED_IN
    writes = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        wish = get_object_or_404(Wish.objects.visible_to(request.user).with_names(), pk=pk)
        self.require("measures.make_wish", wish.cell)
        try:
            withdraw_wish(wish=wish, version=version_in(request.POST.get("version", "")), by=request.user)
        except EditConflict:
            messages.warning(request, _("Der Wunsch wurde inzwischen bearbeitet. Bitte prüfen Sie ihn."))
        else:
            undo = f"{reverse('wish_undo', args=[pk])}?version={wish.version}"
            messages.success(request, _("Der Wunsch ist zurückgenommen."), extra_tags=f"undo {undo}")
        return HttpResponseRedirect(next_url(request) or wish.get_absolute_url())


class WishView(VersionedEditView):
    """A municipality's wish; the coordinator notes what became of it."""

    permission = "measures.handle_wishes"
    change_permission = "measures.handle_wishes"
    form_class = HandleWishForm
    template_name = "measures/wish.html"
    success_message = gettext_lazy("Der Wunsch ist erledigt.")

    def get_queryset(self) -> QuerySet[Wish]:
        return Wish.objects.visible_to(self.request.user).with_names()

    def get_object(self, queryset: QuerySet[Wish] | None = None) -> Wish:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def form_valid(self, form: Any) -> HttpResponse:
        if form.instance.state == Wish.State.WITHDRAWN:
            form.add_error(None, _("Die Kommune hat den Wunsch zurückgenommen."))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("workplace")

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('wish_undo', args=[saved.pk])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=[(_("Mein Arbeitsplatz"), reverse("workplace")), (_("Wunsch"), "")],
            wish=self.object,
            cancel_url=reverse("workplace"),
            **kwargs,
        )


class WishUndoView(UndoView):
    """Takes back a withdrawal or a settling; each is undone by who may do it."""

    permission = SIGNED_IN
    change_permission = "measures.change_cell"

    def get_object(self) -> Wish:
        return get_object_or_404(
            Wish.objects.visible_to(self.request.user).with_names(), pk=self.kwargs["pk"]
        )

    def require(self, permission: str, subject: Any) -> None:
        super().require(permission, subject.cell)

    def check_restored(self, before: Wish, restored: Wish) -> None:
        is_withdrawn = before.state == Wish.State.WITHDRAWN
        self.require("measures.make_wish" if is_withdrawn else "measures.handle_wishes", before)
