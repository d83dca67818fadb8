"""A field of action: its text, and what other apps have to show for it."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import DetailView

from fields.models import ActionField
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.panels import panels_for


class FieldView(RuledView, DetailView[ActionField]):
    permission = PUBLIC
    queryset = ActionField.objects.select_related("concept")
    template_name = "fields/field.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=[(self.object.name, "")],
            panels=panels_for("field", self.object, self.request.user),
            others=ActionField.objects.filter(concept=self.object.concept_id).exclude(pk=self.object.pk),
            **kwargs,
        )
