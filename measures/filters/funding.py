"""The filter of the overview of funding, as it stands in its address."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from fields.models import ActionField
from measures.filters.measures import ListFilter
from measures.models import Measure


class FundingFilter(ListFilter):
    """Chooses the measures whose money is shown, among those that the user may see."""

    field = ChoiceFilter(field_name="field__slug", label=gettext_lazy("Handlungsfeld"))

    def __init__(self, data: Mapping[str, Any], user: Any) -> None:
        super().__init__(data=data, queryset=Measure.objects.visible_to(user))
        self.filters["field"].extra["choices"] = list(ActionField.objects.values_list("slug", "name"))
