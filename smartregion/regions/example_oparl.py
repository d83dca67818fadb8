"""The example file's mirrors: what a council information system, which there is not, would have served."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.utils.timezone import now

from governance.models import Mirror, MirroredObject, MirrorLink, MirrorRun
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

SCHEMA = "https://schema.oparl.org/1.1/"
Kind = MirroredObject.Kind


def read_mirrors(story: Story, file: Entry) -> None:
    for entry in file.entries("mirrors"):
        day = story.past(entry, "day", story.begins)
        mirror = Mirror(**entry.values(Mirror, ["name", "endpoint"]), is_active=False, is_example=True)
        story.step(day, mirror.save, reason="Spiegel angelegt")
        base = mirror.endpoint.rpartition("/")[0]
        rows = [_organization(story, part, mirror, base, day) for part in entry.entries("organizations")]
        rows += [_meeting(story, part, base) for part in entry.entries("meetings")]
        rows += [_paper(story, part, base) for part in entry.entries("papers")]
        entry.finish()
        story.step(-1, _copying(mirror, rows))


def _copying(mirror: Mirror, rows: list[MirroredObject]) -> Callable[[], None]:
    def copy() -> None:
        for row in rows:
            row.mirror, row.seen_at = mirror, now()
        MirroredObject.objects.bulk_create(rows)
        MirrorRun.objects.create(
            mirror=mirror, endpoint=mirror.endpoint, pages=3, changed=len(rows), finished_at=now()
        )

    return copy


def _organization(story: Story, entry: Entry, mirror: Mirror, base: str, day: int) -> MirroredObject:
    row = _row(Kind.ORGANIZATION, base, entry, {"name": entry.take("name", str)})
    link = MirrorLink(organization=row.foreign_id, committee=entry.named("committee", story.committees))
    entry.finish()

    def connect() -> None:
        link.mirror = mirror
        link.save()

    story.step(day, connect, reason="Gremium verknüpft")
    return row


def _meeting(story: Story, entry: Entry, base: str) -> MirroredObject:
    starts = story.moment(entry.take("day", int), time.fromisoformat(entry.take("at", str)))
    key = entry.take("key", str)
    location = {"id": f"{base}/location/{key}", "type": f"{SCHEMA}Location"}
    items = [
        _item(part, f"{base}/agendaitem/{key}-{n}", n) for n, part in enumerate(entry.entries("items"), 1)
    ]
    data = {
        "name": entry.take("name", str),
        "start": starts.isoformat(),
        "meetingState": "durchgeführt" if starts < now() else "terminiert",
        "location": {**location, "description": entry.take("place", str)},
        "organization": [f"{base}/organization/{entry.take('organization', str)}"],
        "agendaItem": items,
    }
    return _row(Kind.MEETING, base, entry, data, key=key, at=starts)


def _item(entry: Entry, address: str, number: int) -> dict[str, Any]:
    data = {"id": address, "type": f"{SCHEMA}AgendaItem", "number": str(number), "order": number}
    data |= {"name": entry.take("name", str), "public": True}
    for name in ("result", "resolutionText"):
        if name in entry:
            data[name] = entry.take(name, str)
    entry.finish()
    return data


def _paper(story: Story, entry: Entry, base: str) -> MirroredObject:
    day, key = story.moment(entry.take("day", int)), entry.take("key", str)
    organization = f"{base}/organization/{entry.take('organization', str)}"
    station = {"id": f"{base}/consultation/{key}", "type": f"{SCHEMA}Consultation"}
    files = [
        {
            "id": f"{base}/file/{key}-{n}",
            "type": f"{SCHEMA}File",
            "name": name,
            "accessUrl": f"{base}/{key}-{n}.pdf",
        }
        for n, name in enumerate(entry.take("files", list, []), 1)
    ]
    data = {
        "name": entry.take("name", str),
        "paperType": entry.take("paper_type", str),
        "reference": entry.take("reference", str),
        "date": day.date().isoformat(),
        "consultation": [{**station, "organization": [organization]}],
        "auxiliaryFile": files,
    }
    return _row(Kind.PAPER, base, entry, data, key=key, at=day)


def _row(
    kind: MirroredObject.Kind, base: str, entry: Entry, data: dict[str, Any], *, key: str = "", at: Any = None
) -> MirroredObject:
    address = f"{base}/{kind.lower()}/{key or entry.take('key', str)}"
    stations = data.get("consultation", [{}])[0]
    if kind != Kind.ORGANIZATION:
        entry.finish()
    return MirroredObject(
        kind=kind,
        foreign_id=address,
        data={"id": address, "type": f"{SCHEMA}{kind}", **data},
        organizations=data.get("organization") or stations.get("organization", []),
        day=at.date() if isinstance(at, datetime) else None,
    )
