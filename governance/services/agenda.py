"""The verbs of an agenda."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, F, Max, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Meeting
from governance.models.approved import APPROVED
from smartregion.base.history import recorded, restore_deleted

ITEM_GONE = gettext_lazy("Diesen Tagesordnungspunkt gibt es nicht mehr.")


def add_item(*, item: AgendaItem, by: Any, reason: str = "") -> AgendaItem:
    """Put an item at the end of its meeting's agenda."""
    with recorded(by=by, reason=reason):
        lock_meeting(item)
        item.number = _number_at_the_end(item)
        item.save()
    return item


def move_item(*, item: AgendaItem, upwards: bool, by: Any) -> bool:
    """Let an item change numbers with its neighbour. False if it is the first or last already.

    Raises:
        ValidationError: the item was removed meanwhile.
    """
    with recorded(by=by, reason=_("Tagesordnung umgestellt")):
        lock_meeting(item)
        refresh(item)
        others = AgendaItem.objects.filter(meeting=item.meeting_id)
        neighbour = (
            others.filter(number__lt=item.number).order_by("-number")
            if upwards
            else others.filter(number__gt=item.number).order_by("number")
        ).first()
        if neighbour is None:
            return False
        others.filter(pk__in=[item.pk, neighbour.pk]).update(
            number=Case(When(pk=item.pk, then=Value(neighbour.number)), default=Value(item.number)),
            version=F("version") + 1,
        )
        item.refresh_from_db()
    return True


def remove_item(*, item: AgendaItem, version: int | None, by: Any, reason: str = "") -> None:
    """Take an item off the agenda; the numbers of the others stay, since people refer to them.

    Raises:
        ValidationError: something was resolved on it.
        EditConflict: someone changed the item meanwhile.
    """
    with recorded(by=by, reason=reason):
        lock_meeting(item)
        if item.resolutions.exists():
            raise ValidationError(
                _("Zu diesem Tagesordnungspunkt gibt es einen Beschluss; er bleibt deshalb stehen.")
            )
        item.delete_over(version)


def restore_item(*, pk: int, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a removed item back under its number, or at the end where that number was given away.

    Raises:
        ObjectDoesNotExist: no such item of the meeting was removed.
    """

    def place(item: AgendaItem) -> None:
        if AgendaItem.objects.filter(meeting=meeting, number=item.number).exists():
            item.number = _number_at_the_end(item)

    with recorded(by=by):
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        item: AgendaItem = restore_deleted(AgendaItem, pk, by=by, adjust=place, meeting_id=meeting.pk)
    return item


def lock_meeting(item: AgendaItem) -> Meeting:
    """Keep the meeting and its agenda as they are until the end of the transaction.

    Raises:
        ValidationError: its minutes are approved.
    """
    meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
    if meeting.status == Meeting.Status.MINUTES_APPROVED:
        raise ValidationError(APPROVED)
    return meeting


def refresh(item: AgendaItem) -> None:
    try:
        item.refresh_from_db()
    except AgendaItem.DoesNotExist:
        raise ValidationError(str(ITEM_GONE)) from None


def _number_at_the_end(item: AgendaItem) -> int:
    last = AgendaItem.objects.filter(meeting=item.meeting_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
