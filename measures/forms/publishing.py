"""A form whose row can become public: that, or ceasing to be, has to be confirmed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from measures.models import Visibility
from smartregion.base.editing import VersionedModelForm


class PublishingForm(VersionedModelForm):
    """A subclass states `GROUPS` of its fields; `PUBLISH`, `WITHDRAW`: label and hint of the box to tick."""

    confirm_visibility = forms.BooleanField(required=False, widget=forms.HiddenInput)

    GROUPS: tuple[tuple[Any, list[str]], ...]
    PUBLISH: tuple[Any, Any]
    WITHDRAW: tuple[Any, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_public = bool(self.instance.pk) and self.instance.visibility == Visibility.PUBLIC

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"legend": legend, "fields": [self[name] for name in names if self._is_shown(name)]}
            for legend, names in self.GROUPS
        ]

    def _is_shown(self, name: str) -> bool:
        return name in self.fields and not self[name].is_hidden

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._ask_before_publishing(data)
        return data

    def _ask_before_publishing(self, data: dict[str, Any]) -> None:
        """Show the check box that was hidden so far, if public becomes not public or the reverse."""
        becomes_public = data.get("visibility") == Visibility.PUBLIC
        if not data.get("visibility") or becomes_public == self.was_public:
            return
        self._bound_fields_cache.pop("confirm_visibility", None)  # type: ignore[attr-defined]
        box = self.fields["confirm_visibility"]
        box.widget = forms.CheckboxInput()
        box.label, box.help_text = map(str, self.PUBLISH if becomes_public else self.WITHDRAW)
        if not data.get("confirm_visibility"):
            self.add_error("confirm_visibility", _("Bitte bestätigen Sie die Sichtbarkeit."))
