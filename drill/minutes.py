"""Minutes that a job seals, as the drill asks for them and looks at them."""

import hashlib
from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO
from zipfile import ZipFile

import pikepdf
from django.utils.timezone import now

from governance.models import AgendaItem, Committee, Meeting, Minutes, MinutesFile
from governance.services.minutes import approve_minutes, present_minutes
from smartregion.base.models import Job


def approve(number: int) -> Minutes:
    """Minutes of a public meeting that was, each number on another day; sealing them is what the job does."""
    committee = Committee.objects.filter(kind=Committee.Kind.STEERING).first()
    if committee is None:
        raise LookupError("The example data have no steering committee.")
    meeting = Meeting.objects.create(
        committee=committee,
        title=f"Drill {number}",
        starts_at=now() - timedelta(days=4000 + number),
        visibility="public",
        status=Meeting.Status.HELD,
    )
    AgendaItem.objects.create(
        meeting=meeting, number=1, title="Bericht", minutes="Es wird beraten.", visibility="public"
    )
    minutes = Minutes.objects.create(
        meeting=meeting, chair="Vorsitz", minute_taker="Schriftführung", opened_at=time(14)
    )
    present_minutes(meeting=meeting, by=None)
    return approve_minutes(minutes=minutes, version=minutes.version, approved_on=meeting.day, by=None)


def damage(key: int) -> Iterator[str]:
    """Sealed once in two editions of two formats, or not at all and failed."""
    minutes = Minutes.objects.select_related("job").get(pk=key)
    files = list(MinutesFile.objects.filter(minutes=minutes))
    name, status = f"minutes {key}", minutes.job.status if minutes.job else "nothing"
    if status != Job.Status.DONE:
        if minutes.is_sealed or files:
            yield f"{name}: sealed although their job says {status}"
        return
    if not minutes.is_sealed or len(files) != 4:
        yield f"{name}: their job is done, but there are {len(files)} files of 4"
    for file in files:
        content = bytes(file.content)
        if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
            yield f"{name}, {file.edition} {file.format}: other bytes than its row says"
        elif not _opens(file.format, content):
            yield f"{name}, {file.edition} {file.format}: does not open"


def _opens(file_format: str, content: bytes) -> bool:
    try:
        if file_format == "pdf":
            with pikepdf.open(BytesIO(content)) as pdf:
                return len(pdf.pages) > 0
        with ZipFile(BytesIO(content)) as word:
            return word.testzip() is None
    except Exception:
        return False
