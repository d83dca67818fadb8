"""The pages of one measure: a common head, and a bar that leads from one to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from measures.models import Measure
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.languages import German


@dataclass(frozen=True)
class Page:
    """One page of a measure, by the `name` of its address. Without the rule nobody sees the page's link."""

    name: str
    label: str | Promise
    rule: str = ""


PAGES: Final = [
    Page("measure", gettext_lazy("Überblick")),
    Page("measure_plan", gettext_lazy("Plan")),
    Page("measure_team", gettext_lazy("Team")),
    Page("measure_documents", gettext_lazy("Unterlagen")),
    Page("measure_money", gettext_lazy("Geld"), rule="measures.view_money"),
    Page("prerequisites", gettext_lazy("Voraussetzungen")),
    Page("measure_diffusion", gettext_lazy("Verbreitung")),
    Page("who_has_it", gettext_lazy("Wer hat das schon?")),
]
"""In the order of the bar. The page's view states the same rule as its `measure_permission`."""


def label_of(name: str) -> str:
    return next(str(page.label) for page in PAGES if page.name == name)


class MeasurePageView(RuledView, DetailView[Measure]):
    """A page of one measure, found among those that the reader may see; an archived one keeps its pages.

    A subclass states `page`, the name of its address in `PAGES`; its template extends
    `measures/measure_page.html` and fills `content`.
    """

    permission = PUBLIC
    measure_permission = ""
    page: str

    def get_queryset(self) -> QuerySet[Measure]:
        return Measure.objects.reachable_by(self.request.user).select_related("field", "lead")

    def get_object(self, queryset: QuerySet[Measure] | None = None) -> Measure:
        measure = super().get_object(queryset)
        if self.measure_permission:
            self.require(self.measure_permission, measure)
        return measure

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = list(self._pages())
        measure, current = self.object, next(page for page in PAGES if page.name == self.page)
        crumbs = [(_("Maßnahmen"), reverse("measures"))]
        if current is PAGES[0]:
            crumbs.append((German(measure.title), ""))
        else:
            crumbs += [(German(measure.title), measure.get_absolute_url()), (str(current.label), "")]
        return super().get_context_data(crumbs=crumbs, pages=pages, page_label=current.label, **kwargs)

    def _pages(self) -> Iterator[dict[str, Any]]:
        for page in PAGES:
            if not page.rule or self.request.user.has_perm(page.rule, self.object):
                url = reverse(page.name, args=[self.object.slug])
                yield {"label": page.label, "url": url, "current": page.name == self.page}
