"""The objects of OParl 1.1, each from one row that everybody may read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import localtime

from governance.documents.files import IN_ADDRESS, WRITERS, file_name
from governance.models import (
    AgendaItem,
    Committee,
    Consultation,
    Edition,
    Meeting,
    Minutes,
    MinutesFile,
    Paper,
    PaperFile,
    Resolution,
    Seat,
    Term,
)
from governance.oparl.catalogue import COUNTY, Catalogue
from governance.oparl.life import Life
from smartregion.base.uploads import KINDS

ROOT = "/oparl/v1"
SCHEMA = "https://schema.oparl.org/1.1/"
EXAMPLE = "smartregion:isExample"
STATES = {Meeting.Status.PLANNED: "terminiert", Meeting.Status.INVITED: "eingeladen"}
ORGANIZATION_TYPES = {
    Committee.Kind.COUNCIL: "Hauptorgan",
    Committee.Kind.MUNICIPAL_COUNCIL: "Hauptorgan",
    Committee.Kind.COUNTY_COMMITTEE: "Gremium",
}
OTHER = "Sonstiges"
TYPE_OF = {"Protocol": "File"}
"""Minutes are files as attachments are, with addresses of their own: both have numbers from 1 on."""


def address(*path: object) -> str:
    return "/".join([f"{settings.PORTAL_URL}{ROOT}", *map(str, path)])


def page(row: Any) -> str:
    return f"{settings.PORTAL_URL}{row.get_absolute_url()}"


def moment(value: datetime | None) -> str | None:
    return localtime(value).isoformat(timespec="seconds") if value else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def told(word: str, key: object, life: Life, **values: Any) -> dict[str, Any]:
    """An object with its times; what has no value is left out, as the specification recommends."""
    found = {"id": address(word.lower(), key), "type": f"{SCHEMA}{TYPE_OF.get(word, word)}"}
    found |= {name: value for name, value in values.items() if value not in (None, "", [], {})}
    return found | {"created": moment(life.created), "modified": moment(life.modified)}


def tombstone(word: str, key: object, life: Life) -> dict[str, Any]:
    return {**told(word, key, life), "deleted": True}


def example(is_example: bool) -> dict[str, bool]:
    return {EXAMPLE: True} if is_example else {}


def body(key: str, catalogue: Catalogue) -> dict[str, Any]:
    region = catalogue.region
    here = [pk for pk in catalogue.lives(Term) if catalogue.body_of(catalogue.committee_of(Term, pk)) == key]
    catalogue.load(Term, here)
    if key == COUNTY:
        names = {"name": region.name, "ags": region.key, "website": region.website}
    else:
        place = next(place for place in catalogue.municipalities.values() if place.ags == key)
        names = {"name": place.official_name, "shortName": place.name, "ags": key, "rgs": place.ars}
        names["website"] = place.website
    lists = {word: address("body", key, word) for word in BODY_LISTS}
    terms = [legislative_term(pk, catalogue) for pk in here if catalogue.is_open(Term, pk)]
    values = {"system": address("system"), **names, **lists, "contactName": region.coordination_office}
    return {**told("Body", key, catalogue.bodies[key], **values), "legislativeTerm": terms}


def legislative_term(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: Term = catalogue.row(Term, pk)
    return told(
        "LegislativeTerm",
        pk,
        _life(catalogue, Term, pk),
        body=address("body", catalogue.body_of(row.committee_id)),
        name=row.name,
        startDate=day(row.starts_on),
        endDate=day(row.ends_on),
    )


def organization(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: Committee = catalogue.row(Committee, pk)
    members = catalogue.children(Seat, "committee_id", pk)
    return told(
        "Organization",
        pk,
        _life(catalogue, Committee, pk),
        body=address("body", catalogue.body_of(pk)),
        name=row.name,
        organizationType=ORGANIZATION_TYPES.get(Committee.Kind(row.kind), OTHER),
        classification=row.get_kind_display(),
        subOrganizationOf=_reference(catalogue, "organization", Committee, row.parent_id),
        membership=[address("membership", member) for member in members],
        meeting=address("organization", pk, "meeting"),
        consultation=address("organization", pk, "consultation"),
        web=page(row),
    )


def person(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    """A seat's function in the place of a name: the account behind it is nobody's business."""
    row: Seat = catalogue.row(Seat, pk)
    return told(
        "Person",
        pk,
        _life(catalogue, Seat, pk),
        body=address("body", catalogue.body_of(row.committee_id)),
        name=row.function,
        membership=[membership(pk, catalogue)],
        web=page(row),
        **example(row.is_example),
    )


def membership(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: Seat = catalogue.row(Seat, pk)
    return told(
        "Membership",
        pk,
        _life(catalogue, Seat, pk),
        person=address("person", pk),
        organization=address("organization", row.committee_id),
        role=_role(row),
        votingRight=row.votes,
        startDate=day(row.starts_on),
        endDate=day(row.ends_on),
        **example(row.is_example),
    )


def _role(seat: Seat) -> str:
    if seat.is_chair:
        return "Vorsitz"
    if seat.is_deputy_chair:
        return "stellvertretender Vorsitz"
    return "Stellvertretung" if seat.deputy_for_id else "Mitglied"


def meeting(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    """Who takes part in a meeting is not told."""
    row: Meeting = catalogue.row(Meeting, pk)
    items = sorted(catalogue.rows(AgendaItem, "meeting_id", pk), key=lambda item: item.number)
    return told(
        "Meeting",
        pk,
        _life(catalogue, Meeting, pk),
        name=row.title,
        meetingState=STATES.get(Meeting.Status(row.status), "durchgeführt")
        if row.status != Meeting.Status.CANCELLED
        else None,
        cancelled=row.status == Meeting.Status.CANCELLED,
        start=moment(row.starts_at),
        end=moment(row.ends_at),
        location=location(pk, catalogue) if row.place else None,
        organization=[address("organization", row.committee_id)],
        resultsProtocol=next(
            (protocol(row.pk, catalogue) for row in catalogue.rows(Minutes, "meeting_id", pk)), None
        ),
        agendaItem=[agenda_item(item.pk, catalogue) for item in items],
        web=page(row),
        **example(row.is_example),
    )


def location(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    """Where a meeting takes place; it has the meeting's key and times."""
    row: Meeting = catalogue.row(Meeting, pk)
    return told(
        "Location",
        pk,
        catalogue.lives(Meeting)[pk],
        description=row.place,
        bodies=[address("body", catalogue.body_of(row.committee_id))],
        meetings=[address("meeting", pk)],
        **example(row.is_example),
    )


def agenda_item(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: AgendaItem = catalogue.row(AgendaItem, pk)
    resolutions: list[Resolution] = catalogue.rows(Resolution, "item_id", pk)
    stations = catalogue.children(Consultation, "item_id", pk)
    is_example = row.meeting.is_example or any(resolution.is_example for resolution in resolutions)
    return told(
        "AgendaItem",
        pk,
        _life(catalogue, AgendaItem, pk),
        meeting=address("meeting", row.meeting_id),
        number=str(row.number),
        order=row.number,
        name=row.title,
        public=True,
        consultation=address("consultation", stations[0]) if stations else None,
        result="; ".join(dict.fromkeys(str(resolution.get_outcome_display()) for resolution in resolutions)),
        resolutionText="\n\n".join(resolution.wording for resolution in resolutions),
        web=page(row),
        **example(is_example),
    )


def paper(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: Paper = catalogue.row(Paper, pk)
    files = catalogue.rows(PaperFile, "paper_id", pk)
    stations = sorted(catalogue.rows(Consultation, "paper_id", pk), key=lambda station: station.position)
    related = [row.answers_id, *catalogue.children(Paper, "answers_id", pk)]
    return told(
        "Paper",
        pk,
        _life(catalogue, Paper, pk),
        body=address("body", catalogue.body_of(row.committee_id)),
        name=row.title,
        reference=row.number,
        date=day(row.dated),
        paperType=row.get_kind_display(),
        relatedPaper=[address("paper", other) for other in related if catalogue.is_open(Paper, other)],
        auxiliaryFile=[file(attachment.pk, catalogue) for attachment in files],
        consultation=[consultation(station.pk, catalogue) for station in stations],
        web=page(row),
        **example(row.is_example),
    )


def file(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: PaperFile = catalogue.row(PaperFile, pk)
    return told(
        "File",
        pk,
        _life(catalogue, PaperFile, pk),
        name=row.title,
        fileName=row.name,
        mimeType=KINDS[row.kind].content_type,
        date=day(localtime(row.uploaded_at).date()),
        size=row.size,
        accessUrl=address("file", pk, "content"),
        downloadUrl=address("file", pk, "content"),
        paper=[address("paper", row.paper_id)],
        web=page(row),
        **example(row.paper.is_example),
    )


def protocol(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    """The public edition of a meeting's sealed minutes."""
    row: Minutes = catalogue.row(Minutes, pk)
    (sealed,) = row.public_files  # type: ignore[attr-defined]
    return told(
        "Protocol",
        pk,
        _life(catalogue, Minutes, pk),
        name=str(row),
        fileName=public_name(row),
        mimeType=WRITERS[sealed.format].content_type,
        date=day(localtime(row.sealed_at).date()),
        size=sealed.size,
        accessUrl=address("protocol", pk, "content"),
        downloadUrl=address("protocol", pk, "content"),
        meeting=[address("meeting", row.meeting_id)],
        web=page(row),
        **example(row.meeting.is_example),
    )


def public_name(minutes: Minutes) -> str:
    edition, kind = IN_ADDRESS[Edition.PUBLIC], MinutesFile.Format.PDF
    return file_name("niederschrift", minutes.meeting, edition, file_format=kind)


def consultation(pk: int, catalogue: Catalogue) -> dict[str, Any]:
    row: Consultation = catalogue.row(Consultation, pk)
    item = row.item if catalogue.is_open(AgendaItem, row.item_id) else None
    return told(
        "Consultation",
        pk,
        _life(catalogue, Consultation, pk),
        paper=address("paper", row.paper_id),
        agendaItem=address("agendaitem", item.pk) if item else None,
        meeting=address("meeting", item.meeting_id) if item else None,
        organization=[address("organization", row.committee_id)],
        authoritative=row.role == Consultation.Role.DECIDE,
        role=row.get_role_display(),
        web=page(row),
        **example(row.paper.is_example),
    )


def _life(catalogue: Catalogue, model: type[models.Model], pk: int) -> Life:
    life = catalogue.life(model, pk)
    assert life is not None, f"{model} {pk} is told without having been open"  # noqa: S101
    return life


def _reference(catalogue: Catalogue, path: str, model: type[models.Model], pk: int | None) -> str | None:
    return address(path, pk) if catalogue.is_open(model, pk) else None


@dataclass(frozen=True)
class Type:
    """What objects of a type are made of, and how."""

    model: type[models.Model]
    build: Callable[[int, Catalogue], dict[str, Any]]


TYPES = {
    "Organization": Type(Committee, organization),
    "Person": Type(Seat, person),
    "Membership": Type(Seat, membership),
    "Meeting": Type(Meeting, meeting),
    "Location": Type(Meeting, location),
    "AgendaItem": Type(AgendaItem, agenda_item),
    "Paper": Type(Paper, paper),
    "File": Type(PaperFile, file),
    "Protocol": Type(Minutes, protocol),
    "Consultation": Type(Consultation, consultation),
    "LegislativeTerm": Type(Term, legislative_term),
}
BODY_LISTS = {
    "organization": "Organization",
    "person": "Person",
    "membership": "Membership",
    "meeting": "Meeting",
    "locationList": "Location",
    "agendaItem": "AgendaItem",
    "paper": "Paper",
    "file": "File",
    "consultation": "Consultation",
    "legislativeTermList": "LegislativeTerm",
}
LISTED_AS = {"File": ("File", "Protocol")}
"""Lists that hold objects of more than one kind of row."""
ORGANIZATION_LISTS = {"meeting": "Meeting", "consultation": "Consultation"}


def exists(word: str, pk: int, catalogue: Catalogue) -> Life | None:
    """The object's times, or None if there never was one for all to read."""
    life = catalogue.life(TYPES[word].model, pk)
    if word != "Location" or life is None:
        return life
    places = [event["place"] for event in catalogue.history.events(Meeting)[pk]]
    own = catalogue.lives(Meeting)[pk]
    return Life(own.created, own.modified, own.deleted or not places[-1]) if any(places) else None


def build(word: str, pks: Iterable[int], catalogue: Catalogue) -> list[dict[str, Any]]:
    """These objects in their order; one that is no longer open is only told to be gone."""
    kind = TYPES[word]
    lives = {pk: life for pk in pks if (life := exists(word, pk, catalogue))}
    catalogue.load(kind.model, [pk for pk, life in lives.items() if not life.deleted])
    return [
        kind.build(pk, catalogue)
        if not life.deleted and catalogue.has(kind.model, pk)
        else tombstone(word, pk, life)
        for pk, life in lives.items()
    ]


class Key(NamedTuple):
    """Of an object in a list; what it is called in a link to the next page stays what it was."""

    word: str
    pk: int

    def __str__(self) -> str:
        return f"{self.word.lower()}-{self.pk}" if self.word in TYPE_OF else str(self.pk)


def build_listed(keys: list[Key], catalogue: Catalogue) -> list[dict[str, Any]]:
    """The objects of a list in its order, with one round of queries for each kind."""
    found: dict[Key, dict[str, Any]] = {}
    for word in sorted({key.word for key in keys}):
        mine = [key for key in keys if key.word == word]
        found |= zip(mine, build(word, [key.pk for key in mine], catalogue), strict=True)
    return [found[key] for key in keys]


def system(catalogue: Catalogue) -> dict[str, Any]:
    region = catalogue.region
    return {
        "id": address("system"),
        "type": f"{SCHEMA}System",
        "oparlVersion": SCHEMA,
        "name": region.portal_title,
        "body": address("body"),
        "contactName": region.coordination_office,
        "website": f"{settings.PORTAL_URL}/",
        "web": f"{settings.PORTAL_URL}{reverse('committees')}",
        "created": moment(catalogue.bodies[COUNTY].created),
        "modified": moment(catalogue.bodies[COUNTY].modified),
    }


def body_or_tombstone(key: str, catalogue: Catalogue) -> dict[str, Any]:
    life = catalogue.bodies[key]
    return tombstone("Body", key, life) if life.deleted else body(key, catalogue)
