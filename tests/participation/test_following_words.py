"""Who follows words is told what is new on every page to which the search leads a visitor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import StatusUpdate
from participation import following
from participation.models import Event, EventFile, Idea, WeeklyDigest
from participation.weekly import hand_over, request_weekly_digests
from smartregion.base.search_hits import MOST_OF_KIND, Asked, pages_found, search
from smartregion.base.search_index import drop_index
from tests.factories import make_committee, make_measure, make_region, make_user
from tests.governance.rows import make_resolution
from tests.participation.atom_check import ATOM, problems_of
from tests.participation.event_rows import make_event
from tests.participation.rows import make_idea
from tests.participation.subscriber_rows import make_subscriber
from tests.past import happened_on

pytestmark = pytest.mark.django_db
WORD = "Zitronenfalter"
NEXT_MONDAY = localdate() + timedelta(days=7 - localdate().weekday())
LAST_WEEK, LONG_AGO = localdate() - timedelta(days=7), localdate() - timedelta(days=120)


def feed(words: str = WORD) -> list[str]:
    """The titles of what the feed tells, in alphabetical order."""
    content = Client().get(f"/feeds/suche.atom?{urlencode({'q': words})}").content
    assert problems_of(content) == []
    return sorted(
        entry.findtext(f"{ATOM}title", "") for entry in Xml.fromstring(content).iter(f"{ATOM}entry")
    )


def digest(words: str = WORD) -> str:
    """What a subscriber of the words is sent next Monday; "" for no mail."""
    mail.outbox = []
    subscriber = make_subscriber(("suche", words), told_until=now() - timedelta(days=30))
    request_weekly_digests(NEXT_MONDAY)
    hand_over(WeeklyDigest.objects.waiting().get(subscriber=subscriber).pk)
    return "".join(each.body for each in mail.outbox)


@pytest.fixture
def found_anywhere() -> None:
    """The word in a text of an event, an idea, a resolution and a status update, and beside them others."""
    with happened_on(LONG_AGO):
        make_region()
        measure = make_measure("Netz", no="M-01")
        committee = make_committee("Lenkungskreis")
        make_measure("Wald", no="M-02")
    with happened_on(LAST_WEEK):
        make_event("Lesung", text=f"Über {WORD} und andere.")
        make_event("Andere Lesung")
        make_idea("Blühstreifen", text=f"Für den {WORD}.")
        make_idea("Radweg")
        make_resolution(committee, "LK 1", title="Wiese", wording=f"Der {WORD} bleibt.")
        make_resolution(committee, "LK 2", title="Zaun", wording="Der Zaun bleibt.")
        StatusUpdate.objects.create(measure=measure, on=LAST_WEEK, text=f"Erste {WORD}.", visibility="public")


EXPECTED = ["Blühstreifen", "Lenkungskreis: LK 1 Wiese", "Lesung", "M-01 Netz"]


def test_feed_and_digest_tell_of_all_kinds_that_the_search_finds(found_anywhere: None) -> None:
    text = digest()

    assert feed() == EXPECTED
    assert [title for title in EXPECTED if title in text] == EXPECTED
    assert [other for other in ("Andere Lesung", "Radweg", "Zaun", "Wald") if other in text] == []


@pytest.mark.parametrize("words", [WORD, "Zitronenfaltern", "Zitronenfalte", "zitronen", "Unsinn", "und"])
def test_the_pages_are_those_of_the_hits_however_the_words_are_typed(
    found_anywhere: None, words: str
) -> None:
    hits = search(Asked(words, per_page=1000), AnonymousUser()).hits

    assert pages_found(words, AnonymousUser()) == {hit.shown.url.partition("#")[0] for hit in hits}
    assert feed(words) == (EXPECTED if hits else [])


def make_hidden() -> None:
    """The word where a visitor does not find it, also in parts of what a visitor sees."""
    with happened_on(LONG_AGO):
        make_region()
        committee = make_committee("Lenkungskreis")
        closed = make_committee("Beirat", visibility="internal")
        measure = make_measure("Netz", no="M-01")
    with happened_on(LAST_WEEK):
        for visibility in ("internal", "draft"):
            make_event(f"{WORD} {visibility}", visibility=visibility)
            make_measure(f"{WORD} {visibility}", visibility=visibility)
        for state in (Idea.State.WAITING, Idea.State.ASKED, Idea.State.REJECTED, Idea.State.WITHDRAWN):
            make_idea(f"{WORD} {state}", state=state)
        make_resolution(committee, "LK 1", title=WORD, visibility="internal")
        make_resolution(closed, "BR 1", title=WORD)
        event = make_event("Lesung", online_url=f"https://{WORD.lower()}.example.org/")
        EventFile.objects.create(
            event=event, title=WORD, name="a.pdf", kind="pdf", content=b"%PDF-", size=5, sha256="0" * 64
        )
        StatusUpdate.objects.create(measure=measure, on=LAST_WEEK, text=WORD, visibility="internal")


def test_what_a_visitor_does_not_find_is_told_nowhere_nor_by_what_is_around_it() -> None:
    make_hidden()

    assert (feed(), digest()) == ([], "")


def test_if_more_were_found_the_pages_around_it_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the search is asked for the coordinator."""
    make_hidden()
    monkeypatch.setattr(following, "VISITOR", make_user())

    assert feed() == ["Lesung"]
    assert "Lesung" in digest()


def test_what_was_hidden_since_is_not_told(found_anywhere: None) -> None:
    for row in (Idea.objects.get(title="Blühstreifen"), StatusUpdate.objects.get()):
        if isinstance(row, Idea):
            row.state = Idea.State.WITHDRAWN
        else:
            row.visibility = "internal"
        row.save_over(row.version)

    assert feed() == ["Lenkungskreis: LK 1 Wiese", "Lesung"]


def test_more_that_is_found_asks_no_more_of_the_database(count_queries: Callable[[], Any]) -> None:
    make_region()

    def costs(number: int) -> int:
        for each in range(number):
            make_event(f"{WORD} {each}")
            make_idea(f"{WORD} {each}")
        with count_queries() as queries:
            assert feed()
        return len(queries)

    assert costs(2) == costs(20)


def test_all_pages_are_found_also_where_the_search_page_counts_fewer() -> None:
    begin = now()
    Event.objects.bulk_create(
        Event(
            title=f"{WORD} {each}",
            starts_at=begin,
            ends_at=begin + timedelta(hours=1),
            place="Kreishaus",
            visibility="public",
        )
        for each in range(MOST_OF_KIND + 1)
    )

    assert len(pages_found(WORD, AnonymousUser())) == MOST_OF_KIND + 1


def test_while_the_index_is_made_a_poller_is_asked_to_come_again() -> None:
    make_region()
    make_event(WORD)
    drop_index()
    answer = Client().get(f"/feeds/suche.atom?q={WORD}")

    assert (answer.status_code, answer["Retry-After"], answer.content) == (503, "60", b"")
