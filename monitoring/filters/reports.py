"""What the list of reports shows, as it stands in its address."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from measures.filters.measures import ListFilter
from monitoring.models import Audience, Report, ReportKind
from monitoring.models.reports import SCOPES
from smartregion.base.text import german_key


class ReportFilter(ListFilter):
    """Of the reports that the reader may see; years and subjects are those that these have."""

    kind = ChoiceFilter(label=_("Art"), choices=ReportKind.choices)
    audience = ChoiceFilter(label=_("Empfänger"), choices=Audience.choices)
    year = ChoiceFilter(label=_("Jahr des Stichtags"), method="in_year", choices=())
    scope = ChoiceFilter(label=_("Worüber"), method="about", choices=())

    class Meta:
        model = Report
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Report]) -> None:
        super().__init__(data, queryset)
        years = {str(day.year) for day in queryset.dates("as_of", "year")}
        self.filters["year"].extra["choices"] = [(year, year) for year in sorted(years, reverse=True)]
        self.filters["scope"].extra["choices"] = _scopes_of(queryset)

    def in_year(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        return rows.filter(as_of__year=int(value))

    def about(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        column, key = value.split("-")
        return rows.filter(**{column: int(key)})


def _scopes_of(reports: QuerySet[Report]) -> list[tuple[str, str]]:
    """Kind by kind what they are about, as the newest report calls it. One query."""
    named: dict[str, dict[str, str]] = {column: {} for column in SCOPES.values()}
    about_one_thing = reports.filter(kind__in=SCOPES).defer("snapshot").select_related(*SCOPES.values())
    for report in about_one_thing.order_by("as_of", "pk"):
        column = SCOPES[report.kind]
        named[column][f"{column}-{report.scope.pk}"] = report.scope_label
    return [option for options in named.values() for option in sorted(options.items(), key=_by_name)]


def _by_name(option: tuple[str, str]) -> Any:
    return german_key(option[1])
