"""Documents as files: which formats there are, for whom a file is compiled, how it is named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser

from governance.documents.content import Document
from governance.documents.docx import to_docx
from governance.documents.pdf import to_pdf
from governance.models import AnyMember, Edition, Meeting


@dataclass(frozen=True)
class Writer:
    content_type: str
    write: Callable[[Document], bytes]


WRITERS: Final = {
    "pdf": Writer("application/pdf", to_pdf),
    "docx": Writer("application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_docx),
}
IN_ADDRESS: Final = {Edition.PUBLIC: "oeffentlich", Edition.INTERNAL: "nichtoeffentlich"}


def reader_of(edition: str, meeting: Meeting) -> Any:
    """For whom an edition of the minutes is compiled: for all, or for all members."""
    return AnonymousUser() if edition == Edition.PUBLIC else AnyMember(meeting.committee)


def editions_of(meeting: Meeting) -> list[Edition]:
    """There is a public edition of a public meeting only."""
    is_public = Meeting.objects.visible_to(AnonymousUser()).filter(pk=meeting.pk).exists()
    return [Edition.PUBLIC, Edition.INTERNAL] if is_public else [Edition.INTERNAL]


def file_name(kind: str, meeting: Meeting, *further: str, file_format: str) -> str:
    """As in "niederschrift-lenkungskreis-2026-03-12-oeffentlich.pdf"."""
    return "-".join([kind, meeting.committee.slug, meeting.day.isoformat(), *further]) + f".{file_format}"
