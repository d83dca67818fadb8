"""What programs that read the public pages ask for: robots.txt, sitemap.xml, favicon.ico."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse

from fields.models import ActionField
from governance.models import Committee, Meeting, Paper, Resolution
from measures.models import Measure, Solution
from monitoring.models import Evaluation, Indicator, Report
from network.models import Municipality
from smartregion.base.access import PUBLIC, RuledView

VISITOR: Final = AnonymousUser()
ALONE: Final = [
    *["home", "concept", "fields", "measures", "solutions", "matrix", "map", "municipalities", "committees"],
    *["calendar", "resolutions", "all_papers", "reports", "dashboard", "indicators", "evaluations"],
    *["imprint", "privacy", "accessibility", "plain_language", "sign_language", "barrier"],
]
"""Names of the addresses of pages that there is one of."""
OF_ROWS: Final[dict[str, Callable[[], Iterable[Any]]]] = {
    "fields": ActionField.objects.all,
    "measures": lambda: Measure.objects.visible_to(VISITOR).order_by("no"),
    "municipalities": lambda: Municipality.objects.defer("boundary"),
    "solutions": lambda: Solution.objects.visible_to(VISITOR).order_by("pk"),
    "committees": lambda: Committee.objects.visible_to(VISITOR).order_by("pk"),
    "meetings": lambda: Meeting.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "resolutions": lambda: Resolution.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "papers": lambda: Paper.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "reports": lambda: Report.objects.visible_to(VISITOR).sealed().order_by("pk"),
    "indicators": lambda: Indicator.objects.visible_to(VISITOR).order_by("pk"),
    "evaluations": lambda: Evaluation.objects.visible_to(VISITOR).order_by("pk"),
}
"""Rows with a page each, as a visitor sees them."""
NOT_FOR_PROGRAMS: Final = ["account_login", "barrier_sent"]


class Pages(Sitemap[Any]):
    def __init__(self, items: Callable[[], Iterable[Any]], location: Callable[[Any], str]) -> None:
        self._items, self._location = items, location

    def items(self) -> Any:
        return self._items()

    def location(self, item: Any) -> str:
        return self._location(item)


SITEMAPS: Final[dict[str, type[Sitemap[Any]] | Sitemap[Any]]] = {
    "pages": Pages(lambda: ALONE, reverse),
    **{key: Pages(rows, lambda row: str(row.get_absolute_url())) for key, rows in OF_ROWS.items()},
}


class SitemapView(RuledView):
    """All public pages. PostgreSQL reads them when it is asked; visitors share one kept answer."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        return sitemap(request, SITEMAPS)


class RobotsView(RuledView):
    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        refused = [f"Disallow: {reverse(name)}" for name in NOT_FOR_PROGRAMS]
        lines = ["User-agent: *", *refused, f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"]
        return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class FaviconView(RuledView):
    """For programs that ask here without having read a page."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(static("img/favicon.svg"))
