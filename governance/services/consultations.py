"""The verbs of a paper's way from station to station."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, F, Max, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Consultation, Meeting, Paper
from governance.models.resolution import OPENNESS
from governance.services.agenda import add_item
from smartregion.base.history import recorded
from smartregion.base.undo import restore_deleted

STATION_GONE = gettext_lazy("Diese Station gibt es nicht mehr.")
STAYS_LAST = gettext_lazy("Die letzte Station entscheidet; sie bleibt am Ende.")


def add_station(*, station: Consultation, by: Any, reason: str = "") -> Consultation:
    """Put a station at the end of its paper's way, but before the one that decides.

    Raises:
        ValidationError: another one decides already, or the agenda item is a foreign one.
    """
    with recorded(by=by, reason=reason):
        _lock(station.paper_id)
        station.clean()
        _place(station)
        station.save()
    return station


def move_station(*, station: Consultation, upwards: bool, by: Any) -> bool:
    """Let a station change places with its neighbour. False if it is the first or last already.

    Raises:
        ValidationError: it or its neighbour decides, or it was removed meanwhile.
    """
    with recorded(by=by, reason=_("Beratungsfolge umgestellt")):
        _lock(station.paper_id)
        way = Consultation.objects.filter(paper=station.paper_id)
        current = way.filter(pk=station.pk).first()
        if current is None:
            raise ValidationError(str(STATION_GONE))
        neighbour = (
            way.filter(position__lt=current.position).last()
            if upwards
            else way.filter(position__gt=current.position).first()
        )
        if neighbour is None:
            return False
        if current.decides or neighbour.decides:
            raise ValidationError(str(STAYS_LAST))
        way.filter(pk__in=[current.pk, neighbour.pk]).update(
            position=Case(
                When(pk=current.pk, then=Value(neighbour.position)), default=Value(current.position)
            ),
            version=F("version") + 1,
        )
    return True


def remove_station(*, station: Consultation, version: int | None, by: Any, reason: str = "") -> None:
    """Take a station off the way.

    Raises:
        ValidationError: its committee has resolved something there.
        EditConflict: someone changed the station meanwhile.
        ObjectDoesNotExist: someone removed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        _lock(station.paper_id)
        if station.item and station.item.resolutions.exists():
            raise ValidationError(_("An dieser Station gibt es einen Beschluss; sie bleibt deshalb stehen."))
        station.delete_over(version)


def restore_station(*, pk: int, paper: Paper, by: Any) -> Consultation:
    """Put a removed station back in its place, or where a new one would stand if that is taken.

    Raises:
        ObjectDoesNotExist: no such station of the paper was removed.
        IntegrityError: another one decides by now, or the agenda item no longer fits.
    """

    def place(station: Consultation) -> None:
        way = Consultation.objects.filter(paper=paper)
        taken = way.filter(position=station.position)
        after = way.filter(position__gt=station.position) if station.decides else way.none()
        before = way.filter(position__lt=station.position, role=Consultation.Role.DECIDE)
        if (taken | after | before).exists():
            _place(station)

    with recorded(by=by):
        _lock(paper.pk)
        station: Consultation = restore_deleted(Consultation, pk, by=by, adjust=place, paper_id=paper.pk)
    return station


def put_on_agenda(*, station: Consultation, meeting: Meeting, by: Any) -> AgendaItem:
    """Let the station's committee deal with the paper in a meeting: the item that has it, or a new one.

    Raises:
        ValidationError: the station is gone or has an item, or the meeting is past or another committee's.
    """
    with recorded(by=by, reason=_("Auf die Tagesordnung gesetzt")):
        _lock(station.paper_id)
        current = Consultation.objects.filter(pk=station.pk).select_related("paper").first()
        if current is None:
            raise ValidationError(str(STATION_GONE))
        if current.item_id:
            raise ValidationError(_("Diese Station steht schon auf einer Tagesordnung."))
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting.committee_id != current.committee_id or not Meeting.objects.upcoming().contains(meeting):
            raise ValidationError(_("Bitte wählen Sie eine kommende Sitzung dieses Gremiums."))
        there = meeting.items.filter(paper=current.paper, consultation=None).first()
        item = there or add_item(item=_item_for(current.paper, meeting), by=by)
        current.item = item
        current.save_over(current.version)
    return item


def _item_for(paper: Paper, meeting: Meeting) -> AgendaItem:
    """No more visible than the paper and the meeting."""
    visibility = min(paper.visibility, meeting.visibility, key=OPENNESS.index)
    title: Any = AgendaItem._meta.get_field("title")
    return AgendaItem(
        meeting=meeting, paper=paper, title=paper.title[: title.max_length], visibility=visibility
    )


def _lock(paper: int) -> None:
    """Keep the way of a paper as it is until the end of the transaction."""
    Paper.objects.select_for_update().get(pk=paper)


def _place(station: Consultation) -> None:
    """Give a station the last place, or that of the one which decides and moves on by one."""
    way = Consultation.objects.filter(paper=station.paper_id)
    decides = way.filter(role=Consultation.Role.DECIDE).first()
    if decides is None or station.decides:
        station.position = (way.aggregate(last=Max("position"))["last"] or 0) + 1
        return
    station.position = decides.position
    way.filter(pk=decides.pk).update(position=F("position") + 1)
