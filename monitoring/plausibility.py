"""Whether a value can be, and whether it is likely: what its unit forbids, and what is worth asking back.

Plain functions of plain values, so that form, table and program judge alike.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from smartregion.base.figures import figure

COUNTED: Final = frozenset({"anzahl", "betriebe", "haushalte", "kommunen", "menschen", "personen", "stück"})
"""Units of things that are counted; of others a negative value is only unlikely."""
SCALE: Final = re.compile(r"\b(\d+) bis (\d+)\b")
"""A unit that names its ends, as "Punkte (1 bis 5)"."""
SHARE: Final = re.compile(r"%\s+(der|des|von|aller)\b", re.IGNORECASE)
"""A share of a whole, as "% der Haushalte"; a mere "%" may also be a growth."""
WHOLE: Final = Decimal(100)
LEAP: Final = 10
"""So many times the last value, or that part of it, is more often a slip than a fact."""


def why_impossible(unit: str, value: Decimal) -> str:
    """Why no value of this unit can be that; "" where it can."""
    if scale := SCALE.search(unit):
        low, high = Decimal(scale[1]), Decimal(scale[2])
        if not low <= value <= high:
            return _("In „%(unit)s“ liegt jeder Wert zwischen %(low)s und %(high)s.") % {
                "unit": unit,
                "low": scale[1],
                "high": scale[2],
            }
    if SHARE.search(unit) and not 0 <= value <= WHOLE:
        return _("Ein Anteil in „%s“ liegt zwischen 0 und 100.") % unit
    if value < 0 and COUNTED.intersection(unit.casefold().split()[:1]):
        return _("Eine Anzahl in „%s“ kann nicht negativ sein.") % unit
    return ""


def doubts(unit: str, value: Decimal, last: Decimal | None) -> Iterator[str]:
    """What speaks against the value, one sentence each.

    Args:
        last: the value before it, if there is one.
    """
    if unit.strip() == "%" and value > WHOLE:
        yield _("%s %% sind mehr als das Ganze.") % in_figures(value)
    if value < 0 and (last is None or last >= 0):
        yield _("%s ist negativ.") % in_figures(value)
    if last and value:
        words = {"value": in_figures(value), "last": in_figures(last)}
        if abs(value) >= LEAP * abs(last):
            yield _("%(value)s ist mindestens das Zehnfache des vorigen Wertes %(last)s.") % words
        elif LEAP * abs(value) <= abs(last):
            yield _("%(value)s ist höchstens ein Zehntel des vorigen Wertes %(last)s.") % words


def in_figures(value: Decimal) -> str:
    """1.573,5: with the decimals that it has."""
    return figure(value, max(-int(value.normalize().as_tuple().exponent), 0))
