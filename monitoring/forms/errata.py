"""The form that declares an erratum."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smartregion.base.fields import LONG, UnclippedField


class ErratumForm(forms.Form):
    text = UnclippedField(
        label=_("Berichtigung"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Sagen Sie, welche Angabe falsch ist, wo sie steht und wie sie richtig lautet."),
        error_messages={"required": _("Bitte sagen Sie, was zu berichtigen ist.")},
    )
