"""The forms of the pages, filled with what a table says. They alone decide what may be stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.forms import model_to_dict

from measures.forms.measures import MeasureAddForm, MeasureForm
from measures.forms.rollout import CellForm
from measures.imports.tables import CELL, MEASURE
from measures.models import Measure
from smartregion.base.editing import VersionedModelForm

FORMS: Final[dict[str, type[VersionedModelForm]]] = {MEASURE: MeasureForm, CELL: CellForm}


def form_for(kind: str, row: Any, changed: Mapping[str, Any], reason: str) -> VersionedModelForm:
    """The form as somebody would send it who opened the row as it is and changed these fields."""
    form_class = FORMS[kind]
    data = _sent(row, form_class) | {
        **changed,
        "version": row.version,
        "reason_for_change": reason[:300],
        "confirm_visibility": "on",
    }
    return form_class(data, instance=row)


def form_for_new(changed: Mapping[str, Any]) -> MeasureAddForm:
    data = _sent(Measure(), MeasureAddForm, with_relations=False) | {**changed, "confirm_visibility": "on"}
    return MeasureAddForm(data)


def _sent(row: Any, form_class: type[VersionedModelForm], *, with_relations: bool = True) -> dict[str, Any]:
    names = [name for name in form_class._meta.fields or () if with_relations or name != "guidelines"]
    values = model_to_dict(row, names)
    if "guidelines" in values:
        values["guidelines"] = [guideline.pk for guideline in values["guidelines"]]
    return values


def stored(value: Any) -> Any:
    """The value as JSON holds it; a form reads it back."""
    return value.isoformat() if isinstance(value, date) else value
