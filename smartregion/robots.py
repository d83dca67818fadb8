"""What programs that read the public pages ask for: robots.txt, sitemap.xml, favicon.ico."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import get_resolver, reverse

from fields.models import ActionField
from governance.models import Circular, Committee, Meeting, Paper, Resolution
from measures.models import Measure, Solution
from monitoring.models import Evaluation, Indicator, Report
from network.models import Municipality
from participation.models import Event, Idea, Survey
from smartregion.base.access import PUBLIC, RuledView, policy_of
from smartregion.base.languages import SOURCE
from smartregion.base.secret_pages import SecretPage
from smartregion.languages import addresses, speaks_languages
from smartregion.opendata.resource import datasets

VISITOR: Final = AnonymousUser()
OF_ROWS: Final[dict[str, Callable[[], Iterable[Any]]]] = {
    "field": ActionField.objects.all,
    "measure": lambda: Measure.objects.visible_to(VISITOR).order_by("no"),
    "municipality": lambda: Municipality.objects.defer("boundary"),
    "solution": lambda: Solution.objects.visible_to(VISITOR).order_by("pk"),
    "committee": lambda: Committee.objects.visible_to(VISITOR).order_by("pk"),
    "meeting": lambda: Meeting.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "resolution": lambda: Resolution.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "paper": lambda: Paper.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "circular": lambda: Circular.objects.visible_to(VISITOR).order_by("pk").select_related("committee"),
    "event": lambda: Event.objects.visible_to(VISITOR).order_by("pk"),
    "idea": lambda: Idea.objects.visible_to(VISITOR).order_by("pk"),
    "survey": lambda: Survey.objects.visible_to(VISITOR).order_by("pk"),
    "report": lambda: Report.objects.visible_to(VISITOR).sealed().order_by("pk"),
    "indicator": lambda: Indicator.objects.visible_to(VISITOR).order_by("pk"),
    "evaluation": lambda: Evaluation.objects.visible_to(VISITOR).order_by("pk"),
    "open_dataset": datasets,
}
"""By the name of their pages' address: rows with a page each, as a visitor sees them."""
NOT_NAMED: Final = {
    "search": "results of no end, made of pages that are named themselves",
    **dict.fromkeys(
        (
            *["access_sent", "registration_sent", "registration_withdrawn", "feedback_thanks"],
            *["survey_thanks", "support_sent", "subscription_requested", "question_sent", "barrier_sent"],
        ),
        "says only that something was sent",
    ),
    **dict.fromkeys(
        (
            *["measure_diffusion", "who_has_it", "measure_money", "prerequisites", "measure_plan"],
            *["measure_team", "measure_documents", "questions", "cell_drawer", "scale_version"],
            *["solution_assessment", "paper_story", "resolution_whereabouts", "mirrored", "circulars"],
            *["papers", "presentation", "topics", "minutes", "meetings", "register", "support", "feedback"],
        ),
        "a part of a row's page, which leads there",
    ),
    **dict.fromkeys(("minutes_progress", "report_progress"), "how far a job is"),
    **dict.fromkeys(("document_file", "document_old_file", "paper_file", "event_file"), "a file"),
    **dict.fromkeys(("changes", "report_comparison"), "compares what its address chooses"),
    **dict.fromkeys(("embed_rollout", "embed_measure", "embed_field"), "stands within pages of others"),
    **dict.fromkeys(("health", "ready", "api_index", "ogc_landing"), "for programs"),
    **dict.fromkeys(
        (
            *["account_login", "demo_sign_in", "mfa_authenticate", "mfa_login_webauthn"],
            *["openid_connect_login", "openid_connect_callback"],
        ),
        "for people who work here",
    ),
}
"""Names of the addresses of public pages that the sitemap leaves out, and why. No secret page is named."""
NOT_FOR_PROGRAMS: Final = ["account_login", "barrier_sent"]


@cache
def pages() -> dict[str, bool]:
    """The pages for the public, by the name of their address, and whether they speak other languages."""
    found = addresses(get_resolver().url_patterns)
    return {
        str(pattern.name): speaks_languages(pattern.callback, route)
        for pattern, route in found
        if is_page(pattern.callback, route)
    }


def is_page(view: Callable[..., Any], route: str) -> bool:
    """Whether everybody may read it at its address alone."""
    view_class: Any = getattr(view, "view_class", None)
    ends_as_page = not route or route.endswith("/")
    return (
        policy_of(view) == PUBLIC
        and ends_as_page
        and hasattr(view_class, "get")
        and not issubclass(view_class, SecretPage)
    )


class Pages(Sitemap[Any]):
    """The pages of these names: one each, or one for each row that a visitor sees, in every language."""

    i18n = alternates = x_default = True

    def __init__(self, *names: str) -> None:
        self._names = names

    def items(self) -> Any:
        for name in self._names:
            rows = OF_ROWS.get(name, lambda: [None])
            yield from ((name, row) for row in rows())

    def location(self, item: Any) -> str:
        name, row = item
        if row is None:
            return reverse(name)
        return reverse(name, args=[row]) if isinstance(row, str) else str(row.get_absolute_url())

    def get_languages_for_item(self, item: Any) -> list[str]:
        return [code for code, _name in settings.LANGUAGES if code == SOURCE or pages()[item[0]]]


class SitemapView(RuledView):
    """All public pages. PostgreSQL reads them when it is asked; visitors share one kept answer."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        return sitemap(request, {"pages": Pages(*(name for name in pages() if name not in NOT_NAMED))})


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
