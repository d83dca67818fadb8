"""A measure's page "Wer hat das schon?", and what a municipality says there of its experience."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.experience import ExperienceForm
from measures.models import Experience, RolloutCell, Wish
from measures.models.wishes import may_be_wished
from measures.neighbours import ORDER_RULE, adopters_of
from measures.views.page import MeasurePageView
from network.models import Municipality
from smartregion.base.access import SIGNED_IN
from smartregion.base.changes import changes_of
from smartregion.base.editing import UndoView, VersionedEditView
from smartregion.base.versioned import Versioned


class WhoHasItView(MeasurePageView):
    page = "who_has_it"
    template_name = "measures/who_has_it.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, user = self.object, self.request.user
        places = list(Municipality.objects.defer("boundary"))
        viewpoint = self._viewpoint(places)
        return super().get_context_data(
            adopters=adopters_of(measure, user, viewpoint),
            viewpoint=viewpoint,
            places=[] if user.is_authenticated and user.municipality_id else places,
            order_rule=ORDER_RULE,
            **self._own(),
            **kwargs,
        )

    def _viewpoint(self, places: list[Municipality]) -> Municipality | None:
        """The reader's own municipality, or the one that the reader chose."""
        own, chosen = getattr(self.request.user, "municipality_id", None), self.request.GET.get("sicht", "")
        return next(
            (place for place in places if place.pk == own or (not own and place.slug == chosen)), None
        )

    def _own(self) -> dict[str, Any]:
        """The reader's own cell, and whether it may wish for the measure or has done so."""
        user = self.request.user
        own = RolloutCell.objects.editable_by(user).filter(
            measure=self.object, municipality=getattr(user, "municipality_id", None)
        )
        cell = own.select_related("municipality", "measure").first()
        if cell is None or not user.has_perm("measures.make_wish", cell):
            return {"own": None}
        wish = Wish.objects.open().filter(cell=cell).first()
        return {"own": cell, "wish": wish, "may_wish": wish is None and may_be_wished(cell)}


def cell_of(request: HttpRequest, kwargs: dict[str, Any]) -> RolloutCell:
    """The cell that the address names, if the reader may see it."""
    visible = RolloutCell.objects.visible_to(request.user).select_related("municipality", "measure")
    return get_object_or_404(visible, municipality__slug=kwargs["slug"], measure__slug=kwargs["measure_slug"])


class ExperienceView(VersionedEditView):
    """What a municipality has learnt; for its own editor and the coordinator."""

    permission = SIGNED_IN
    change_permission = "measures.change_cell"
    model = Experience
    form_class = ExperienceForm
    template_name = "measures/experience.html"
    success_message = gettext_lazy("Die Erfahrung ist gespeichert.")

    def get_object(self, queryset: Any = None) -> Experience:
        cell = cell_of(self.request, self.kwargs)
        self.require(self.change_permission, cell)
        return getattr(cell, "experience", None) or Experience(cell=cell)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_undo_url(self, saved: Versioned) -> str:
        url = reverse("experience_undo", args=[self.kwargs["slug"], self.kwargs["measure_slug"]])
        return f"{url}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        experience: Experience = self.object
        measure, page = experience.cell.measure, experience.get_absolute_url()
        return super().get_context_data(
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (measure.title, measure.get_absolute_url()),
                (_("Wer hat das schon?"), page),
                (experience.cell.municipality.name, ""),
            ],
            cell=experience.cell,
            changes=changes_of(experience) if experience.pk else [],
            cancel_url=page,
            **kwargs,
        )


class ExperienceUndoView(UndoView):
    permission = SIGNED_IN
    change_permission = "measures.change_cell"

    def get_object(self) -> Experience:
        cell = cell_of(self.request, self.kwargs)
        self.require(self.change_permission, cell)
        return get_object_or_404(Experience.objects.select_related("cell__measure"), cell=cell)

    def require(self, permission: str, subject: Any) -> None:
        super().require(permission, getattr(subject, "cell", subject))

    def check_restored(self, before: Experience, restored: Experience) -> None:
        """Undoing a withdrawal is publishing, which is the municipality's own."""
        if restored.is_public and not before.is_public:
            self.require("measures.publish_experience", restored)
