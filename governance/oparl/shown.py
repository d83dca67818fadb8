"""Foreign meetings and papers as pages show them: texts and links only, whatever the source has sent."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.timezone import localtime

from governance.models import Committee, MirroredObject
from smartregion.base.editing import SENSIBLE_YEARS

LONGEST_TEXT: Final = 5_000
MOST_PARTS: Final = 200
EXCERPT: Final = 3
Kind = MirroredObject.Kind


@dataclass(frozen=True)
class ShownItem:
    number: str
    name: str
    result: str
    resolution: str


@dataclass(frozen=True)
class ShownFile:
    name: str
    url: str


@dataclass(frozen=True)
class Shown:
    """One mirrored meeting or paper."""

    row: Any
    name: str
    url: str
    note: str
    at: datetime | None
    is_cancelled: bool
    items: list[ShownItem]
    files: list[ShownFile]


def shown(row: MirroredObject) -> Shown:
    data = row.data
    location = data.get("location")
    notes = {
        Kind.MEETING: [text(location, "description"), text(data, "meetingState")],
        Kind.PAPER: [text(data, "paperType"), text(data, "reference")],
    }
    return Shown(
        row,
        text(data, "name") or text(data, "id"),
        link(data, "web") or link(data, "id"),
        " · ".join(filter(None, notes[Kind(row.kind)])),
        moment_of(data.get("start")),
        data.get("cancelled") is True,
        [_item(item) for item in parts(data, "agendaItem")],
        [
            file
            for word in ("mainFile", "auxiliaryFile")
            for part in parts(data, word)
            for file in _file(part)
        ],
    )


def _item(item: dict[str, Any]) -> ShownItem:
    return ShownItem(
        text(item, "number"), text(item, "name"), text(item, "result"), text(item, "resolutionText")
    )


def _file(part: dict[str, Any]) -> list[ShownFile]:
    url = link(part, "accessUrl") or link(part, "downloadUrl")
    return [ShownFile(text(part, "name") or text(part, "fileName") or url, url)] if url else []


def parts(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects that are told within another one; what is gone or a mere reference is left out."""
    value = data.get(name)
    found = value if isinstance(value, list) else [value]
    return [part for part in found if isinstance(part, dict) and part.get("deleted") is not True][:MOST_PARTS]


def text(data: Any, name: str) -> str:
    """A text of a foreign object without marks that could turn other text around; else ""."""
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str):
        return ""
    kept = (sign for sign in value[:LONGEST_TEXT] if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return "".join(kept).strip()


def link(data: Any, name: str) -> str:
    """An address of the web without a password in it; else ""."""
    value = text(data, name)
    try:
        address = urlsplit(value)
        is_plain = address.username is None and bool(address.hostname)
    except ValueError:
        return ""
    return value if is_plain and address.scheme in {"http", "https"} and not value.split()[1:] else ""


def moment_of(value: Any) -> datetime | None:
    """The moment, unless it has no time zone or lies where no calendar of ours could show it."""
    try:
        moment = datetime.fromisoformat(value)
        is_sensible = moment.tzinfo is not None and localtime(moment).year in SENSIBLE_YEARS
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if is_sensible else None


def excerpt_of(committee: Committee) -> list[tuple[str, str, list[Shown]]]:
    """The newest meetings and papers that the committee has in another system."""
    mine = MirroredObject.objects.of_committee(committee).with_day_of_copy()
    groups = [("sitzungen", Kind.MEETING), ("vorlagen", Kind.PAPER)]
    found = [
        (key, str(kind.label), [shown(row) for row in mine.of_type(kind)[:EXCERPT]]) for key, kind in groups
    ]
    return [group for group in found if group[2]]
