"""Nobody reads what is not for them: every address, each kind of reader, a word planted in every text."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from governance.models.meeting import MeetingQuerySet
from governance.models.paper import PaperQuerySet
from governance.models.resolution import ResolutionQuerySet
from measures.models import Measure
from tests.addresses import keys_of_rows
from tests.governance.leak_rows import plant
from tests.governance.leak_walk import asks_all, found_by, told_by_lists
from tests.governance.leak_words import READERS, WITHOUT_WORDS, Garden, plantable

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planted(rows_of_module: None) -> Iterator[tuple[Garden, dict[str, Any]]]:
    """Once for all readers: nobody writes."""
    logging.disable(logging.WARNING)  # every refusal would be written down with its traceback
    keys = keys_of_rows()
    yield plant(Measure.objects.get(slug=keys["massnahmen"])), keys
    logging.disable(logging.NOTSET)


def leaks(reader: str, garden: Garden, found: dict[str, list[str]]) -> list[str]:
    return sorted(
        f"{garden.words[word].label} at {places[0]}"
        for word, places in found.items()
        if reader not in garden.words[word].readers
    )


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_only_what_is_for_them(reader: str, planted: tuple[Garden, dict[str, Any]]) -> None:
    garden, keys = planted

    found = found_by(reader, garden, keys)

    assert leaks(reader, garden, found) == []
    if not asks_all(reader):
        return
    due = {word.field for word in garden.words.values() if reader in word.readers}
    assert due - {garden.words[word].field for word in found} == SHOWN_NOWHERE & due


SHOWN_NOWHERE = {"MirroredObject.foreign_id", "MirrorRun.endpoint", "MirrorRun.body"}
"""Fields that are stored and no page tells."""


@pytest.mark.parametrize("reader", ["visitor", "member", "other"])
def test_a_list_answers_to_a_hidden_word_as_to_nonsense(
    reader: str, planted: tuple[Garden, dict[str, Any]]
) -> None:
    assert list(told_by_lists(reader, planted[0])) == []


@pytest.mark.parametrize(
    ("rows", "below"),
    [
        (MeetingQuerySet, "/gremien/kalender/"),
        (PaperQuerySet, "/vorlagen/"),
        (ResolutionQuerySet, "/beschluesse/"),
    ],
)
def test_without_the_guard_the_walk_finds_what_is_hidden(
    rows: Any, below: str, planted: tuple[Garden, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a model whose every row is visible to all."""
    garden, keys = planted
    monkeypatch.setattr(rows, "visible_to", lambda self, user: self.all())

    assert leaks("visitor", garden, found_by("visitor", garden, keys, below)) != []
    if rows is not MeetingQuerySet:
        assert next(told_by_lists("visitor", garden), "") != ""


def test_every_model_is_planted(planted: tuple[Garden, dict[str, Any]]) -> None:
    """A new model, or a new field of one, has its words or a reason to have none."""
    garden, _keys = planted
    ours = [
        model
        for model in apps.get_app_config("governance").get_models()
        if not hasattr(model, "pgh_tracked_model") and model.__name__ not in WITHOUT_WORDS
    ]
    fields = {f"{model.__name__}.{column.name}" for model in ours for column in plantable(model)}

    assert fields - {word.field for word in garden.words.values()} == set()
    assert [model.__name__ for model in ours if not plantable(model)] == []
