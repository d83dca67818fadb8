"""The verbs of papers and their attachments."""

import re
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from governance.models import Committee, Paper, PaperFile
from smartregion.base.files import stored
from smartregion.base.history import recorded
from smartregion.base.uploads import Upload

BODY_OF_THE_REGION: Final = "KREIS"


def next_paper_number(*, committee: Committee, day: date) -> str:
    """The number after the highest of the year and body, like 0325/2023/KREIS.

    The body is the municipality of a council, and the region itself for all other committees.
    """
    body = committee.municipality.abbreviation if committee.municipality else BODY_OF_THE_REGION
    end = f"/{day.year}/{body}"
    taken = Paper.objects.filter(number__regex=rf"^\d{{4,6}}{re.escape(end)}$").values_list(
        "number", flat=True
    )
    return f"{max((int(number.removesuffix(end)) for number in taken), default=0) + 1:04d}{end}"


def add_paper(*, paper: Paper, by: Any, reason: str = "") -> Paper:
    """Store a paper; without a number it gets the next one, where the portal gives its committee's numbers.

    Raises:
        IntegrityError: another paper has the number that was typed.
    """
    with recorded(by=by, reason=reason):
        if not paper.number and paper.committee.keeps_register:
            _one_after_the_other()
            paper.number = next_paper_number(committee=paper.committee, day=paper.dated or localdate())
        paper.save()
    return paper


def add_file(*, attachment: PaperFile, file: Upload, by: Any, at: datetime | None = None) -> PaperFile:
    with recorded(by=by, reason=_("Hochgeladen")):
        for name, value in stored(file).items():
            setattr(attachment, name, value)
        attachment.uploaded_by, attachment.uploaded_at = by, at or now()
        attachment.save()
    return attachment


def remove_file(*, attachment: PaperFile, version: int | None, by: Any, reason: str = "") -> None:
    """Take an attachment from all pages; its bytes stay, so that it can come back.

    Raises:
        EditConflict: it was changed since it was read.
    """
    with recorded(by=by, reason=reason):
        attachment.removed_at = now()
        attachment.save_over(version)


def _one_after_the_other() -> None:
    """Hold the giving of numbers until the end of the transaction, so that none is given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('governance_paper'::regclass::bigint)")
