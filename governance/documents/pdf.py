"""A document as PDF/UA-1 and PDF/A-2a."""

from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Final

from governance.documents.content import Document
from smartregion.base.typst import in_our_fonts, make_pdf

TEMPLATE: Final = Path(__file__).with_name("document.typ")


@lru_cache(maxsize=16)
def to_pdf(document: Document) -> bytes:
    """The same document gives the same bytes.

    Raises:
        CompileError: the document cannot be set.
    """
    moment = document.moment.astimezone(UTC).replace(microsecond=0)
    return make_pdf(TEMPLATE, in_our_fonts(document.as_data()), moment)
