"""Whose data are asked for."""

from django import forms
from django.utils.translation import gettext_lazy

from participation.open_forms import OpenForm


class AccessForm(OpenForm):
    email = forms.EmailField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
