"""The filters of the list of indicators. What they offer and find rests only on what the user may see."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter

from fields.models import ActionField
from measures.filters import ListFilter
from measures.models import Measure, Visibility
from monitoring.indicator_math import OnTarget
from monitoring.indicators import Shown, shown
from monitoring.models import Indicator
from smartregion.base.text import german_key

JUDGED: Final = "judged"
"""Of all that can be judged, whether on target or not."""
ORDERS: dict[str, tuple[Any, Callable[[Shown], Any]]] = {
    "level": (
        gettext_lazy("Ebene im Wirkungsmodell"),
        lambda row: Indicator.Level.values.index(row.indicator.level),
    ),
    "attainment": (gettext_lazy("Zielerreichung"), lambda row: _known_first(row.standing.attainment)),
    "on": (gettext_lazy("neuester Wert"), lambda row: _newest_first(row.standing.on)),
}
"""By its word in the address, the label of an order and its key; without one by name."""


def _known_first(attainment: int | None) -> tuple[bool, int]:
    return attainment is None, attainment or 0


def _newest_first(on: date | None) -> int:
    return -on.toordinal() if on else 0


class IndicatorFilter(ListFilter):
    """Choices of the address.

    Args:
        on: the day on which the figures are judged.
    """

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"))
    level = ChoiceFilter(choices=Indicator.Level.choices, label=gettext_lazy("Ebene"))
    field = ChoiceFilter(method="keep_of_field", label=gettext_lazy("Handlungsfeld"))
    measure = ChoiceFilter(field_name="measure__slug", label=gettext_lazy("Maßnahme"))
    on_target = ChoiceFilter(
        method="keep_on_target",
        choices=[*OnTarget.choices, (JUDGED, gettext_lazy("lässt sich beurteilen"))],
        label=gettext_lazy("Soll-Ist"),
    )
    due = ChoiceFilter(
        method="keep_due",
        choices=[("due", gettext_lazy("Wert fällig")), ("overdue", gettext_lazy("Wert überfällig"))],
        label=gettext_lazy("Erhebung"),
    )
    tag = ChoiceFilter(method="keep_tagged", label=gettext_lazy("Bezug"))
    visibility = ChoiceFilter(choices=Visibility.choices, label=gettext_lazy("Sichtbarkeit"))
    o = ChoiceFilter(
        method="keep_all",
        choices=[(word, label) for word, (label, _key) in ORDERS.items()],
        label=gettext_lazy("Sortieren nach"),
        empty_label=gettext_lazy("Name"),
    )

    def __init__(self, data: Mapping[str, Any], user: Any, on: date) -> None:
        visible = Indicator.objects.visible_to(user)
        super().__init__(data=data, queryset=visible)
        self.everything, self.on = list(visible.with_definition()), on
        measures = {row.measure.slug: row.measure for row in self.everything if row.measure}
        self._offer("field", ActionField.objects.values_list("slug", "name"))
        self._offer("measure", sorted(map(_option, measures.values()), key=lambda pair: pair[1]))
        tags = {tag for row in self.everything for tag in row.tags}
        self._offer("tag", ((tag, tag) for tag in sorted(tags, key=_in_order)))
        if not user.has_perm("measures.view_drafts"):
            del self.filters["visibility"]

    def _offer(self, name: str, choices: Any) -> None:
        self.filters[name].extra["choices"] = list(choices)

    @cached_property
    def shown(self) -> list[Shown]:
        """All that the user may see, by name, with where they stand."""
        return shown(self.everything, self.on)

    @cached_property
    def rows(self) -> list[Shown]:
        """What the filters leave, in the order that is asked for."""
        kept = set(self.qs.values_list("pk", flat=True))
        rows = [row for row in self.shown if row.indicator.pk in kept]
        order = self.form.cleaned_data.get("o")
        return sorted(rows, key=ORDERS[order][1]) if order else rows

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def keep_of_field(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_field(value)

    def keep_on_target(self, queryset: Any, name: str, value: str) -> Any:
        if value == JUDGED:
            return self._keep(queryset, lambda row: row.standing.on_target != OnTarget.UNKNOWN)
        return self._keep(queryset, lambda row: row.standing.on_target == value)

    def keep_due(self, queryset: Any, name: str, value: str) -> Any:
        if value == "due":
            return self._keep(queryset, lambda row: bool(row.standing.due))
        return self._keep(queryset, lambda row: row.standing.is_overdue)

    def keep_tagged(self, queryset: Any, name: str, value: str) -> Any:
        return self._keep(queryset, lambda row: value in row.indicator.tags)

    def keep_all(self, queryset: Any, name: str, value: str) -> Any:
        return queryset

    def _keep(self, queryset: Any, wanted: Callable[[Shown], bool]) -> Any:
        return queryset.filter(pk__in=[row.indicator.pk for row in self.shown if wanted(row)])


def _option(measure: Measure) -> tuple[str, str]:
    return measure.slug, f"{measure.no} {measure.title}"


def _in_order(tag: str) -> tuple[Any, ...]:
    """SDG 2 before SDG 11."""
    name, _space, number = tag.rpartition(" ")
    return (german_key(name), int(number)) if number.isdecimal() else (german_key(tag), 0)
