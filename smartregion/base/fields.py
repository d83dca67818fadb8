"""Texts with a limit that form and database hold."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

LONG, LONGEST = 4_000, 20_000
"""Characters of a text of some paragraphs, and of some pages. A cell of a spreadsheet holds 32,767."""


HTTPS_ONLY = URLValidator(
    schemes=["https"], message=_("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")
)


class LongText(models.TextField[str, str]):
    """A text of at most `max_length` characters. `limits` in its model lets the database hold that too."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": UnclippedField, **kwargs})


def _is_line(field: forms.Field | None) -> bool:
    return field is not None and type(field.widget) is forms.TextInput


def in_one_line(form: forms.BaseForm, values: dict[str, Any]) -> dict[str, Any]:
    """The values with no line break in what is typed in one line: calendars and lists would break there."""
    for name, value in values.items():
        if isinstance(value, str) and _is_line(form.fields.get(name)):
            values[name] = " ".join(value.split())
    return values


LongText.register_lookup(Length)


class UnclippedField(forms.CharField):
    """A browser silently cuts what is pasted at the attribute `maxlength`; without it the form can say so."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class Limit(models.CheckConstraint):
    """At most so many characters in the database."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The field's own validator has told people already; asking the database too would say it twice."""


def limits(model: str, **characters: int) -> list[models.BaseConstraint]:
    """The constraints for a model's texts: `constraints = [*limits("measure", goal=LONG)]`."""
    return [
        Limit(condition=Q(**{f"{name}__length__lte": most}), name=f"{model}_{name}_length")
        for name, most in characters.items()
    ]
