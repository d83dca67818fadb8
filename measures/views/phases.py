"""All measures by phase, and the coordinator's way to move one into another phase."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.filters import MeasureFilter, filter_for
from measures.forms.phases import PhaseForm
from measures.models import GateCriterion, Measure
from measures.models.measure import MeasureQuerySet
from measures.views.overview import OverviewView
from smartregion.base.access import SIGNED_IN
from smartregion.base.editing import VersionedEditView
from smartregion.base.versioned import Versioned

CARDS_PER_PAGE = 200


class PhaseBoardView(OverviewView):
    """A column for each phase. Its count is of all measures found, also where they fill several pages."""

    name = "measure_phases"
    template_name = "measures/phase_board.html"
    results_template = "measures/_phase_results.html"

    def results(self, chosen: MeasureFilter) -> dict[str, Any]:
        found = cast(MeasureQuerySet, chosen.qs)
        page = Paginator(found, CARDS_PER_PAGE).get_page(self.request.GET.get("page"))
        measures = list(cast(MeasureQuerySet, page.object_list).for_list())
        counts = found.counts_by_phase()
        may_move = self.request.user.has_perm("measures.change_measure")
        open_criteria = GateCriterion.objects.open_of(measures) if may_move else {}
        for measure in measures:
            measure.open_criteria = open_criteria.get(measure.pk, [])  # type: ignore[attr-defined]
        return {
            "page_obj": page,
            "columns": [
                {
                    "phase": phase,
                    "following": _following(phase),
                    "count": counts[phase],
                    "measures": [measure for measure in measures if measure.phase == phase],
                }
                for phase in Measure.Phase
            ],
            "phases": list(Measure.Phase),
            "today": localdate(),
            "may_move": may_move,
        }


def _following(phase: Measure.Phase) -> Measure.Phase:
    """The phase that usually comes next; from the last one, the one before."""
    phases = list(Measure.Phase)
    place = phases.index(phase)
    return phases[place + 1] if place + 1 < len(phases) else phases[place - 1]


class PhaseMoveView(VersionedEditView):
    """Move one measure into another phase, with a reason; then back to the board with its filters."""

    permission = SIGNED_IN
    change_permission = "measures.change_measure"
    model = Measure
    form_class = PhaseForm
    template_name = "measures/phase_move.html"

    def get_queryset(self) -> QuerySet[Measure]:
        return Measure.objects.visible_to(self.request.user)

    @property
    def success_message(self) -> str:  # type: ignore[override]
        phase = Measure.Phase(self.object.phase).label
        return _("„%(title)s“ ist jetzt in der Phase „%(phase)s“.") % {
            "title": self.object.title,
            "phase": phase,
        }

    def board_url(self) -> str:
        """The board under the filters that this page's address has taken over from it."""
        return f"{reverse('measure_phases')}{filter_for(self.request.user, self.request.GET).query}"

    def get_success_url(self) -> str:
        return f"{self.board_url()}#{self.object.slug}"

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('measure_undo', args=[self.object.slug])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = Measure.objects.get(pk=self.object.pk)
        title = _("Phase von „%s“ ändern") % saved.title
        return super().get_context_data(
            title=title,
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (_("Phasen"), self.board_url()),
                (title, ""),
            ],
            submit_label=_("Verschieben"),
            cancel_url=self.board_url(),
            **kwargs,
        )
