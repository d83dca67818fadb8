"""The form of a prerequisite."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from measures.models import Measure, Prerequisite


class PrerequisiteForm(forms.ModelForm[Prerequisite]):
    class Meta:
        model = Prerequisite
        fields = ["required", "stage", "note"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Measure.objects.visible_to(user).exclude(pk=self.instance.measure_id)
        self.fields["required"].queryset = others  # type: ignore[attr-defined]
        self.fields["required"].empty_label = _("Bitte wählen")  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The measure is no field here, but part of what makes a prerequisite unique."""
        return super()._get_validation_exclusions() - {"measure"}  # type: ignore[misc]
