"""A municipality's one-page profile for its council: what is public of its roll-out, as a PDF to hand out.

There is one version for all readers, so that nothing internal can be handed out by mistake. It is compiled
from what it says and the day alone: the same data of the same day give the same bytes and the same tag.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from measures.models import RolloutCell
from measures.models.ladder import UNDER_WAY, Stage
from measures.rollout_map import locator
from network.models import Municipality, Region
from smartregion.base.typst import in_our_fonts, make_pdf

TEMPLATE: Final = Path(__file__).with_name("profile.typ")
OTHERS: Final = {*Stage} - {Stage.LIVE, Stage.NOT_AFFECTED, *UNDER_WAY}


def profile_of(municipality: Municipality, on: date) -> dict[str, Any]:
    """What the page says, ready to be printed.

    Raises:
        CompileError: the fonts are missing.
    """
    region = Region.objects.get()
    cells = list(
        RolloutCell.objects.visible_to(AnonymousUser())
        .filter(municipality=municipality)
        .select_related("measure__field")
        .order_by("measure__field__position", "measure__no")
    )
    affected = [cell for cell in cells if cell.stage != Stage.NOT_AFFECTED]
    groups = [
        (_("Im Regelbetrieb"), [cell for cell in affected if cell.stage == Stage.LIVE]),
        (_("Auf dem Weg"), [cell for cell in affected if cell.stage in UNDER_WAY]),
        (_("Offen oder ohne Beteiligung"), [cell for cell in affected if cell.stage in OTHERS]),
    ]
    (_live, live), (_way, under_way), _rest = groups
    data = {
        "portal": region.portal_title,
        "office": region.coordination_office,
        "name": municipality.name,
        "official_name": municipality.official_name,
        "residents": f"{municipality.residents:,}".replace(",", "."),
        "residents_on": _day(municipality.residents_on),
        "on": _day(on),
        "figures": [
            {"label": _("Maßnahmen, die sie betreffen"), "value": len(affected)},
            {"label": _("im Regelbetrieb"), "value": len(live)},
            {"label": _("auf dem Weg"), "value": len(under_way)},
        ],
        "rule": _(
            "Gezählt sind öffentliche Maßnahmen. Sie betreffen die Kommune, außer bei „nicht betroffen“. Im "
            "Regelbetrieb zählt nur die Stufe „im Regelbetrieb“, auf dem Weg die Stufen von „Interesse "
            "bekundet“ bis „in Einführung“."
        ),
        "groups": [{"title": title, "rows": _rows(rows)} for title, rows in groups if rows],
        "example_notice": region.example_notice if any(cell.measure.is_example for cell in cells) else "",
        "sources": " ".join(_sources(region)),
    }
    places = list(Municipality.objects.all())
    return {**in_our_fonts(data), "map": locator(places, municipality)}


def _rows(cells: Iterable[RolloutCell]) -> list[dict[str, Any]]:
    return [
        {
            "title": cell.measure.title,
            "field": cell.measure.field.name,
            "stage": cell.get_stage_display(),
            "since": _day(cell.since) if cell.since else "–",
            "is_example": cell.measure.is_example,
        }
        for cell in cells
    ]


def _sources(region: Region) -> list[str]:
    notes = [_("Einwohnerzahlen: %s.") % region.residents_note]
    if region.boundary_note:
        notes.append(_("Karte: %s.") % region.boundary_note)
    return notes


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def tag_of(profile: dict[str, Any]) -> str:
    """Changes with what the page says and with how it is set."""
    words = json.dumps(profile, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(words + TEMPLATE.read_bytes()).hexdigest()


def compile_profile(profile: dict[str, Any], on: date) -> bytes:
    """The profile as one page of PDF/UA-1 and PDF/A-2a.

    Raises:
        CompileError: the page cannot be set.
    """
    return _compiled(json.dumps(profile, ensure_ascii=False), on)


@lru_cache(maxsize=64)
def _compiled(document: str, on: date) -> bytes:
    return make_pdf(TEMPLATE, json.loads(document), datetime.combine(on, time(), UTC))
