"""Nobody finds what they may not read: a word planted in every text of every model, each kind of reader.

What a hit tells is held against the page to which it leads, opened by the same reader.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, IntegrityError, models, transaction
from django.test import Client
from django.utils.timezone import now

from fields.models import Guideline
from governance.models import Committee
from governance.models.paper import PaperQuerySet
from measures.models import Measure
from measures.models.documents import DocumentQuerySet
from measures.models.measure import MeasureQuerySet
from monitoring.models.indicators import IndicatorQuerySet
from network.models import Municipality, Role
from smartregion.base.search import kinds
from smartregion.base.search_hits import Asked, Hit, search
from tests.addresses import keys_of_rows
from tests.factories import make_user
from tests.governance.rows import make_member
from tests.scale import has_turn
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
TOLD_ELSEWHERE = {
    "Organisation.short_name",  # where an organisation leads a measure that everybody sees
}
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
    planted: dict[str, str] = {}
    ours = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    for model in ours:
        if hasattr(model, "pgh_tracked_model") or model.__name__ in NO_TEXTS_OF_PEOPLE:
            continue
        for key in model._base_manager.values_list("pk", flat=True):
            for name in texts_of(model):
                word = bird(f"{model.__name__}.{name} {key}")
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=key).update(**{name: word})
                except (IntegrityError, DataError):
                    continue
                planted[word] = f"{model.__name__}.{name}"
    return planted


def set_visibilities(of_subjects: str, of_parts: str) -> None:
    for app in OUR_APPS:
        for model in apps.get_app_config(app).get_models():
            state = of_subjects if model.__name__ in ("Measure", "Committee") else of_parts
            names = {column.name for column in model._meta.concrete_fields}
            values = {"visibility": state, "is_public": state == "public"}
            given = {name: value for name, value in values.items() if name in names}
            if given and not hasattr(model, "pgh_tracked_model"):
                with suppress(IntegrityError), transaction.atomic():  # circulars are never drafts
                    model._base_manager.update(**given)


@pytest.fixture(scope="module")
def planted(rows_of_module: None) -> dict[str, str]:
    keys = keys_of_rows()
    measure = Measure.objects.get(slug=keys["massnahmen"])
    Measure.objects.exclude(pk=measure.pk).update(archived_at=now())
    Guideline.objects.create(concept=measure.field.concept, title="Offen", text="Text", position=1)
    with pgtrigger.ignore():
        return plant()


ASKED = [
    (state, reader)
    for number, state in enumerate(STATES)
    for turn, reader in enumerate(READERS)
    if reader == "visitor" or has_turn(number + turn, of=3)
]
"""In small size, all but the visitor look at each third state."""


@pytest.fixture
def state(request: pytest.FixtureRequest, planted: dict[str, str]) -> Iterator[None]:
    with transaction.atomic():
        with pgtrigger.ignore():
            set_visibilities(*STATES[request.param])
        yield
        transaction.set_rollback(True)


def account(reader: str) -> Any:
    if reader == "visitor":
        return AnonymousUser()
    if reader == "member":
        return make_member(Committee.objects.all()[0])
    place = Municipality.objects.all()[0] if reader == "municipality" else None
    return make_user(Role(reader), place)


def all_hits(words: str, user: Any) -> list[Hit]:
    return search(Asked(words, per_page=1000), user).hits


def birds_in(hit: Hit) -> set[str]:
    """Without the marks, which stand around each whole word."""
    told = " ".join([hit.title, hit.passages, hit.shown.place])
    return set(re.findall(rf"{STEM}[a-p]{{10}}", told))


def leaks(user: Any, planted: dict[str, str]) -> set[str]:
    """The texts that hits tell and the pages do not to which they lead."""
    client = Client(raise_request_exception=False)
    if user.is_authenticated:
        client.force_login(user)
    pages: dict[str, str] = {}
    found = set()
    for hit in all_hits(STEM, user):
        address = hit.shown.url.partition("#")[0]
        if address not in pages:
            answer = client.get(address)
            pages[address] = answer.content.decode() if answer.status_code == 200 else ""
        found |= {planted[word] for word in birds_in(hit) if word not in pages[address]}
    return found


@pytest.mark.parametrize(("state", "reader"), ASKED, indirect=["state"])
def test_a_hit_tells_nothing_that_its_page_does_not_tell_the_same_reader(
    reader: str, state: None, planted: dict[str, str]
) -> None:
    assert leaks(account(reader), planted) - TOLD_ELSEWHERE == set()


def test_every_text_that_can_be_found_was_planted_and_is_found(planted: dict[str, str]) -> None:
    """So that the tests above have something to find: where all is public, the coordinator finds it all."""
    with pgtrigger.ignore(), transaction.atomic():
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
    with pgtrigger.ignore(), transaction.atomic():
        set_visibilities("draft", "draft")
        visitor, hidden = (
            AnonymousUser(),
            next(kind for kind in kinds() if kind.model.objects.all().__class__ is rows),
        )
        before = {hit.kind.key for hit in all_hits(STEM, visitor)}
        monkeypatch.setattr(rows, "visible_to", lambda self, user: self.all())
        unguarded = [hit for hit in all_hits(STEM, visitor) if hit.kind.key == hidden.key]
        monkeypatch.undo()
        transaction.set_rollback(True)

    assert hidden.key not in before
    assert unguarded != []
