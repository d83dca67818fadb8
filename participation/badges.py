"""Name badges for a sheet of ten, 85 × 54 mm each, as accessible PDF."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from network.models import Region
from participation.models import Event, Registration
from smartregion.base.typst import in_our_fonts, make_pdf

TEMPLATE: Final = Path(__file__).with_name("badges.typ")


def badges_of(event: Event, participants: Iterable[Registration], *, on: date) -> bytes:
    """Raises:
    CompileError: the fonts are missing, or the sheet cannot be set.
    """
    region = Region.objects.first()
    data = {
        "event": event.title,
        "portal": region.portal_title if region else "",
        "is_example": event.is_example,
        "people": [{"name": row.name, "organisation": row.organisation} for row in participants],
    }
    return make_pdf(TEMPLATE, in_our_fonts(data), datetime.combine(on, time(), UTC))
