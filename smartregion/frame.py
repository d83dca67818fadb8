"""What every page's frame shows: the region, the main navigation and the account's links."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from network.models import Region


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "region": SimpleLazyObject(Region.objects.first),
        "demo": settings.DEMO,
        "navigation": _navigation(request.path),
        "account_links": SimpleLazyObject(lambda: _account_links(request.user)),
    }


def _navigation(path: str) -> list[dict[str, Any]]:
    links = [
        (reverse("home"), _("Start")),
        (reverse("concept"), _("Konzept")),
        (reverse("measures"), _("Maßnahmen")),
        (reverse("solutions"), _("Lösungen")),
        (reverse("matrix"), _("Roll-out")),
        (reverse("committees"), _("Gremien")),
        (reverse("dashboard"), _("Monitoring")),
        (reverse("reports"), _("Berichte")),
    ]
    section, home = _section(path), reverse("home")
    return [
        {
            "url": url,
            "label": label,
            "current": path == url or (url != home and section.startswith(url)),
        }
        for url, label in links
    ]


SECTIONS: Final = {
    "all_papers": "committees",
    "resolutions": "committees",
    "indicators": "dashboard",
    "evaluations": "dashboard",
}
"""Pages with an address of their own that belong to another entry of the navigation."""


def _section(path: str) -> str:
    owners = (owner for own, owner in SECTIONS.items() if path.startswith(reverse(own)))
    return next((reverse(owner) for owner in owners), path)


def _account_links(user: Any) -> list[dict[str, str]]:
    if not user.is_authenticated:
        return []
    links = [
        {
            "url": reverse("workplace"),
            "label": _("Mein Arbeitsplatz"),
            "count_url": reverse("workplace_count"),
        }
    ]
    if user.municipality_id:
        links.append({"url": user.municipality.get_absolute_url(), "label": user.municipality.name})
    if user.has_perm("base.view_job"):
        links.append({"url": reverse("jobs"), "label": _("Aufträge")})
    if user.has_perm("network.administer"):
        links.append({"url": reverse("admin:index"), "label": _("Konten verwalten")})
    links.append({"url": reverse("digest"), "label": _("Benachrichtigungen")})
    links.append({"url": reverse("calendar_link"), "label": _("Kalender-Abo")})
    if user.has_perm("monitoring.make_tokens"):
        links.append({"url": reverse("api_tokens"), "label": _("Zugänge für Programme")})
    links.append({"url": reverse("account_change_password"), "label": _("Passwort ändern")})
    return links
