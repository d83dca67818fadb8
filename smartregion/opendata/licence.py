"""Under which terms the data may be used again (docs/decisions/0024), in the words of the DCAT-AP.de list."""

from typing import Final

from django.utils.translation import gettext as _

from network.models import Region

NAME: Final = "Datenlizenz Deutschland – Namensnennung – Version 2.0"
SHORT: Final = "dl-de/by-2-0"
TEXT_URL: Final = "https://www.govdata.de/dl-de/by-2-0"
LIST_URL: Final = "http://dcat-ap.de/def/licenses/dl-by-de/2.0"


def source_note(region: Region, *, with_outlines: bool = False) -> str:
    """What users name as the source; outlines of municipalities have one of their own."""
    own = _("Datenquelle: %(office)s, %(portal)s, %(licence)s") % {
        "office": region.coordination_office,
        "portal": region.portal_title,
        "licence": SHORT,
    }
    if with_outlines and region.boundary_note:
        return _("%(source)s; Grenzen der Kommunen: %(outlines)s") % {
            "source": own,
            "outlines": region.boundary_note,
        }
    return own
