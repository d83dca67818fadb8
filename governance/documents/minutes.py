"""The minutes (Niederschrift): who took part, what was said and resolved, item by item."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from governance.documents.content import Block, Document, Heading, Listing, Paragraph, Quote, Table
from governance.documents.text import plain_blocks
from governance.documents.words import day, day_time, notice_of, parts_of
from governance.models import (
    AgendaItem,
    Edition,
    FollowUp,
    Meeting,
    Minutes,
    Resolution,
)
from governance.presence import count_of
from network.models import Region


def minutes_of(minutes: Minutes, reader: Any, *, edition: str, moment: datetime) -> Document:
    """The minutes as they stand now; marked as a draft on each page until they are approved.

    Args:
        edition: of `Edition`; what the file contains is decided by `reader`.
    """
    meeting, region = minutes.meeting, Region.objects.get()
    blocks = [
        *_attendance(meeting),
        *_quorum(meeting),
        *(block for label, items in _parts(meeting, reader) for block in _part(label, items)),
        *_end(minutes),
    ]
    return Document(
        title=_("Niederschrift"),
        subtitle=meeting.title,
        author=region.coordination_office,
        moment=moment,
        edition=str(Edition(edition).label),
        facts=tuple(_facts(minutes, edition, moment)),
        mark="" if minutes.is_approved else _("Entwurf, nicht genehmigt"),
        notice=notice_of(region, is_example=meeting.is_example),
        blocks=tuple(blocks),
    )


def _facts(minutes: Minutes, edition: str, moment: datetime) -> Iterator[tuple[str, str]]:
    meeting = minutes.meeting
    yield _("Gremium"), meeting.committee.name
    yield _("Datum"), day(meeting.day)
    yield _("Beginn"), _clock(minutes.opened_at)
    yield _("Ende"), _clock(minutes.closed_at)
    yield _("Ort"), meeting.place or _("ohne Angabe")
    yield _("Sitzungsleitung"), minutes.chair or _("ohne Angabe")
    yield _("Schriftführung"), minutes.minute_taker or _("ohne Angabe")
    yield _("Fassung"), str(Edition(edition).label)
    if minutes.approved_on:
        yield _("Genehmigt"), day(minutes.approved_on)
    yield _("Stand"), day_time(moment)


def _clock(value: Any) -> str:
    return _("%s Uhr") % time_format(value, "H:i") if value else _("ohne Angabe")


def _attendance(meeting: Meeting) -> Iterator[Block]:
    yield Heading(_("Teilnahme"))
    rows = list(meeting.attendances.of_members().select_related("seat", "deputy"))
    if not rows:
        yield Paragraph(_("Die Teilnahme wurde nicht erfasst."))
        return
    header = (_("Funktion"), _("Gruppe"), _("Teilnahme"), _("vertreten durch"))
    texts = (
        (
            row.seat.function,
            row.seat.get_group_display(),
            row.get_state_display(),
            row.deputy.function if row.deputy else "–",
        )
        for row in rows
    )
    yield Table(_("Teilnehmende nach Funktion"), header, tuple(texts))


def _quorum(meeting: Meeting) -> Iterator[Block]:
    yield Heading(_("Beschlussfähigkeit"))
    if not meeting.attendances.of_members().exists():
        yield Paragraph(_("Ohne erfasste Teilnahme lässt sich die Beschlussfähigkeit nicht feststellen."))
        return
    count = count_of(meeting)
    sentence = (
        _("Das Gremium war beschlussfähig: %(present)s von %(voting)s Stimmberechtigten anwesend.")
        if count.is_quorate
        else _("Das Gremium war nicht beschlussfähig: %(present)s von %(voting)s Stimmberechtigten anwesend.")
    )
    yield Paragraph(sentence % {"present": count.present, "voting": count.entitled})
    yield Paragraph(meeting.committee.get_quorum_display(), _("Regel"))


def _parts(meeting: Meeting, reader: Any) -> list[tuple[str, list[AgendaItem]]]:
    follow_ups = Prefetch("follow_ups", FollowUp.objects.visible_to(reader))
    resolutions = Resolution.objects.visible_to(reader).order_by("pk").prefetch_related(follow_ups)
    items = AgendaItem.objects.visible_to(reader).filter(meeting=meeting)
    return parts_of(items.prefetch_related(Prefetch("resolutions", resolutions)))


def _part(label: str, items: list[AgendaItem]) -> Iterator[Block]:
    yield Heading(label)
    for item in items:
        yield Heading(str(item), 2)
        yield from plain_blocks(item.minutes) or [Paragraph(_("Dazu ist nichts festgehalten."))]
        for resolution in item.resolutions.all():
            yield from _resolution(resolution)


def _resolution(resolution: Resolution) -> Iterator[Block]:
    yield Heading(_("Beschluss %s") % resolution, 3)
    yield Quote(resolution.wording)
    yield Paragraph(resolution.get_outcome_display(), _("Ergebnis"))
    yield Paragraph(resolution.vote or _("ohne Angabe"), _("Abstimmung"))
    if tasks := [_task(row) for row in resolution.follow_ups.all()]:
        yield Paragraph("", _("Aufträge"))
        yield Listing(tuple(tasks))


def _task(row: FollowUp) -> str:
    parts = [row.what, row.responsible, _("bis %s") % day(row.due_on) if row.due_on else ""]
    return ", ".join(filter(None, parts))


def _end(minutes: Minutes) -> Iterator[Block]:
    yield Heading(_("Schluss der Sitzung"))
    yield Paragraph(_clock(minutes.closed_at), _("Ende"))
    yield Table(_("Unterschriften"), (_("Sitzungsleitung"), _("Schriftführung")), (("", ""),))
