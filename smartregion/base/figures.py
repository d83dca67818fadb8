"""Measured figures: exact decimals, typed and shown as Germans write them, without zeros that say nothing."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy

from smartregion.base import written


def figure(value: Decimal | None, decimals: int) -> str:
    """1.573,5 with so many decimals, or a dash: no value is not 0."""
    return written.NOTHING if value is None else str(floatformat(value, f"{decimals}g"))


def plain_figure(value: Decimal) -> str:
    """1573,5: as somebody would type it."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", written.decimal_sign())


class FigureField(forms.DecimalField):
    """A figure as people type it."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": gettext_lazy("Das ist keine Zahl. Bitte schreiben Sie sie wie 1.573,5.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"localize": True, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return plain_figure(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class FigureModelField(models.DecimalField[Any, Any]):
    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": FigureField, **kwargs})

    def in_words(self, value: Decimal) -> str:
        return plain_figure(value)
