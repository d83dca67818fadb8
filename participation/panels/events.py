"""The next events, on the front page and on the page of a field."""

from typing import Any, Final

from fields.models import ActionField
from participation.models import Event
from smartregion.base.panels import register

MOST: Final = 3


@register(subject="home", key="events", order=20, template="participation/_events_panel.html")
def next_events(instance: None, user: Any) -> dict[str, Any] | None:
    return _panel(Event.objects.visible_to(user))


@register(subject="field", key="events", order=50, template="participation/_events_panel.html")
def next_events_of_field(field: ActionField, user: Any) -> dict[str, Any] | None:
    return _panel(Event.objects.visible_to(user).of_field(field.slug), of_field=field)


def _panel(events: Any, **context: Any) -> dict[str, Any] | None:
    coming = list(events.next_of_each_series().taking_place().with_counts().select_related("field")[:MOST])
    return {"events": coming, **context} if coming else None
