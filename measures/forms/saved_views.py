"""The form that keeps the filters of a page under a name, and the one that renames a view."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from measures.models import SavedView
from measures.saved_views import understood
from measures.services.saved_views import make_room_for_default
from smartregion.base.editing import VersionedModelForm
from smartregion.base.versioned import Versioned


class _NamedByOwner(VersionedModelForm):
    reason_for_change = None  # type: ignore[assignment]

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]

    def _get_validation_exclusions(self) -> set[str]:
        """The owner is no field here, but part of what makes a name unique."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc]


class SavedViewAddForm(_NamedByOwner):
    version = None  # type: ignore[assignment]

    class Meta:
        model = SavedView
        fields = ["name", "page", "query", "is_shared"]
        widgets = {"page": forms.HiddenInput, "query": forms.HiddenInput}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("page"):
            values["query"] = understood(values["page"], values.get("query", ""), self.instance.owner)
        return values


class SavedViewForm(_NamedByOwner):
    class Meta:
        model = SavedView
        fields = ["name", "is_default", "is_shared"]
        help_texts = {
            "is_default": _("Die Seite öffnet sich dann mit diesen Filtern."),
            "is_shared": _("Alle mit Konto finden die Ansicht dann über ihren Listen."),
        }

    def save_over_read_version(self, *, by: Any) -> Versioned:
        """A conflict leaves the owner's other default as it is, too."""
        with transaction.atomic():
            if self.cleaned_data["is_default"]:
                make_room_for_default(view=self.instance, by=by)
            return super().save_over_read_version(by=by)
