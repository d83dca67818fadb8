"""Nobody finds what they may not read: a word planted in every text of every model, each kind of reader.

What a hit tells is held against the page to which it leads, opened by the same reader.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, IntegrityError, models, transaction
from django.test import Client

from governance.models.paper import PaperQuerySet
from measures.models import Measure, StatusUpdate
from measures.models.documents import DocumentQuerySet
from measures.models.measure import MeasureQuerySet
from monitoring.models.indicators import IndicatorQuerySet
from network.models import Role, User
from smartregion.base.search import kinds
from smartregion.base.search_hits import Asked, Hit, search
from tests.addresses import keys_of_rows
from tests.factories import make_committee, make_field, make_measure, make_municipality, make_region, make_user
from tests.governance.rows import make_member, make_meeting, make_paper, make_resolution
from tests.measures.solution_rows import make_solution
from tests.monitoring.indicator_rows import make_indicator
from tests.test_house import OUR_APPS

pytestmark = pytest.mark.django_db

STEM = "kanari"
READERS = ["visitor", "municipality", "steering", "member", "team", "administration", "coordination"]
STATES = {
    "all is public": ("public", "public"),
    "all is internal": ("internal", "internal"),
    "all is draft": ("draft", "draft"),
    "public parts of drafts": ("draft", "public"),
    "drafts below what is public": ("public", "draft"),
}
"""The visibility of measures and committees, and that of whatever belongs to them."""
NO_TEXTS_OF_PEOPLE = {"Job", "JobAttempt", "Sign", "Draft", "User", "Digest", "TableImport", "ColumnMapping"}


def bird(label: str) -> str:
    """A word like no other, that `STEM` begins; letters only, so that it could be suggested too."""
    digest = hashlib.sha256(label.encode()).hexdigest()[:10]
    return STEM + "".join(chr(ord("a") + int(figure, 16)) for figure in digest)


def texts_of(model: type[models.Model]) -> list[str]:
    return [
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField)
        and not isinstance(column, models.SlugField | models.URLField | models.EmailField)
        and not column.choices
        and (column.max_length or 100) >= 16
    ]


def plant() -> dict[str, str]:
    """A word into every text of every row, past all rules; returns where each was planted."""
    planted = {}
    ours = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    for model in ours:
        if hasattr(model, "pgh_tracked_model") or model.__name__ in NO_TEXTS_OF_PEOPLE:
            continue
        for key in model._base_manager.values_list("pk", flat=True):
            for name in texts_of(model):
                word = bird(f"{model.__name__}.{name} {key}")
                try:
                    with transaction.atomic(), pgtrigger.ignore():
                        model._base_manager.filter(pk=key).update(**{name: word})
                except (IntegrityError, DataError):
                    continue
                planted[word] = f"{model.__name__}.{name}"
    return planted


def set_visibilities(of_subjects: str, of_parts: str) -> None:
    for app in OUR_APPS:
        for model in apps.get_app_config(app).get_models():
            if hasattr(model, "pgh_tracked_model"):
                continue
            names = {column.name for column in model._meta.concrete_fields}
            state = of_subjects if model.__name__ in ("Measure", "Committee") else of_parts
            with pgtrigger.ignore():
                if "visibility" in names:
                    model._base_manager.update(visibility=state)
                if "is_public" in names:
                    model._base_manager.update(is_public=state == "public")


@pytest.fixture(scope="module")
def planted(rows_of_module: None) -> dict[str, str]:
    keys = keys_of_rows()
    measure = Measure.objects.get(slug=keys["massnahmen"])
    StatusUpdate.objects.filter(measure=measure).update(review="")
    return plant()


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, planted: dict[str, str]) -> Iterator[None]:
    with transaction.atomic():
        set_visibilities(*STATES[request.param])
        yield
        transaction.set_rollback(True)


def account(reader: str) -> Any:
    if reader == "visitor":
        return AnonymousUser()
    if reader == "member":
        return make_member(make_committee())
    place = make_municipality() if reader == "municipality" else None
    return make_user(Role(reader), place)


def all_hits(words: str, user: Any) -> list[Hit]:
    return search(Asked(words, per_page=1000), user).hits


def birds_in(hit: Hit) -> set[str]:
    return {word.split("</mark>")[0] for text in (hit.title, hit.passages) for word in text.split("<mark>")[1:]}


def leaks(user: Any) -> list[str]:
    """What the hits tell and the pages do not to which they lead."""
    client = Client(raise_request_exception=False)
    if user.is_authenticated:
        client.force_login(user)
    pages: dict[str, str] = {}
    found = []
    for hit in all_hits(STEM, user):
        address = hit.shown.url.partition("#")[0]
        if address not in pages:
            answer = client.get(address)
            pages[address] = answer.content.decode() if answer.status_code == 200 else ""
        found += [f"{hit.kind.key}: {word}" for word in birds_in(hit) if word not in pages[address]]
    return found


@pytest.mark.parametrize("reader", READERS)
def test_a_hit_tells_nothing_that_its_page_does_not_tell_the_same_reader(reader: str, state: None) -> None:
    assert leaks(account(reader)) == []


def test_every_text_that_can_be_found_was_planted_and_is_found(planted: dict[str, str]) -> None:
    """So that the tests above have something to find: the coordinator, where all is public, finds every text."""
    with transaction.atomic():
        set_visibilities("public", "public")
        found = {planted[word] for hit in all_hits(STEM, account("coordination")) for word in birds_in(hit)}
        transaction.set_rollback(True)

    assert {
        f"{kind.model.__name__}.{name}"
        for kind in kinds()
        for names in kind.texts.values()
        for name in names
        if name in texts_of(kind.model)
    } - found == set()


@pytest.mark.parametrize("rows", [MeasureQuerySet, PaperQuerySet, DocumentQuerySet, IndicatorQuerySet])
def test_without_the_guard_hidden_texts_are_found(
    rows: Any, planted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the search asks who may see what answers that everybody may see all."""
    with transaction.atomic():
        set_visibilities("draft", "draft")
        visitor, hidden = AnonymousUser(), next(kind for kind in kinds() if kind.model.objects.all().__class__ is rows)
        before = {hit.kind.key for hit in all_hits(STEM, visitor)}
        monkeypatch.setattr(rows, "visible_to", lambda self, user: self.all())
        unguarded = [hit for hit in all_hits(STEM, visitor) if hit.kind.key == hidden.key]
        monkeypatch.undo()
        transaction.set_rollback(True)

    assert hidden.key not in before
    assert unguarded != []


def make_shown() -> None:
    make_region()
    field = make_field("Energie")
    make_measure("Ladesäuleninfrastruktur", field=field, summary="Säulen zum Laden.", visibility="public")
    make_measure("Ladestationen", field=field, summary="Strom für Räder.", visibility="public")
    make_solution("Ladekarte", summary="Zeigt freie Ladesäulen.", visibility="public")
    make_paper(make_committee(), "Ausbau der Ladepunkte", visibility="public")


def make_hidden() -> None:
    """Rows whose words are like the shown ones', or the very same."""
    field = make_field("Verkehr")
    for number, state in enumerate(["draft", "internal"] * 3):
        title = ["Ladesäule", "Ladesäulen", "Ladesaeulenkataster", "Ladesäulenpark", "Ladeseule", "Ladesohle"][number]
        measure = make_measure(title, field=field, summary="Ladesäulen, Laden, Strom", visibility=state)
        StatusUpdate.objects.create(measure=measure, on="2026-01-01", text="Ladesäulen", visibility="public")
        make_solution(f"Lösung {title}", visibility=state)
        make_indicator(f"Zahl der {title}", visibility=state)
    secret = make_committee("Ladesäulenrat", visibility="draft")
    make_paper(secret, "Ladesäulen", visibility="public")
    make_resolution(secret, title="Ladesäulen", visibility="public")
    make_meeting(secret, "Ladesäulen", visibility="public")


TYPED = [
    "Ladesäulen",
    "Ladesaeulen",
    "Säule",
    "Ladeseulen",
    "Ladesäluen",
    "Ladesäulenkataster",
    "Ladesäulen Strom",
    "Ladesohle Karte",
    "Ladesäulenrat",
    "Lade",
    "Zahl der Ladesäulen im Verkehr",
]


@pytest.mark.parametrize("guarded", [True, False])
def test_hidden_rows_change_nothing_of_what_the_page_says(
    client: Client, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a hit, a number, an order, a mark or a suggestion; without the guard they do."""
    make_shown()
    read: Callable[[], list[str]] = lambda: [client.get("/suche/", {"q": typed}).content.decode() for typed in TYPED]
    before = read()
    make_hidden()
    if not guarded:
        monkeypatch.setattr(MeasureQuerySet, "visible_to", lambda self, user: self.all())
    after = read()

    assert ([typed for typed, *pages in zip(TYPED, before, after, strict=True) if len(set(pages)) > 1] == []) is guarded


def test_what_is_hidden_or_changed_is_so_at_once() -> None:
    """No index lags behind: it is one statement later."""
    measure = make_measure("Quellcode", summary="Brunnen", visibility="public")
    visitor = AnonymousUser()

    def hits(words: str) -> int:
        return search(Asked(words), visitor).total

    assert [hits("Brunnen"), hits("Quellcode")] == [1, 1]
    Measure.objects.filter(pk=measure.pk).update(summary="Teich")
    assert [hits("Brunnen"), hits("Teich")] == [0, 1]
    Measure.objects.filter(pk=measure.pk).update(visibility="internal")
    assert hits("Teich") == 0
