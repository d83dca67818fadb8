"""Form controls that every app uses."""

from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def date_input() -> forms.DateInput:
    """The browser's own date picker; it wants ISO dates whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ManyChecks(forms.CheckboxSelectMultiple):
    """A choice of many rows: those that are likely, or chosen, stand open, the others in a list that unfolds.

    Attributes:
        first: the keys of the likely ones.
    """

    MOST_OPEN: Final = 8

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first: Collection[Any] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        groups = self.get_context(name, value, attrs)["widget"]["optgroups"]
        options = [option for _label, members, _index in groups for option in members]
        likely = {str(key) for key in self.first}
        shown = [each for each in options if each["selected"] or str(each["value"]) in likely]
        if len(options) <= self.MOST_OPEN:
            shown = options
        folded = [each for each in options if each not in shown]
        context = {"shown": shown, "folded": folded}
        return render_to_string("components/_many_checks.html", context)


class MarkdownInput(forms.Textarea):
    """A text in Markdown: the form shows a preview and a help on formatting with it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})
