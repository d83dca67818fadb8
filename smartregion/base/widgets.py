"""Form controls that every app uses."""

from django import forms


def date_input() -> forms.DateInput:
    """The browser's own date picker; it wants ISO dates whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
