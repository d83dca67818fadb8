"""The fields of action, and one of them with its goals, measures and contacts."""

from collections import Counter
from typing import Any, Final

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView

from fields.models import ActionField, Concept
from measures.models import COUNTING_RULE, Measure
from measures.models.measure import MeasureQuerySet
from measures.public_figures import Figures, overview_for
from network.models import Municipality, Organisation
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.languages import German
from smartregion.base.panels import panels_for

SHOWN: Final = 12
"""Measures on a field's page; the list shows all."""
LEADS: Final = 5


class FieldListView(RuledView, TemplateView):
    """All fields with their figures."""

    permission = PUBLIC
    template_name = "measures/fields.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overview = overview_for(self.request.user)
        return super().get_context_data(
            crumbs=[(_("Handlungsfelder"), "")],
            concept=Concept.objects.first(),
            fields=with_figures(overview.by_field),
            total=overview.all,
            **kwargs,
        )


def with_figures(by_field: dict[int, Figures]) -> list[tuple[ActionField, Figures]]:
    return [(field, by_field.get(field.pk, Figures())) for field in ActionField.objects.all()]


class FieldView(RuledView, DetailView[ActionField]):
    """The field's goals, its first measures, and how many there are by phase and Ampel."""

    permission = PUBLIC
    queryset = ActionField.objects.select_related("concept")
    template_name = "measures/field.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        field, user = self.object, self.request.user
        visible = Measure.objects.visible_to(user).filter(field=field)
        figures = overview_for(user, of=field).all
        shown = list(visible.order_by("no")[:SHOWN].for_list())
        phases, lights = _counts(visible)
        return super().get_context_data(
            crumbs=[(_("Handlungsfelder"), reverse("fields")), (German(field.name), "")],
            field=field,
            figures=figures,
            number_of_places=Municipality.objects.count(),
            measures=shown,
            goals=[measure for measure in shown if measure.goal],
            contacts=[measure for measure in shown if measure.contact],
            leads=_leads(visible),
            by_phase=[(phase, phases[phase]) for phase in Measure.Phase],
            by_light=[(light, lights[light]) for light in Measure.Light],
            counting_rule=COUNTING_RULE,
            panels=panels_for("field", field, user),
            others=ActionField.objects.filter(concept=field.concept_id).exclude(pk=field.pk),
            **kwargs,
        )


def _counts(measures: MeasureQuerySet) -> tuple[Counter[str], Counter[str]]:
    """How many there are in each phase, and of each Ampel. One query."""
    phases, lights = Counter[str](), Counter[str]()
    for phase, light, number in measures.order_by().values_list("phase", "light").annotate(Count("pk")):
        phases[phase] += number
        lights[light] += number
    return phases, lights


def _leads(measures: MeasureQuerySet) -> list[tuple[Organisation, int]]:
    """Who leads most of them, with the number. Two queries."""
    leading = measures.order_by().values_list("lead").annotate(number=Count("pk")).order_by("-number", "lead")
    numbers = dict(leading[:LEADS])
    organisations = Organisation.objects.in_bulk(numbers)
    return [(organisations[key], number) for key, number in numbers.items()]
