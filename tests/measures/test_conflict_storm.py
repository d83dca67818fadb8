"""1,000 pairs of saves at the same moment over real HTTP: one winner each, nothing is silently lost."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from measures.models import Measure, RolloutCell
from network.models import Role
from smartregion.base.versioned import Versioned
from tests.factories import make_measure, make_municipality, make_user
from tests.scale import scaled

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS, PAIRS_WITHOUT_GUARD, SUBJECTS, LANES = 2 * scaled(250), 20, 10, 2
"""Pairs of each kind; lanes work beside one another, each on subjects of its own."""
TOKEN = "a" * 32


@dataclass(frozen=True)
class Subject:
    """What is fought for: where to send, what else the form sends, the field, and what is stored in it."""

    address: str
    form: dict[str, Any]
    field: str
    stored: Callable[[], tuple[str, int]]


@dataclass(frozen=True)
class Duel:
    """The codes of both answers, whose text is stored, and whether each loser's page has the loser's text."""

    codes: tuple[int, ...]
    winners: int
    stored_is_the_winners: bool
    losers_keep_their_text: bool
    version_grew_by: int


class Editor:
    """A signed-in browser with one connection that is kept open."""

    def __init__(self, address: str) -> None:
        client = Client()
        client.force_login(make_user(Role.COORDINATION))
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
        }
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def send(self, barrier: Barrier, address: str, form: dict[str, Any]) -> tuple[int, str]:
        body = urlencode(form, doseq=True)
        barrier.wait(60)
        self.connection.request("POST", address, body, self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def cell_subject(cell: RolloutCell) -> Subject:
    def stored() -> tuple[str, int]:
        return RolloutCell.objects.values_list("note", "version").get(pk=cell.pk)

    return Subject(cell.get_absolute_url(), {"stage": cell.stage}, "note", stored)


def measure_subject(measure: Measure) -> Subject:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    address = f"{measure.get_absolute_url()}bearbeiten/"
    form = client.get(address).context["form"]
    values = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}

    def stored() -> tuple[str, int]:
        return Measure.objects.values_list("benefit", "version").get(pk=measure.pk)

    return Subject(address, values, "benefit", stored)


def fight(subject: Subject, editors: list[Editor], pool: ThreadPoolExecutor, name: str) -> Duel:
    """Both send the version that stands there, at the same moment, each a text of their own."""
    _text, version = subject.stored()
    texts = [f"Fassung {name} von {who}" for who in ("Ada", "Ben")]
    barrier = Barrier(len(editors))
    sent = [
        pool.submit(
            editor.send, barrier, subject.address, {**subject.form, "version": version, subject.field: text}
        )
        for editor, text in zip(editors, texts, strict=True)
    ]
    answers = [(*future.result(), text) for future, text in zip(sent, texts, strict=True)]
    winners = [text for code, _page, text in answers if code == 302]
    losers = [(page, text) for code, page, text in answers if code != 302]
    now, version_now = subject.stored()
    return Duel(
        codes=tuple(sorted(code for code, _page, _text in answers)),
        winners=len(winners),
        stored_is_the_winners=[now] == winners,
        losers_keep_their_text=all(re.search(rf"<textarea[^>]*>\s*{text}", page) for page, text in losers),
        version_grew_by=version_now - version,
    )


def lane(subjects: list[Subject], address: str, pairs: int, number: int) -> list[Duel]:
    editors = [Editor(address) for _ in range(2)]
    try:
        with ThreadPoolExecutor(len(editors)) as pool:
            return [
                fight(subjects[turn % len(subjects)], editors, pool, f"{number}-{turn}")
                for turn in range(pairs // LANES)
            ]
    finally:
        for editor in editors:
            editor.connection.close()
        connection.close()


def storm(subjects: list[Subject], address: str, pairs: int) -> Counter[Duel]:
    with ThreadPoolExecutor(LANES) as pool:
        lanes = [
            pool.submit(lane, subjects[number::LANES], address, pairs, number) for number in range(LANES)
        ]
        return Counter(duel for each in lanes for duel in each.result())


def subjects_of(kind: str) -> list[Subject]:
    make_municipality()
    measures = [make_measure(f"Netz {number}") for number in range(SUBJECTS)]
    if kind == "cells":
        return [cell_subject(measure.cells.get()) for measure in measures]
    return [measure_subject(measure) for measure in measures]


KINDS = pytest.mark.parametrize("kind", ["cells", "measures"])


@KINDS
def test_of_500_pairs_each_has_one_winner_and_no_text_is_lost(kind: str, live_server: Any) -> None:
    duels = storm(subjects_of(kind), live_server.url, PAIRS)

    assert duels == {Duel((302, 409), 1, True, True, 1): PAIRS}


@KINDS
def test_without_the_guard_texts_are_lost_and_the_count_shows_it(
    kind: str, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: rows are written without a look at their version."""

    def save_over_whatever_stands_there(row: Versioned, version: int | None) -> Versioned:
        row.save()
        return row

    for model in (Versioned, RolloutCell):
        monkeypatch.setattr(model, "save_over", save_over_whatever_stands_there)

    duels = storm(subjects_of(kind), live_server.url, PAIRS_WITHOUT_GUARD)

    lost = sum(number for duel, number in duels.items() if duel.winners == 2)
    assert (lost, sum(duels.values())) == (PAIRS_WITHOUT_GUARD, PAIRS_WITHOUT_GUARD)
