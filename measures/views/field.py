"""A field of action with its measures."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import DetailView

from fields.models import ActionField
from measures.models import Measure
from smartregion.base.access import PUBLIC, RuledView


class FieldView(RuledView, DetailView[ActionField]):
    permission = PUBLIC
    model = ActionField
    template_name = "measures/field.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measures = Measure.objects.visible_to(self.request.user).filter(field=self.object)
        return super().get_context_data(
            crumbs=[(_("Handlungsfelder"), ""), (self.object.name, "")],
            field=self.object,
            measures=measures.for_list(),
            **kwargs,
        )
