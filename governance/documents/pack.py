"""The meeting pack (Sitzungsmappe): what a reader needs in the meeting, by what that reader may see."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import automatic
from governance.documents.changes import change_blocks
from governance.documents.content import Block, Document, Heading, Listing, Paragraph, Quote, Table
from governance.documents.text import markdown_blocks, plain_blocks, shortened
from governance.documents.words import amount, day, day_time, notice_of, parts_of
from governance.models import AgendaItem, FollowUp, Meeting, Paper
from measures.models import Measure
from network.models import Region

MOST_FACTS: Final = 6_000
"""Characters of a paper's facts that the pack prints; about two pages."""

SECTIONS: Final[dict[str, Any]] = {
    AgendaItem.Kind.CONTROL: gettext_lazy("Beschlusskontrolle"),
    AgendaItem.Kind.RED_MEASURES: gettext_lazy("Maßnahmen mit roter Ampel"),
}
"""The sections of the pack that hold the matter of an automatic item."""


def pack_of(meeting: Meeting, reader: Any, *, edition: str, moment: datetime) -> Document:
    """Compile the pack as of now; `moment` says when that was.

    Args:
        edition: what the file calls itself; what it contains is decided by `reader` alone.
    """
    region = Region.objects.get()
    papers = Paper.objects.visible_to(reader).select_related("committee")
    items = list(
        AgendaItem.objects.visible_to(reader)
        .filter(meeting=meeting)
        .select_related("meeting__committee")
        .prefetch_related(Prefetch("paper", papers))
    )
    parts = parts_of(items)
    measures = list(Measure.objects.visible_to(reader).filter(light=Measure.Light.RED).order_by("no"))
    blocks = [
        *_agenda(parts),
        *(block for label, group in parts for block in _part(label, group, reader)),
        *_control(meeting, reader),
        *_changes(meeting, reader),
        *_red_measures(measures),
    ]
    is_example = meeting.is_example or any(measure.is_example for measure in measures)
    return Document(
        title=_("Sitzungsmappe"),
        subtitle=meeting.title,
        author=region.coordination_office,
        moment=moment,
        edition=edition,
        facts=(
            (_("Gremium"), meeting.committee.name),
            (_("Termin"), day_time(meeting.starts_at)),
            (_("Ort"), meeting.place or _("ohne Angabe")),
            (_("Fassung"), edition),
            (_("Stand"), day_time(moment)),
        ),
        notice=notice_of(region, is_example=is_example),
        blocks=tuple(blocks),
    )


def _agenda(parts: list[tuple[str, list[AgendaItem]]]) -> Iterator[Block]:
    yield Heading(_("Tagesordnung"))
    if not parts:
        yield Paragraph(_("Es ist keine Tagesordnung veröffentlicht."))
    for label, items in parts:
        rows = tuple((str(item.number), item.title, _paper_name(item.paper)) for item in items)
        yield Table(label, (_("TOP"), _("Titel"), _("Vorlage")), rows)


def _paper_name(paper: Paper | None) -> str:
    return (paper.number or paper.title) if paper else "–"


def _part(label: str, items: Iterable[AgendaItem], reader: Any) -> Iterator[Block]:
    yield Heading(label)
    for item in items:
        yield Heading(str(item), 2)
        yield from plain_blocks(item.text)
        yield from _gathered(item, reader)
        if item.paper:
            yield from _paper(item, item.paper)


def _gathered(item: AgendaItem, reader: Any) -> Iterator[Block]:
    """The matter of an automatic item, or in which section it stands."""
    gathering = automatic.of(item)
    if item.kind in SECTIONS:
        yield Paragraph(_("Siehe den Abschnitt „%s“.") % SECTIONS[item.kind])
    elif gathering and (entries := gathering.entries(item.meeting, reader)):
        yield Listing(tuple(gathering.in_words(entry) for entry in entries))


def _paper(item: AgendaItem, paper: Paper) -> Iterator[Block]:
    yield Heading(" ".join(filter(None, [paper.get_kind_display(), paper.number])) + f": {paper.title}", 3)
    if paper.originator:
        yield Paragraph(paper.originator, _("Urheber"))
    if paper.dated:
        yield Paragraph(day(paper.dated), _("Datum"))
    if paper.cost is not None or paper.cost_note:
        yield Paragraph(", ".join(filter(None, [amount(paper.cost), paper.cost_note])), _("Kosten"))
    if paper.body:
        yield Heading(_("Sachdarstellung"), 4)
        facts = shortened(paper.body, MOST_FACTS)
        yield from markdown_blocks(facts, below=4)
        if facts != paper.body:
            yield Paragraph(
                _("Hier gekürzt; vollständig steht die Sachdarstellung in der Vorlage im Portal.")
            )
    if paper.proposed_resolution:
        yield Heading(_("Beschlussvorschlag"), 4)
        yield Quote(paper.proposed_resolution)
        header = (_("Ja"), _("Nein"), _("Enthaltungen"), _("Ergebnis"))
        yield Table(_("Abstimmung zu TOP %s") % item.number, header, (("", "", "", ""),))


def _control(meeting: Meeting, reader: Any) -> Iterator[Block]:
    """Each follow-up of earlier resolutions that the committee has not noted as done."""
    yield Heading(str(SECTIONS[AgendaItem.Kind.CONTROL]))
    follow_ups = FollowUp.objects.visible_to(reader).with_resolution().to_be_checked_in(meeting)
    rows = tuple(_open_row(follow_up) for follow_up in follow_ups)
    if not rows:
        yield Paragraph(_("Es ist kein früherer Beschluss offen."))
        return
    header = (_("Beschluss"), _("vom"), _("Auftrag"), _("zuständig"), _("bis"), _("Stand"))
    yield Table(_("Offene Beschlüsse"), header, rows)


def _open_row(follow_up: FollowUp) -> tuple[str, ...]:
    return (
        str(follow_up.resolution),
        day(follow_up.resolution.resolved_on),
        follow_up.what,
        follow_up.responsible or "–",
        day(follow_up.due_on) if follow_up.due_on else "–",
        _("gemeldet") if follow_up.reported_on else _("offen"),
    )


def _changes(meeting: Meeting, reader: Any) -> Iterator[Block]:
    yield Heading(_("Was sich seit der letzten Sitzung geändert hat"))
    last = Meeting.objects.visible_to(reader).held_before(meeting)
    if last is None:
        yield Paragraph(_("Es gibt keine frühere Sitzung, seit der sich etwas geändert haben könnte."))
        return
    yield Paragraph(
        _("%(title)s am %(day)s") % {"title": last.title, "day": day(last.day)}, _("Letzte Sitzung")
    )
    yield from change_blocks(reader, last.starts_at)


def _red_measures(measures: list[Measure]) -> Iterator[Block]:
    yield Heading(str(SECTIONS[AgendaItem.Kind.RED_MEASURES]))
    if not measures:
        yield Paragraph(_("Keine Ampel steht auf Rot."))
        return
    rows = tuple((str(measure), measure.light_reason, measure.needed_decision or "–") for measure in measures)
    heads = (_("Maßnahme"), _("Begründung"), _("Entscheidungsbedarf"))
    yield Table(_("Rote Ampeln mit Begründung"), heads, rows)
