"""The verbs of a backlog (Themenspeicher)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.models import AgendaItem, Meeting, Resolution, Topic
from governance.services.agenda import add_item, lock_meeting
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict


def put_on_agenda(*, topic: Topic, meeting: Meeting, version: int | None, by: Any) -> AgendaItem:
    """Make an item of a topic, at the end of its part of the meeting's agenda.

    Raises:
        ValidationError: the topic is on an agenda already, or the agenda is fixed or another committee's.
        EditConflict: someone changed the topic meanwhile.
    """
    item = AgendaItem(
        meeting=meeting,
        title=topic.title,
        text=topic.text,
        paper=topic.paper,
        visibility=topic.visibility,
    )
    with recorded(by=by, reason=_("Auf die Tagesordnung gesetzt: %s") % meeting.title):
        meeting = lock_meeting(item)
        topic = Topic.objects.select_for_update().get(pk=topic.pk)
        if topic.item_id:
            raise ValidationError(_("Dieses Thema steht schon auf einer Tagesordnung."))
        if topic.version != version:
            raise EditConflict(topic)
        if meeting.committee_id != topic.committee_id or not meeting.agenda_is_open:
            raise ValidationError(_("Die Tagesordnung dieser Sitzung nimmt das Thema nicht mehr auf."))
        topic.item = add_item(item=item, by=by)
        topic.save_over(version)
    return item


def remove_topic(*, topic: Topic, version: int | None, by: Any, reason: str = "") -> None:
    """Take a topic out of the backlog; an item that was made of it stays on its agenda.

    Raises:
        EditConflict: someone changed the topic meanwhile.
    """
    with recorded(by=by, reason=reason):
        topic.delete_over(version)


def return_to_backlog(*, resolution: Resolution, by: Any) -> None:
    """What was postponed waits again: the item's topics, or else a new one made of the item.

    Automatic items need no topic, for they return by themselves.
    """
    item = resolution.item
    if resolution.outcome != Resolution.Outcome.POSTPONED or item is None or item.kind != item.Kind.TOPIC:
        return
    with recorded(by=by, reason=_("Vertagt: %s") % resolution.number):
        topics = list(item.topics.select_for_update())
        for topic in topics:
            topic.item = None
            topic.save_over(topic.version)
        waiting = Topic.objects.waiting().filter(committee=resolution.committee, title=item.title)
        if not topics and not waiting.exists():
            Topic.objects.create(
                committee=resolution.committee,
                title=item.title,
                text=item.text,
                paper=item.paper,
                visibility=item.visibility,
                is_example=item.meeting.is_example,
            )
