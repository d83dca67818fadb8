"""Words and orders that the documents of a meeting share."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from governance.models import AgendaItem
from measures.models import Visibility
from network.models import Region


def day(value: date) -> str:
    return date_format(value, "d.m.Y")


def day_time(value: datetime) -> str:
    return _("%s Uhr") % date_format(localtime(value), "d.m.Y, H:i")


def amount(value: Decimal | None) -> str:
    return f"{number_format(value, 2, use_l10n=True, force_grouping=True)} €" if value is not None else ""


def parts_of(items: Iterable[AgendaItem]) -> list[tuple[str, list[AgendaItem]]]:
    """The public and the other part of an agenda, each with its label; a part without items is left out."""
    parts: dict[bool, list[AgendaItem]] = {True: [], False: []}
    for item in items:
        parts[item.visibility == Visibility.PUBLIC].append(item)
    labels = {True: _("Öffentlicher Teil"), False: _("Nichtöffentlicher Teil")}
    return [(labels[is_public], rows) for is_public, rows in parts.items() if rows]


def notice_of(region: Region, *, is_example: bool) -> str:
    """What says that a document holds example data; "" where it does not."""
    if not is_example:
        return ""
    return " ".join(filter(None, [_("Beispieldaten."), region.example_notice]))
