"""What every page's frame shows: the region, the main navigation, the footer and the account's links.

A new part of the portal adds one line here: to `SECTIONS` what people come for, to `FOOTER` what they look
for at the end of a page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Region

Label = str | Promise
Link = tuple[Label, str]
"""What a link says, and the name of its address."""


@dataclass(frozen=True)
class Section:
    """An entry of the main navigation: its pages stand below it, the first is where it leads.

    `owns` names addresses that begin like no page of the section and belong to it all the same.
    """

    label: Label
    pages: tuple[Link, ...]
    owns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.pages[0][1]


SECTIONS: Final = [
    Section(
        gettext_lazy("Themen"),
        (
            (gettext_lazy("Handlungsfelder"), "fields"),
            (gettext_lazy("Maßnahmen"), "measures"),
            (gettext_lazy("Lösungen"), "solutions"),
            (gettext_lazy("Konzept"), "concept"),
        ),
    ),
    Section(
        gettext_lazy("Roll-out"),
        (
            (gettext_lazy("Alle Stände"), "matrix"),
            (gettext_lazy("Karte"), "map"),
            (gettext_lazy("Kommunen"), "municipalities"),
        ),
    ),
    Section(gettext_lazy("Veranstaltungen"), ((gettext_lazy("Veranstaltungen"), "events"),)),
    Section(
        gettext_lazy("Ideen"),
        (
            (gettext_lazy("Ideen"), "ideas"),
            (gettext_lazy("Umfragen"), "surveys"),
        ),
    ),
    Section(
        gettext_lazy("Gremien"),
        (
            (gettext_lazy("Gremien"), "committees"),
            (gettext_lazy("Termine"), "calendar"),
            (gettext_lazy("Beschlüsse"), "resolutions"),
            (gettext_lazy("Vorlagen"), "all_papers"),
        ),
    ),
    Section(
        gettext_lazy("Berichte"),
        (
            (gettext_lazy("Berichte"), "reports"),
            (gettext_lazy("Monitoring"), "dashboard"),
            (gettext_lazy("Indikatoren"), "indicators"),
            (gettext_lazy("Evaluation"), "evaluations"),
        ),
    ),
]
"""In the order of the navigation."""

FOOTER: Final[list[tuple[Label, tuple[Link, ...]]]] = [
    (
        gettext_lazy("Mitmachen"),
        (
            (gettext_lazy("Idee einreichen"), "idea_add"),
            (gettext_lazy("Veranstaltungen"), "events"),
            (gettext_lazy("Neues per E-Mail"), "subscribe"),
            (gettext_lazy("Fragen zu einer Maßnahme"), "measures"),
            (gettext_lazy("Sitzungstermine abonnieren"), "calendar"),
        ),
    ),
    (
        gettext_lazy("Daten"),
        (
            (gettext_lazy("Offene Daten"), "open_data"),
            (gettext_lazy("Schnittstelle für Programme"), "api_index"),
            (gettext_lazy("Indikatoren"), "indicators"),
            (gettext_lazy("Berichte"), "reports"),
        ),
    ),
    (
        gettext_lazy("Für alle zugänglich"),
        (
            (gettext_lazy("Leichte Sprache"), "plain_language"),
            (gettext_lazy("Gebärdensprache"), "sign_language"),
            (gettext_lazy("Erklärung zur Barrierefreiheit"), "accessibility"),
            (gettext_lazy("Barriere melden"), "barrier"),
        ),
    ),
    (
        gettext_lazy("Rechtliches"),
        (
            (gettext_lazy("Impressum"), "imprint"),
            (gettext_lazy("Datenschutz"), "privacy"),
            (gettext_lazy("Was ist über mich gespeichert?"), "access"),
        ),
    ),
]
"""The columns of the footer."""

WORK: Final[list[tuple[Label, str, str]]] = [
    (gettext_lazy("Wellen des Roll-outs"), "waves", ""),
    (gettext_lazy("Statusabfragen"), "rounds", "measures.manage_rounds"),
    (gettext_lazy("Förderung"), "funding", "measures.view_money"),
    (gettext_lazy("Import"), "imports", "measures.import_tables"),
    (gettext_lazy("Ideen prüfen"), "idea_queue", "participation.manage_ideas"),
    (gettext_lazy("Netzwerk"), "contacts", "network.care"),
    (gettext_lazy("Aufträge"), "jobs", "base.view_job"),
    (gettext_lazy("Konten verwalten"), "accounts", "network.administer"),
    (gettext_lazy("Einladungen"), "invitations", "network.invite"),
    (gettext_lazy("Personenbezogene Daten"), "personal_data", "network.administer"),
    (gettext_lazy("Protokoll"), "audit", "network.administer"),
]
OWN: Final[list[tuple[Label, str, str]]] = [
    (gettext_lazy("Mein Konto"), "own_account", ""),
    (gettext_lazy("Benachrichtigungen"), "digest", ""),
    (gettext_lazy("Kalender-Abo"), "calendar_link", ""),
    (gettext_lazy("Meine Daten"), "own_data", ""),
    (gettext_lazy("Zugänge für Programme"), "api_tokens", "monitoring.make_tokens"),
]
"""The account's menu: label, name of the address, and the rule of those who are offered it."""


def frame(request: HttpRequest) -> dict[str, Any]:
    sections = [_shown(section, request.path) for section in SECTIONS]
    return {
        "region": SimpleLazyObject(Region.objects.first),
        "demo": settings.DEMO,
        "navigation": sections,
        "nav_section": next((section for section in sections if section["current"]), None),
        "foot": [(title, [_link(*link) for link in links]) for title, links in FOOTER],
        "account_groups": SimpleLazyObject(lambda: list(_account_groups(request.user))),
    }


def _shown(section: Section, path: str) -> dict[str, Any]:
    pages = [_link(*page) for page in section.pages]
    here = [page for page in pages if path.startswith(page["url"])]
    nearest = max(here, key=lambda page: len(page["url"]), default=None)
    for page in pages:
        page["current"] = page is nearest
    return {**_link(section.label, section.name), "pages": pages, "current": nearest is not None}


def _link(label: Label, name: str) -> dict[str, Any]:
    return {"url": reverse(name), "label": label}


def _account_groups(user: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What an account opens besides the public pages: its work, then the account itself."""
    if not user.is_authenticated:
        return
    work = [{**_link(_("Mein Arbeitsplatz"), "workplace"), "count_url": reverse("workplace_count")}]
    if user.municipality_id:
        work.append({"url": user.municipality.get_absolute_url(), "label": user.municipality.name})
    work += [_link(label, name) for label, name, rule in WORK if not rule or user.has_perm(rule)]
    yield _("Arbeit"), work
    yield _("Konto"), [_link(label, name) for label, name, rule in OWN if not rule or user.has_perm(rule)]
