"""What the portal says, in the languages beside German: `make messages` brings the catalogues up to date.

They stand in `locale/`, sorted and without line numbers, so that a change shows what it says. The set-up
compiles them into `var/locale`, where Django looks for them.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
CATALOGUES: Final = ROOT / "locale"
LANGUAGES: Final = ("en", "nl")
APPS: Final = ("smartregion", "fields", "network", "measures", "governance", "participation", "monitoring")
TEMPLATES: Final = ("html", "svg", "txt", "xml")
KEYWORDS: Final = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
BEGUN: Final = datetime(2026, 11, 26, tzinfo=UTC)
"""No date of today: the same messages are the same file."""


def catalogue_file(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> bytes:
    target = BytesIO()
    write_mo(target, read(language))
    return target.getvalue()


def extracted() -> Catalog:
    """All that templates and Python say, with the files that say it."""
    found = Catalog()
    for path in _sources():
        source = path.read_text()
        if path.suffix != ".py":
            source = _as_python(source)
        elif "gettext" not in source:
            continue
        for _line, words, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            found.add(words, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    return found


def updated(before: Catalog, now: Catalog, language: str) -> Catalog:
    """What is said now, with the translations that are there; what is no longer said is left out."""
    after = Catalog(
        locale=language,
        project="Smart Region",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
        header_comment="# What the portal says. See docs/translating.md.",
    )
    for message in now:
        if message.id:
            known = before.get(message.id, message.context)
            string = known.string if known and _has_same_forms(known, message) else ""
            after.add(message.id, string, message.locations, context=message.context)
    return after


def update(language: str) -> None:
    path = catalogue_file(language)
    before = read(language) if path.is_file() else Catalog(locale=language)
    target = BytesIO()
    write_po(
        target, updated(before, extracted(), language), width=110, sort_output=True, include_lineno=False
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(target.getvalue())


def _has_same_forms(known: Message, message: Message) -> bool:
    return known.pluralizable == message.pluralizable


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from sorted(path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    for ending in TEMPLATES:
        yield from sorted((ROOT / "templates").rglob(f"*.{ending}"))


def _as_python(template: str) -> str:
    """The template's messages as calls, one below the other: what stands between them is no Python."""
    from django.utils.translation.template import templatize  # slow to load, and not needed to compile

    return re.sub(r"(?m)^\s+", "", templatize(template))


if __name__ == "__main__":
    for each in sys.argv[1:] or LANGUAGES:
        update(each)
