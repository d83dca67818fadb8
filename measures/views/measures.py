"""The list of measures, a measure's page, and the coordinator's form for it."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import CreateView

from measures.assessment import assess, assessment_rule, inputs_of
from measures.filters import MeasureFilter
from measures.forms.bulk import ACTIONS
from measures.forms.measures import MeasureAddForm, MeasureForm
from measures.funding_clock import alarms, milestones_past
from measures.journal import journal_of
from measures.matrix import rollout_summary
from measures.models import COUNTING_RULE, Measure, StatusUpdate, Tag, TeamMember
from measures.models.measure import MeasureQuerySet
from measures.services.measures import create_measure, undo_measure_change
from measures.solutions import solutions_of
from measures.team import seats_by_sector
from measures.timeline import timeline_of
from measures.views.in_time import InTimeView
from measures.views.overview import OverviewView
from measures.views.page import MeasurePageView
from network.models import Sector
from smartregion.base import clock
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN, UndoView, VersionedEditView
from smartregion.base.panels import panels_for
from smartregion.base.text import german_key
from smartregion.base.versioned import Versioned

PER_PAGE = 20
CAME_FROM = "aus"


class MeasureListView(InTimeView, OverviewView):
    """All measures that the reader may see, by number, in pages of `PER_PAGE`."""

    name = "measures"
    template_name = "measures/measure_list.html"
    results_template = "measures/_measure_results.html"

    def results(self, chosen: MeasureFilter) -> dict[str, Any]:
        page = Paginator(chosen.qs, PER_PAGE).get_page(self.request.GET.get("page"))
        may_edit = self.request.user.has_perm("measures.change_measure")
        return {
            "page_obj": page,
            "measures": cast(MeasureQuerySet, page.object_list).for_list(),
            "bulk_actions": ACTIONS if may_edit else None,
        }


class MeasureView(InTimeView, MeasurePageView):
    page = "measure"
    template_name = "measures/measure_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What went up in another measure leads there; `archiv` in the address shows it as it was."""
        self.object = self.get_object()
        if "archiv" not in request.GET and (target := self.merged_into()):
            return HttpResponseRedirect(f"{target.get_absolute_url()}?{CAME_FROM}={self.object.slug}")
        return self.render_to_response(self.get_context_data(object=self.object))

    def merged_into(self) -> Measure | None:
        """The measure that has taken this one over, if the reader may see it."""
        key = self.object.merged_into_id
        return Measure.objects.reachable_by(self.request.user).filter(pk=key).first() if key else None

    def came_from(self) -> Measure | None:
        """The measure that went up in this one and whose address led here; a message would need a cookie."""
        slug = self.request.GET.get(CAME_FROM, "").replace("\0", "")
        merged = Measure.objects.reachable_by(self.request.user).filter(merged_into=self.object)
        return merged.filter(slug=slug).first() if slug else None

    def get_queryset(self) -> QuerySet[Measure]:
        return cast(MeasureQuerySet, super().get_queryset()).with_progress()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, user, today = self.object, self.request.user, clock.today()
        milestones = list(measure.milestones.all())
        reachable = StatusUpdate.objects.reachable_by(user).filter(measure=measure)
        updates = list(reachable.select_related("author"))
        last_update_on = next((update.on for update in updates if update.is_approved), None)
        sectors = seats_by_sector(measure.team.all())
        return super().get_context_data(
            phases=_path_of(measure),
            computed=assess(measure.status, milestones, last_update_on, today, measure.update_rhythm),
            inputs=inputs_of(milestones, last_update_on, today, measure.update_rhythm),
            assessment_rule=assessment_rule(),
            guidelines=list(measure.guidelines.all()),
            timeline=timeline_of(milestones, today),
            past_funding=milestones_past(alarms(measure.grants.all(), today))
            if user.has_perm("measures.view_money", measure)
            else {},
            sectors=sectors,
            partners=_partners(measure, sectors),
            tags=Tag.objects.filter(measure_links__measure=measure),
            updates=updates,
            own_updates={
                update.pk for update in updates if user.has_perm("measures.change_statusupdate", update)
            },
            may_approve=user.has_perm("measures.publish_statusupdate"),
            sees_internals=user.has_perm("measures.view_internals"),
            next_update_due=measure.next_update_due(last_update_on),
            may_write_update=user.has_perm("measures.add_statusupdate", measure),
            panels=panels_for("measure", measure, user),
            changes=journal_of(measure, user) if user.has_perm("measures.view_history", measure) else None,
            counting_rule=COUNTING_RULE,
            solution_links=solutions_of(measure, user),
            merged_into=self.merged_into(),
            came_from=self.came_from(),
            **rollout_summary(measure),
            **kwargs,
        )


def _path_of(measure: Measure) -> list[tuple[str, str]]:
    """The five phases, each with "done", "now" or "next"."""
    reached = Measure.Phase.values.index(measure.phase)
    states = ["done"] * reached + ["now"] + ["next"] * (len(Measure.Phase) - reached - 1)
    return [(str(label), state) for label, state in zip(Measure.Phase.labels, states, strict=True)]


def _partners(measure: Measure, sectors: list[tuple[Sector, list[TeamMember]]]) -> list[str]:
    """The organisations of the team beside the lead, each once, in German order."""
    names = {seat.organisation.name for _sector, seats in sectors for seat in seats}
    return sorted(names - {measure.lead.name}, key=german_key)


class MeasureAddView(RuledView, DraftedForm, CreateView[Measure, MeasureAddForm]):
    permission = "measures.add_measure"
    writes = ("post",)
    model = Measure
    form_class = MeasureAddForm
    template_name = "measures/measure_form.html"

    def form_valid(self, form: MeasureAddForm) -> HttpResponse:
        try:
            measure = create_measure(
                measure=form.instance, by=self.request.user, guidelines=form.cleaned_data["guidelines"]
            )
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Maßnahme ist angelegt."))
        return HttpResponseRedirect(measure.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Neue Maßnahme"),
            crumbs=[(_("Maßnahmen"), reverse("measures")), (_("Neue Maßnahme"), "")],
            cancel_url=reverse("measures"),
            **kwargs,
        )


class MeasureEditView(VersionedEditView):
    permission = SIGNED_IN
    change_permission = "measures.change_measure"
    model = Measure
    form_class = MeasureForm
    template_name = "measures/measure_form.html"

    def get_queryset(self) -> QuerySet[Measure]:
        return Measure.objects.visible_to(self.request.user)

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('measure_undo', args=[self.object.slug])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = Measure.objects.get(pk=self.object.pk)
        return super().get_context_data(
            title=_("„%s“ bearbeiten") % saved.title,
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (saved.title, saved.get_absolute_url()),
                (_("Bearbeiten"), ""),
            ],
            cancel_url=saved.get_absolute_url(),
            **kwargs,
        )


class MeasureUndoView(UndoView):
    permission = SIGNED_IN
    change_permission = "measures.change_measure"

    def get_object(self) -> Measure:
        return get_object_or_404(Measure.objects.visible_to(self.request.user), slug=self.kwargs["slug"])

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_measure_change(measure=row, version=version, by=self.request.user)  # type: ignore[arg-type]
