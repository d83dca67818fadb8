"""Panels: what other apps have to say on the page of a subject, without its app knowing them.

An app registers a panel in its `panels.py`; the subject's page asks for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Loader = Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """`load(subject, user)` gives the template's context, or None where the user gets no panel.

    `jump` is the anchor of its heading and what a link to it says, on pages with ways within themselves.
    """

    subject: str
    key: str
    order: int
    template: str
    load: Loader
    jump: tuple[str, Any] | None = None


_panels: dict[tuple[str, str], Panel] = {}


def register(
    *, subject: str, key: str, order: int, template: str, jump: tuple[str, Any] | None = None
) -> Callable[[Loader], Loader]:
    """Decorator for a panel's loader. `subject` is one of "home", "concept", "field", "measure",
    "municipality"."""

    def add(load: Loader) -> Loader:
        _panels[subject, key] = Panel(subject, key, order, template, load, jump)
        return load

    return add


def panels_for(subject: str, instance: Any, user: Any) -> list[dict[str, Any]]:
    """The panels of one page, in their order, each as a context with `template`, `key` and `jump`."""
    chosen = sorted((panel for panel in _panels.values() if panel.subject == subject), key=lambda p: p.order)
    contexts = ((panel, panel.load(instance, user)) for panel in chosen)
    return [
        {**context, "template": panel.template, "key": panel.key, "jump": panel.jump}
        for panel, context in contexts
        if context is not None
    ]
