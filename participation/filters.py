"""What an address chooses among the ideas."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter

from fields.models import ActionField
from measures.filters.measures import ListFilter
from network.models import Municipality
from participation.models import Idea

PROGRESS = [
    ("open", gettext_lazy("noch offen")),
    ("answered", gettext_lazy("beantwortet")),
    ("measure", gettext_lazy("in einer Maßnahme")),
]
ORDER = [("supported", gettext_lazy("meist unterstützte zuerst"))]


class IdeaFilter(ListFilter):
    """Filters of the list of ideas. They know published ones only, whoever looks."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"), max_length=100)
    field = ChoiceFilter(field_name="field__slug", label=gettext_lazy("Handlungsfeld"))
    municipality = ChoiceFilter(field_name="municipality__slug", label=gettext_lazy("Kommune"))
    state = ChoiceFilter(method="keep_progress", choices=PROGRESS, label=gettext_lazy("Stand"))
    o = ChoiceFilter(
        method="put_in_order",
        choices=ORDER,
        label=gettext_lazy("Reihenfolge"),
        empty_label=gettext_lazy("neueste zuerst"),
    )

    def __init__(self, data: Mapping[str, Any], user: Any) -> None:
        super().__init__(data=data, queryset=Idea.objects.published().newest())
        self.user = user
        self.keys: dict[str, dict[str, int]] = {}
        for name, model in (("field", ActionField), ("municipality", Municipality)):
            rows = list(model._default_manager.values_list("slug", "name", "pk"))
            self.filters[name].extra["choices"] = [(slug, label) for slug, label, _key in rows]
            self.keys[name] = {slug: key for slug, _label, key in rows}

    def filter_queryset(self, queryset: Any) -> Any:
        """By keys instead of slugs, so that an index answers in the list's order."""
        for name, value in self.form.cleaned_data.items():
            if name not in self.keys:
                queryset = self.filters[name].filter(queryset, value)
            elif value:
                queryset = queryset.filter(**{f"{name}_id": self.keys[name][value]})
        return queryset

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def keep_progress(self, queryset: Any, name: str, value: str) -> Any:
        taken_up = queryset.taken_up(self.user)
        if value == "measure":
            return taken_up
        if value == "answered":
            return queryset.exclude(answer="")
        return queryset.filter(answer="").exclude(pk__in=taken_up.order_by().values("pk"))

    def put_in_order(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.most_supported()
