"""What the list of reports shows, as it stands in its address."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from measures.filters.measures import ListFilter
from monitoring.models import Audience, Report, ReportKind
from monitoring.models.reports import SCOPES


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
    """One query for each kind of subject."""
    models: dict[str, Any] = {
        column: Report._meta.get_field(column).related_model for column in SCOPES.values()
    }
    return [
        (f"{column}-{scope.pk}", str(scope))
        for column, model in models.items()
        for scope in model.objects.filter(reports__in=reports).distinct()
    ]
