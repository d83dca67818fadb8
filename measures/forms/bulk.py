"""What can be done to many measures at once, and the form that asks for the new value."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.inline import REASON, MeasureFieldForm
from measures.models import Measure

ARCHIVE: Final = "archive"
ACTIONS: Final[dict[str, str | Promise]] = {
    "status": gettext_lazy("Status setzen"),
    "phase": gettext_lazy("Phase setzen"),
    "light": gettext_lazy("Ampel setzen"),
    "visibility": gettext_lazy("Sichtbarkeit setzen"),
    "lead": gettext_lazy("Federführung setzen"),
    "field": gettext_lazy("Handlungsfeld setzen"),
    "review_on": gettext_lazy("Wiedervorlage setzen"),
    ARCHIVE: gettext_lazy("Archivieren"),
}
"""By the word in the address; the words are those of `measures.forms.inline.FIELDS`."""


class BulkForm(MeasureFieldForm):
    """New values for all chosen measures. What they change is shown before it is done."""

    version = None  # type: ignore[assignment]

    def __init__(self, *args: Any, action: str, measures: list[Measure], **kwargs: Any) -> None:
        self.action, self.measures = action, measures
        super().__init__(*args, name="no" if action == ARCHIVE else action, **kwargs)
        chosen = self.fields.get(action)
        if isinstance(chosen, forms.TypedChoiceField):
            chosen.choices = [("", _("Bitte wählen")), *chosen.choices]  # type: ignore[misc]
            self.initial[action] = ""

    def keep_only(self, names: Iterable[str]) -> None:
        own = set() if self.action == ARCHIVE else set(names) - {"confirm_visibility"}
        super().keep_only([*own, REASON])

    def _ask_before_publishing(self, data: dict[str, Any]) -> None:
        """The page that shows what will change asks."""

    @property
    def stored_measures(self) -> list[Measure]:
        return self.measures

    @property
    def values(self) -> dict[str, Any]:
        if self.action == ARCHIVE:
            return {"archived_at": now()}
        return {name: value for name, value in self.cleaned_data.items() if name != REASON}
