"""The list's filters, as they stand in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from fields.models import ActionField
from measures.models import Measure, Tag, Visibility
from network.models import Municipality
from smartregion.base.access import page_beside

MUNICIPALITY_RULE = gettext_lazy(
    "Zeigt die Maßnahmen mit einem bekannten Roll-out-Stand in dieser Kommune, also ohne „unbekannt“ und "
    "„nicht betroffen“."
)


ARCHIVE = [("with", gettext_lazy("auch archivierte")), ("only", gettext_lazy("nur archivierte"))]
YES_OR_NO = [("true", gettext_lazy("ja")), ("false", gettext_lazy("nein"))]
SELECTED = mark_safe(" selected")


@dataclass(frozen=True)
class Select:
    """A filter as a select of the page; its options are made here, as there are some forty on each page."""

    name: str
    label: str
    options: SafeString
    empty: str
    """What stands where nothing is chosen."""


@dataclass(frozen=True)
class Chip:
    """An active filter in words, and the query of the same list without it."""

    label: str
    query_without: str


def select_of(chosen: FilterSet, name: str) -> Select:
    entry, current = chosen.filters[name], chosen.data.get(name)
    options = (
        (value, SELECTED if value == current else "", label) for value, label in entry.extra["choices"]
    )
    shown = format_html_join("", '<option value="{}"{}>{}</option>', options)
    return Select(name, str(entry.label), shown, str(entry.extra.get("empty_label", _("alle"))))


class ListFilter(FilterSet):
    """What a list's filters show of themselves; a value that one does not know is ignored (`problems`)."""

    @property
    def selects(self) -> list[Select]:
        return [
            select_of(self, name)
            for name, entry in self.filters.items()
            if name != "q" and entry.extra["choices"]
        ]

    @property
    def problems(self) -> list[str]:
        """One sentence for each value that was ignored."""
        return [
            _("Der Filter „%(filter)s“ kennt den Wert „%(value)s“ nicht. Er wurde nicht angewendet.")
            % {"filter": self.filters[name].label, "value": self.data.get(name, "")[:40].replace("\0", "")}
            for name in self.form.errors
        ]

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(self._in_words(name, value), query_with(self.data, **{name: None}))
            for name, value in self.form.cleaned_data.items()
            if value not in ("", None)
        ]

    @property
    def query(self) -> str:
        """The address query "?…" of the filters alone, for other views of these measures; "" without any."""
        self.form.is_valid()
        kept = {name: value for name, value in self.form.cleaned_data.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def _in_words(self, name: str, value: Any) -> str:
        label = str(self.filters[name].label)
        choices = dict(self.filters[name].extra.get("choices", ()))
        return f"{label}: {choices.get(value, value)}"


class MeasureFilter(ListFilter):
    """Filters of the measure list.

    Args:
        data: the query of the address.
        queryset: measures in the user's reach; archived ones are left out unless the filter asks for them.
        with_visibility: offer the filter by visibility, for those who see more than public measures.
        with_archived: offer the filter that shows archived ones, for accounts.
    """

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"))
    field = ChoiceFilter(field_name="field__slug", label=gettext_lazy("Handlungsfeld"))
    phase = ChoiceFilter(choices=Measure.Phase.choices, label=gettext_lazy("Phase"))
    status = ChoiceFilter(choices=Measure.Status.choices, label=gettext_lazy("Status"))
    light = ChoiceFilter(choices=Measure.Light.choices, label=gettext_lazy("Ampel"))
    municipality = ChoiceFilter(method="keep_rolled_out", label=gettext_lazy("Kommune"))
    starter = ChoiceFilter(method="keep_starters", choices=YES_OR_NO, label=gettext_lazy("Startermaßnahme"))
    tag = ChoiceFilter(field_name="tag_links__tag__slug", label=gettext_lazy("Schlagwort"))
    visibility = ChoiceFilter(choices=Visibility.choices, label=gettext_lazy("Sichtbarkeit"))
    archive = ChoiceFilter(method="keep_archived", choices=ARCHIVE, label=gettext_lazy("Archiv"))

    def __init__(
        self,
        data: Mapping[str, Any],
        queryset: QuerySet[Measure],
        *,
        with_visibility: bool = False,
        with_archived: bool = False,
    ) -> None:
        super().__init__(data=data, queryset=queryset)
        self.filters["field"].extra["choices"] = list(ActionField.objects.values_list("slug", "name"))
        self.filters["municipality"].extra["choices"] = list(Municipality.objects.values_list("slug", "name"))
        self.filters["tag"].extra["choices"] = list(Tag.objects.of(queryset).values_list("slug", "name"))
        if not with_visibility:
            del self.filters["visibility"]
        if not with_archived:
            del self.filters["archive"]

    def filter_queryset(self, queryset: Any) -> Any:
        chosen = super().filter_queryset(queryset)
        return chosen if self.form.cleaned_data.get("archive") else chosen.current()

    def keep_archived(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.archived() if value == "only" else queryset

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def keep_starters(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_starter=value == "true")

    def keep_rolled_out(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.rolled_out_in(value)


def filter_for(user: Any, data: Mapping[str, Any]) -> MeasureFilter:
    """The filter with all that this user may filter by, over the measures in reach."""
    return MeasureFilter(
        data,
        Measure.objects.reachable_by(user).order_by("no"),
        with_visibility=user.has_perm("measures.view_drafts"),
        with_archived=user.is_authenticated,
    )


def tell_address(request: Any, response: Any, address: str) -> None:
    """Let the browser name the list that it shows; asked for once more, it gets no second entry to go back
    through."""
    is_named = page_beside(request) == address
    response["HX-Replace-Url" if is_named else "HX-Push-Url"] = address


def query_with(data: Any, **changes: str | None) -> str:
    """The address query "?…" of `data` with some values set, or left out by None; begins on page one.

    Nothing where no value is kept: a bare "?" would say so little that it only makes a second address.
    """
    query: QueryDict = data.copy()
    for name, value in {"page": None, **changes}.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        kept.setlist(name, [value for value in values if value])
    return f"?{kept.urlencode()}" if kept else ""
