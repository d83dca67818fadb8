"""Form controls that every app uses."""

from typing import Any

from django import forms


def date_input() -> forms.DateInput:
    """The browser's own date picker; it wants ISO dates whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MarkdownInput(forms.Textarea):
    """A text in Markdown: the form shows a preview and a help on formatting with it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})
