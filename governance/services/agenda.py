"""The verbs of an agenda."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import automatic
from governance.models import AgendaItem, Consultation, Meeting, Topic
from governance.models.agenda import AT_THE_END, arrange, note_change
from governance.models.agenda import lock_meeting as lock
from smartregion.base.history import event_model, recorded
from smartregion.base.undo import restore_deleted

ITEM_GONE = gettext_lazy("Diesen Tagesordnungspunkt gibt es nicht mehr.")
FIXED = gettext_lazy("Diese Tagesordnung steht fest; ihre Nummern ändern sich nicht mehr.")
ORDER_CHANGED = gettext_lazy(
    "Inzwischen hat jemand anderes die Tagesordnung geändert. Hier steht sie, wie sie jetzt ist; Ihre "
    "Reihenfolge wurde nicht übernommen."
)


def add_item(*, item: AgendaItem, by: Any, reason: str = "") -> AgendaItem:
    """Put an item at the end of its part of the agenda, also once the meeting was held."""
    with recorded(by=by, reason=reason):
        lock_meeting(item)
        item.number = AT_THE_END
        item.take_place()
        item.save(force_insert=True)
    return item


def prepare_agenda(*, meeting: Meeting, by: Any) -> list[AgendaItem]:
    """Add every automatic item that applies and that the agenda does not have yet.

    Raises:
        ValidationError: the agenda is fixed.
    """
    with recorded(by=by, reason=_("Tagesordnung vorbereitet")):
        meeting = lock(meeting.pk)
        _check_open(meeting)
        missing = missing_kinds(meeting)
        return [add_item(item=automatic.new_item(kind, meeting), by=by) for kind in missing]


def prepare_new_agendas(*, meetings: Sequence[Meeting], by: Any) -> None:
    """Of new meetings of a series that are to come: what applies to the first of them applies to all."""
    if not meetings:
        return
    first, *others = meetings
    with recorded(by=by, reason=_("Tagesordnung vorbereitet")):
        prepare_agenda(meeting=first, by=by)
        items = list(first.items.all())
        copied = ("kind", "number", "title", "visibility")
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=meeting, **{name: getattr(item, name) for name in copied})
            for meeting in others
            for item in items
        )


def missing_kinds(meeting: Meeting) -> list[automatic.Automatic]:
    """The automatic items that apply and that the agenda does not have yet."""
    there = set(meeting.items.values_list("kind", flat=True))
    return [kind for kind in automatic.kinds() if kind.kind not in there and kind.applies(meeting)]


def reorder(*, meeting: Meeting, order: Sequence[int], read: Sequence[int], by: Any) -> None:
    """Let the items follow one another in this order; each stays in its part.

    Args:
        read: the items in the order from which the new one was made.

    Raises:
        ValidationError: the agenda is fixed, or no longer the one that was read.
    """
    with recorded(by=by, reason=_("Tagesordnung umgestellt")):
        meeting = lock(meeting.pk)
        _check_open(meeting)
        items = list(meeting.items.all())
        if [item.pk for item in items] != list(read) or sorted(order) != sorted(read):
            raise ValidationError(str(ORDER_CHANGED))
        places = {pk: place for place, pk in enumerate(order)}
        moved = arrange(sorted(items, key=lambda item: places[item.pk]))
        note_change(meeting, moved)


def move_item(*, item: AgendaItem, upwards: bool, by: Any) -> bool:
    """Let an item change places with its neighbour. False if it is the first or last of its part already.

    Raises:
        ValidationError: the item was removed meanwhile, or the agenda is fixed.
    """
    with recorded(by=by):
        meeting = lock_meeting(item)
        refresh(item)
        items = list(meeting.items.all())
        part = [other.pk for other in items if other.part == item.part]
        place = part.index(item.pk)
        if not 0 <= place + (-1 if upwards else 1) < len(part):
            _check_open(meeting)
            return False
        neighbour = part[place - 1 if upwards else place + 1]
        swap = {item.pk: neighbour, neighbour: item.pk}
        read = [other.pk for other in items]
        reorder(meeting=meeting, order=[swap.get(pk, pk) for pk in read], read=read, by=by)
        item.refresh_from_db()
    return True


def remove_item(*, item: AgendaItem, version: int | None, by: Any, reason: str = "") -> None:
    """Take an item off the agenda; its topic waits again, and in an open agenda the others close up.

    Raises:
        ValidationError: something was resolved on it.
        EditConflict: someone changed the item meanwhile.
    """
    with recorded(by=by, reason=reason):
        meeting = lock_meeting(item)
        if item.resolutions.exists():
            raise ValidationError(
                _("Zu diesem Tagesordnungspunkt gibt es einen Beschluss; er bleibt deshalb stehen.")
            )
        item.delete_over(version)
        if meeting.agenda_is_open:
            arrange(meeting.items.all())
        note_change(meeting, [item])


def restore_item(*, pk: int, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a removed item back where it stood, or at the end where its number was given away for good.

    Topics and stations of papers that were on it and still wait come along.

    Raises:
        ObjectDoesNotExist: no such item of the meeting was removed.
    """
    with recorded(by=by):
        lock(meeting.pk)
        item: AgendaItem = restore_deleted(
            AgendaItem, pk, by=by, adjust=AgendaItem.take_place, meeting_id=meeting.pk
        )
        once = event_model(Topic)._base_manager.filter(item_id=pk).values("pgh_obj_id")
        Topic.objects.waiting().filter(pk__in=once).update(item=item, version=F("version") + 1)
        stations = event_model(Consultation)._base_manager.filter(item_id=pk).values("pgh_obj_id")
        waiting = Consultation.objects.filter(pk__in=stations, item=None, paper=item.paper_id)
        waiting.update(item=item, version=F("version") + 1)
    return item


def lock_meeting(item: AgendaItem) -> Meeting:
    return lock(item.meeting_id)


def refresh(item: AgendaItem) -> None:
    try:
        item.refresh_from_db()
    except AgendaItem.DoesNotExist:
        raise ValidationError(str(ITEM_GONE)) from None


def _check_open(meeting: Meeting) -> None:
    if not meeting.agenda_is_open:
        raise ValidationError(str(FIXED))
