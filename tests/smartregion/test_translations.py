"""The catalogues are complete for what the public side says. docs/translating.md tells what to do if not."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from babel.messages import Catalog, Message
from django.test import Client
from django.test.signals import template_rendered
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.timezone import localdate

from governance.models import Committee
from measures.models import Solution
from monitoring.periods import Period
from monitoring.snapshot import build_snapshot
from network.models import Municipality, Organisation, Region
from smartregion import catalogues
from smartregion.base.languages import in_language
from tests.monitoring.snapshot_rows import report_on, seal_with
from tests.smartregion.language_walk import Said, listening, public_pages, said_on

pytestmark = pytest.mark.django_db
PLACE: Final = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG: Final = re.compile(r"</?\w+[^>]*>")
WORD: Final = re.compile(r"[^\W\d_]{2,}")
INTERNATIONAL: Final = re.compile(
    r"\b(?:[A-Z]{1,2}-\d+|Q[1-4]|SDG|U4SSC|DIN SPEC|SHA|LK|CSV|ODS|PDF|ICS|JSON|Excel|Word"
    r"|Smart|Region|Roll-out|OParl|Start)\b"
    r"|https?://\S+|\b[0-9a-f]{64}\b|\b[\w.]+(?:-[\w.]+){2,}"
)
"""Numbers of measures and resolutions, abbreviations, and what English and Dutch call the same."""


UNLINKED: Final = ("/en/massnahmen/?q=xyzxyz", "/en/suche/?q=xyzxyz", "/en/gibt-es-nicht/")
"""Pages that no link leads to: nothing was found."""


def publish_report() -> None:
    """The public report of the example that a worker would have compiled by now."""
    last = localdate().replace(day=1) - timedelta(days=1)
    report = report_on(Period(last.replace(day=1), last), kind="status")
    seal_with(report, build_snapshot(report))


@pytest.fixture(scope="module")
def walk(example: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What a visitor reads of the example data in English, the same pages in German, what was asked for."""
    rendered = set[str]()

    def note(sender: Any, template: Any, **_kwargs: Any) -> None:
        rendered.add(f"templates/{template.name}")

    template_rendered.connect(note)
    with django_db_blocker.unblock():
        publish_report()
        client = Client()
        with listening("en") as asked:
            english = public_pages(client, "/en")
            for address in UNLINKED:
                client.get(address)
        yield {
            "asked": asked,
            "rendered": rendered,
            "pages": {
                address: (said_on(page), said_on(client.get(address or "/").content.decode()))
                for address, page in english.items()
            },
            "names": list(names()),
        }
    template_rendered.disconnect(note)


def names() -> Iterator[str]:
    """Proper names, which are no words of a language."""
    for place in Municipality.objects.all():
        yield from (place.name, place.official_name, place.abbreviation)
    for organisation in Organisation.objects.all():
        yield from (organisation.name, organisation.short_name)
    for committee in Committee.objects.all():
        yield committee.name
    for region in Region.objects.all():
        yield from (region.name, region.portal_title, region.coordination_office)
    for solution in Solution.objects.all():
        yield from solution.interfaces
    with in_language("en"):
        yield from map(str, (*MONTHS.values(), *MONTHS_3.values()))
        yield from (str(month).title() for month in MONTHS_3.values())


def forms_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def sources_of(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def missing(catalogue: Catalog, asked: set[str], rendered: set[str]) -> list[str]:
    """What is asked for, or stands in a template of a public page, and has no translation in each form."""
    return [
        sources_of(message)[0]
        for message in catalogue
        if message.id
        and (key_of(message) in asked or rendered & {place for place, _line in message.locations})
        and not all(forms_of(message))
    ]


def key_of(message: Message) -> str:
    first = sources_of(message)[0]
    return f"{message.context}\x04{first}" if message.context else first


def broken(catalogue: Catalog) -> list[tuple[str, str]]:
    """Translations that lose or invent a placeholder or a tag, or are not sure of themselves."""
    return [
        (source, form)
        for message in catalogue
        if message.id and all(forms_of(message))
        for source, form in zip(sources_of(message), forms_of(message), strict=True)
        if message.fuzzy or parts_of(source) != parts_of(form)
    ]


def parts_of(text: str) -> list[str]:
    return sorted([*PLACE.findall(text), *TAG.findall(text)])


def left_german(said: Said, german: Said, known: Iterable[str]) -> set[str]:
    """Texts that read as on the German page, though they are neither marked nor names."""
    both = said.texts & (german.texts | german.german)
    return {text for text in both if WORD.search(INTERNATIONAL.sub("", without(text, known)))}


def without(text: str, known: Iterable[str]) -> str:
    for name in known:
        if name in text:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
    return text


def known_words(names: list[str]) -> list[str]:
    """Names, and what is the same word in both languages; the longest first."""
    same = [message.id for message in catalogues.read("en") if message.id and message.id == message.string]
    return sorted({*names, *same, "English", "Nederlands"} - {""}, key=len, reverse=True)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_all_that_the_public_side_says_is_translated(walk: dict[str, Any], language: str) -> None:
    assert missing(catalogues.read(language), walk["asked"], walk["rendered"]) == []


def test_no_german_word_is_left_unmarked_on_an_english_page(walk: dict[str, Any]) -> None:
    known = known_words(walk["names"])
    found = {address: left_german(*said, known) for address, said in walk["pages"].items()}

    assert {address: texts for address, texts in found.items() if texts} == {}


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_keeps_placeholders_and_tags(language: str) -> None:
    assert broken(catalogues.read(language)) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_catalogue_holds_what_the_sources_say(language: str) -> None:
    now = {key_of(message) for message in catalogues.extracted() if message.id}

    assert {key_of(message) for message in catalogues.read(language) if message.id} == now


def test_the_same_messages_are_the_same_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogues.catalogue_file("en").read_bytes()
    target = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    target.write_bytes(before)
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    catalogues.update("en")

    assert target.read_bytes() == before


def test_the_checks_find_what_is_missing_broken_or_left() -> None:
    catalogue = Catalog(locale="en")
    catalogue.add("Start", "", locations=[("templates/base.html", 0)])
    catalogue.add("Ende", "", locations=[("measures/models.py", 0)])
    catalogue.add("Intern", "", locations=[("measures/models.py", 0)])
    catalogue.add(("%(n)s Jahr", "%(n)s Jahre"), ("%(n)s year", ""), locations=[("templates/base.html", 0)])
    catalogue.add("bis %s", "until")
    catalogue.add("<b>jetzt</b>", "now")
    english = said_on("<p>Jetzt</p><p lang=de>Netz</p><p>Aadorf, 3 Start</p><p>Now</p>")
    german = said_on('<html lang="de"><p>Jetzt</p><p>Netz</p><p>Aadorf, 3 Start</p><p>Nun</p></html>')

    assert missing(catalogue, {"Ende"}, {"templates/base.html"}) == ["Start", "Ende", "%(n)s Jahr"]
    assert broken(catalogue) == [("bis %s", "until"), ("<b>jetzt</b>", "now")]
    assert left_german(english, german, ["Aadorf", "Start"]) == {"Jetzt"}
