"""The form for one field of a measure, with the fields that it cannot do without."""

from collections.abc import Iterable
from typing import Any, Final

from measures.forms.measures import MeasureForm

REASON: Final = "reason_for_change"
FIELDS: Final[dict[str, list[str]]] = {
    "no": ["no"],
    "title": ["title"],
    "field": ["field"],
    "summary": ["summary"],
    "goal": ["goal"],
    "benefit": ["benefit"],
    "target_group": ["target_group"],
    "lead": ["lead"],
    "contact": ["contact"],
    "dates": ["starts_on", "ends_on", REASON],
    "guidelines": ["guidelines"],
    "phase": ["phase", REASON],
    "status": ["status", "status_reason", REASON],
    "review_on": ["review_on"],
    "light": ["light", "light_reason", "needed_decision"],
    "visibility": ["visibility", "confirm_visibility", REASON],
}
"""What is edited by the last word of the address."""


class MeasureFieldForm(MeasureForm):
    groups = None  # type: ignore[assignment]

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{name}_%s", **kwargs)
        self.keep_only([*FIELDS[name], "version"])

    def keep_only(self, names: Iterable[str]) -> None:
        for name in self.fields.keys() - set(names):
            del self.fields[name]
