"""The filters of matrix, map and their exports, as they stand in the address, and the presets among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, Filter, MultipleChoiceFilter

from fields.models import ActionField
from measures.filters.measures import Chip, ListFilter, Select, query_with, select_of
from measures.models import Measure, RolloutCell
from measures.models.rollout import STUCK_AFTER, RolloutCellQuerySet
from network.models import Municipality
from smartregion.base.occasions import Occasion, last_occasion

MANY_LIVE: Final = 10
MOST_LIVE: Final = 9999
CHECKED: Final = mark_safe(" checked")
BLOCKED_RULE: Final = gettext_lazy(
    "Blockiert ist ein Stand, der „abgelehnt“ oder „zurückgezogen“ ist, oder der nach seinem Datum „seit“ "
    "länger als zwei Quartale (%(days)d Tage) „in Vorbereitung“ oder „in Einführung“ steht; ohne dieses "
    "Datum zählt er nicht."
)


class _Number(Filter):
    field_class = forms.IntegerField


@dataclass(frozen=True)
class Preset:
    """A ready-made choice; the one without a query chooses everything."""

    label: str
    query: str
    is_current: bool


class MatrixFilter(ListFilter):
    """Chooses measures by their cells, and municipalities; a value that a filter does not know is ignored.

    What is asked of cells holds for a measure if one of its cells in the chosen municipalities meets it,
    each question for itself.

    Args:
        data: the query of the address.
        queryset: measures that the user may see.
        user: to whom the last meeting or report is known, since which cells have changed.
    """

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"), max_length=100)
    field = ChoiceFilter(field_name="field__slug", label=gettext_lazy("Handlungsfeld"))
    stage = ChoiceFilter(
        method="keep_with_stage",
        choices=RolloutCell.Stage.choices,
        label=gettext_lazy("Stufe in einer Kommune"),
    )
    live = _Number(
        method="keep_live_in",
        label=gettext_lazy("Regelbetrieb mindestens"),
        min_value=1,
        max_value=MOST_LIVE,
    )
    stale = BooleanFilter(
        method="keep_stale",
        label=gettext_lazy("nur mit unbestätigten Ständen"),
        widget=forms.CheckboxInput,
    )
    changed = BooleanFilter(method="keep_changed", label="", widget=forms.CheckboxInput)
    blocked = BooleanFilter(
        method="keep_blocked", label=gettext_lazy("nur mit blockierten Ständen"), widget=forms.CheckboxInput
    )
    municipality = MultipleChoiceFilter(
        method="keep_all",
        label=gettext_lazy("Kommunen"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Measure], *, user: Any) -> None:
        super().__init__(data=data, queryset=queryset)
        self.occasion: Occasion | None = last_occasion("meeting", user) or last_occasion("report", user)
        self.all_places = list(Municipality.objects.only("name", "slug", "ags", "residents"))
        self.filters["field"].extra["choices"] = list(ActionField.objects.values_list("slug", "name"))
        self.filters["municipality"].extra["choices"] = [
            (place.slug, place.name) for place in self.all_places
        ]
        if self.occasion:
            self.filters["changed"].label = _("geändert seit %s") % self.occasion.words
        else:
            del self.filters["changed"]

    @cached_property
    def places(self) -> list[Municipality]:
        """The chosen municipalities, all without a choice; always in alphabetical order."""
        self.form.is_valid()
        chosen = set(self.form.cleaned_data.get("municipality") or ())
        return [place for place in self.all_places if not chosen or place.slug in chosen]

    @property
    def selects(self) -> list[Select]:
        return [select_of(self, name) for name in ("field", "stage")]

    @property
    def checkboxes(self) -> SafeString:
        return format_html_join(
            "",
            '<div class="field field--check"><label for="id_{0}"><input type="checkbox" name="{0}" '
            'id="id_{0}"{1}> {2}</label></div>',
            (
                (name, CHECKED if self.active.get(name) else "", entry.label)
                for name, entry in self.filters.items()
                if isinstance(entry, BooleanFilter)
            ),
        )

    @property
    def place_options(self) -> SafeString:
        """A checkbox for each municipality, written out: there may be hundreds."""
        chosen = set(self.active.get("municipality", ()))
        return format_html_join(
            "",
            '<label><input type="checkbox" name="municipality" value="{}"{}> {}</label>',
            ((place.slug, CHECKED if place.slug in chosen else "", place.name) for place in self.all_places),
        )

    @property
    def has_all_places(self) -> bool:
        return len(self.places) == len(self.all_places)

    @property
    def _cells(self) -> RolloutCellQuerySet:
        """The cells of a measure that the questions are about."""
        cells = RolloutCell.objects.filter(measure=OuterRef("pk")).order_by()
        if self.has_all_places:
            return cells
        return cells.filter(municipality__in=[place.pk for place in self.places])

    def keep_all(self, measures: QuerySet[Measure], name: str, chosen: list[str]) -> QuerySet[Measure]:
        return measures

    def keep_matching(self, measures: Any, name: str, words: str) -> Any:
        return measures.matching(words)

    def keep_with_stage(self, measures: QuerySet[Measure], name: str, stage: str) -> QuerySet[Measure]:
        return measures.filter(Exists(self._cells.filter(stage=stage)))

    def keep_live_in(self, measures: QuerySet[Measure], name: str, number: int) -> QuerySet[Measure]:
        """The nth live cell is there; counting all of them would read them all."""
        return measures.filter(Exists(self._cells.filter(stage=RolloutCell.Stage.LIVE)[number - 1 : number]))

    def keep_stale(self, measures: QuerySet[Measure], name: str, wanted: bool) -> QuerySet[Measure]:
        """Two questions, each answered by the index at once; asked as one they would read all cells."""
        if not wanted:
            return measures
        never = Exists(self._cells.filter(confirmed_at=None))
        return measures.filter(Q(never) | Q(Exists(self._cells.stale())))

    def keep_changed(self, measures: QuerySet[Measure], name: str, wanted: bool) -> QuerySet[Measure]:
        if not (wanted and self.occasion):
            return measures
        return measures.filter(Exists(self._cells.changed_since(self.occasion.moment)))

    def keep_blocked(self, measures: QuerySet[Measure], name: str, wanted: bool) -> QuerySet[Measure]:
        if not wanted:
            return measures
        return measures.filter(Q(Exists(self._cells.refused())) | Q(Exists(self._cells.stuck())))

    @property
    def presets(self) -> list[Preset]:
        """For the chosen municipalities, whatever else is filtered."""
        found: list[tuple[str, dict[str, str]]] = [
            (_("Alle Maßnahmen"), {}),
            (_("Zu bestätigen"), {"stale": "on"}),
            (_("Blockiert"), {"blocked": "on"}),
            (_("Mindestens %d im Regelbetrieb") % MANY_LIVE, {"live": str(MANY_LIVE)}),
        ]
        if self.occasion:
            found.append((_("Geändert seit %s") % self.occasion.words, {"changed": "on"}))
        places = [] if self.has_all_places else [("municipality", place.slug) for place in self.places]
        active = {name: str(value) for name, value in self.active.items() if name != "municipality"}
        return [
            Preset(
                label=label,
                query=f"?{urlencode(chosen)}" if (chosen := [*query.items(), *places]) else "",
                is_current={name: "True" if value == "on" else value for name, value in query.items()}
                == active,
            )
            for label, query in found
        ]

    @property
    def active(self) -> dict[str, Any]:
        """The filters that are set, each with its value."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The address query "?…" of the filters alone, for other views of the same; "" without any."""
        kept = {name: "on" if value is True else value for name, value in self.active.items()}
        return f"?{urlencode(kept, doseq=True)}" if kept else ""

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(self.in_words(name), query_with(self.data, **{name: None, "columns": None}))
            for name in self.active
        ]

    def in_words(self, name: str) -> str:
        """One active filter with its value."""
        label, value = str(self.filters[name].label), self.active[name]
        if value is True:
            return label
        choices = dict(self.filters[name].extra.get("choices", ()))
        values = value if isinstance(value, list) else [value]
        return f"{label}: {', '.join(str(choices.get(each, each)) for each in values)}"


def blocked_rule() -> str:
    return str(BLOCKED_RULE) % {"days": STUCK_AFTER.days}
