"""Amounts of money: exact cents from the form to the database, written and read as Germans write them."""

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartregion.base import written
from smartregion.base.fields import Limit

CENT: Final = Decimal("0.01")
MOST: Final = Decimal("999999999.99")
LONGEST_INPUT: Final = 40
GERMAN: Final = re.compile(r"(-?)((?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+)|[0-9]+)(?:,([0-9]{1,2}))?")
POINTED: Final = re.compile(r"(-?)([0-9]+)\.([0-9]{1,2})")
"""One or two digits after a single point can be nothing but cents; three are thousands."""


def euro(amount: Decimal | None) -> str:
    """1.573,45 €, or a dash: no value is not 0."""
    return written.NOTHING if amount is None else written.in_euro(in_figures(amount))


def in_figures(amount: Decimal) -> str:
    """1.573,45 and −1.573,45."""
    figures = written.with_separators(f"{abs(amount):,.2f}")
    return f"−{figures}" if amount < 0 else figures


def parse_euro(text: str) -> Decimal:
    """The amount that was typed: 1.573,45 or 1573,45 or 1573.45 or 1.573, with or without €.

    Raises:
        ValueError: it can be read as no amount, or as more than one.
    """
    plain = re.sub(r"\s|€$", "", text.strip()[:LONGEST_INPUT].removesuffix("€")).replace("−", "-")
    found = GERMAN.fullmatch(plain) or POINTED.fullmatch(plain)
    if found is None or len(text) > LONGEST_INPUT:
        raise ValueError(text[:LONGEST_INPUT])
    sign, whole, cents = found.groups()
    return Decimal(f"{sign}{whole.replace('.', '')}.{(cents or '').ljust(2, '0')}")


class EuroField(forms.DecimalField):
    """An amount as people type it."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": gettext_lazy(
            "Das ist kein Betrag. Bitte schreiben Sie ihn wie 1.573,45 – mit Komma vor den Cent."
        )
    }

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return value if isinstance(value, Decimal) else parse_euro(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return in_figures(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class MoneyField(models.DecimalField[Any, Decimal]):
    """Euro and cents, exactly. `amounts` in its model lets the database hold sign and size too.

    Args:
        least: the smallest amount.
    """

    def __init__(self, *args: Any, least: Decimal = CENT, **kwargs: Any) -> None:
        self.least = least
        super().__init__(*args, **{"max_digits": 13, "decimal_places": 2, **kwargs})

    @property
    def validators(self) -> list[Any]:
        above = MinValueValidator(self.least, _("Bitte geben Sie einen Betrag ab %s ein.") % euro(self.least))
        below = MaxValueValidator(MOST, _("Der Betrag ist zu groß; möglich sind bis %s.") % euro(MOST))
        return [*super().validators, above, below]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": EuroField, **kwargs})

    def in_words(self, value: Decimal) -> str:
        return euro(value)


def amounts(model: str, least: Decimal = CENT, field: str = "amount") -> Limit:
    """The constraint of a model's amount: not below `least`, and no more than a county ever spends."""
    in_range = Q(**{f"{field}__gte": least, f"{field}__lte": MOST})
    return Limit(condition=in_range, name=f"{model}_{field}_in_range")


class YearField(models.PositiveSmallIntegerField[Any, int]):
    """A calendar year, which is never written with a separator of thousands."""

    def in_words(self, value: int) -> str:
        return str(value)
