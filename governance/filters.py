"""What an address chooses among the resolutions."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter

from governance.models import Committee, Resolution
from measures.filters.measures import YES_OR_NO, ListFilter
from measures.models import Measure

MEASURE = ("slug", "no", "title")
OVERDUE: Final = "ueberfaellig"
"""In the address of what is open after resolutions: only what is overdue."""


class ResolutionFilter(ListFilter):
    """Filters of the list of resolutions. What they offer and find rests only on what the user may see."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"), max_length=100)
    committee = ChoiceFilter(field_name="committee__slug", label=gettext_lazy("Gremium"))
    year = ChoiceFilter(label=gettext_lazy("Jahr"))
    outcome = ChoiceFilter(choices=Resolution.Outcome.choices, label=gettext_lazy("Ergebnis"))
    procedure = ChoiceFilter(choices=Resolution.Procedure.choices, label=gettext_lazy("Verfahren"))
    measure = ChoiceFilter(method="keep_about", label=gettext_lazy("Maßnahme"))
    open = ChoiceFilter(method="keep_open", choices=YES_OR_NO, label=gettext_lazy("noch offen"))

    def __init__(self, data: Mapping[str, Any], user: Any) -> None:
        visible = Resolution.objects.visible_to(user)
        super().__init__(data=data, queryset=visible)
        self.user = user
        years = visible.order_by("-year").values_list("year", flat=True).distinct()
        self._offer("year", ((str(year), str(year)) for year in years))
        committees = Committee.objects.filter(pk__in=visible.order_by().values("committee"))
        self._offer("committee", committees.values_list("slug", "name"))
        measures = Measure.objects.visible_to(user).filter(resolutions__in=visible).distinct().order_by("no")
        self._offer(
            "measure", ((slug, f"{no} {title}") for slug, no, title in measures.values_list(*MEASURE))
        )

    def _offer(self, name: str, choices: Any) -> None:
        self.filters[name].extra["choices"] = list(choices)

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def keep_about(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(measure_links__measure__slug=value)

    def keep_open(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.still_open() if value == "true" else queryset.settled()
