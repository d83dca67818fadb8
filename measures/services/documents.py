"""The verbs of a measure's documents."""

from datetime import datetime
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import Document, DocumentFile
from smartregion.base.files import stored
from smartregion.base.history import recorded
from smartregion.base.uploads import Upload


class SameFile(Exception):
    """The newest version of the document has just these bytes."""


def add_document(*, document: Document, file: Upload, by: Any, at: datetime | None = None) -> Document:
    """Store a new document with its first version."""
    with recorded(by=by, reason=_("Hochgeladen")):
        document.save()
        _store(document, 1, file, by=by, at=at)
    return document


def add_version(*, document: Document, file: Upload, by: Any, at: datetime | None = None) -> DocumentFile:
    """Store a new version; the earlier ones stay. The document is held meanwhile, so that numbers follow.

    Raises:
        SameFile: nothing is new.
        Document.DoesNotExist: it was removed meanwhile.
    """
    with recorded(by=by, reason=_("Neue Fassung")):
        held = Document.objects.select_for_update().get(pk=document.pk, removed_at=None)
        newest = document.files.without_content().first()
        if newest and newest.sha256 == stored(file)["sha256"]:
            raise SameFile
        held.save_over(held.version)
        return _store(document, newest.number + 1 if newest else 1, file, by=by, at=at)


def remove_document(*, document: Document, version: int | None, by: Any) -> None:
    """Take a document from all pages; its bytes stay, so that it can come back.

    Raises:
        EditConflict: it was changed since it was read.
    """
    with recorded(by=by, reason=_("Entfernt")):
        document.removed_at = now()
        document.save_over(version)


def _store(document: Document, number: int, file: Upload, *, by: Any, at: datetime | None) -> DocumentFile:
    return DocumentFile.objects.create(
        document=document,
        number=number,
        uploaded_by=by,
        uploaded_at=at or now(),
        **stored(file),
    )
