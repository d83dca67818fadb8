"""What the forms of committees share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from smartregion.base.editing import VersionedModelForm


class RecordForm(VersionedModelForm):
    """Adds or edits: a new row has neither a version that was read nor a reason for its change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"], self.fields["reason_for_change"]


class ReasonForm(forms.Form):
    """Asks before something is taken away or back."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Grund"), max_length=300, help_text=gettext_lazy("Steht im Verlauf.")
    )
