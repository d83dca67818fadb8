"""No word that a visitor may not read is in any feed or digest, whatever was hidden, when and how long."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate, now

from governance import public_news as of_committees
from governance.models import Committee, Meeting, Resolution
from measures import public_news
from measures.models import Measure, Milestone, Risk, StatusUpdate
from network.models import Municipality
from participation.models import Subscriber, WeeklyDigest
from participation.weekly import hand_over, request_weekly_digests
from tests.addresses import keys_of_rows
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user, set_cell
from tests.governance.leak_rows import plant
from tests.governance.leak_walk import WORD
from tests.governance.leak_words import Garden
from tests.governance.rows import make_meeting, make_resolution
from tests.measures.test_time_machine_leaks import archive, hide, hide_for_a_while, merge
from tests.participation.subscriber_rows import make_subscriber
from tests.past import happened_on

pytestmark = pytest.mark.django_db
SECRET = "Zitronenfalter"
NEXT_MONDAY = localdate() + timedelta(days=7 - localdate().weekday())
TOPICS = [("alles", "neues"), ("suche", SECRET), ("massnahmen", "zitronenfalter"), ("kommunen", "aadorf")]
FEEDS = [
    "/feeds/alles/neues.atom",
    "/feeds/handlungsfelder/mobilitaet.atom",
    "/feeds/kommunen/aadorf.atom",
    "/feeds/gremien/lenkungskreis.atom",
    "/feeds/massnahmen/zitronenfalter.atom",
    "/feeds/massnahmen/anders.atom",
    "/feeds/suche.atom?q=Netz",
]


def told() -> str:
    """All that feeds and a digest of everything say now, and the pages that offer them."""
    client = Client()
    pages = [*FEEDS, "/abonnement/", "/abonnement/?thema=massnahmen:zitronenfalter"]
    answers = [client.get(address) for address in pages]
    return "\n".join([*(answer.content.decode() for answer in answers), *digests()])


def digests() -> list[str]:
    """What a subscriber of all topics would be sent for this week."""
    mail.outbox = []
    subscriber = make_subscriber(*TOPICS, told_until=now() - timedelta(days=100))
    request_weekly_digests(NEXT_MONDAY)
    hand_over(WeeklyDigest.objects.waiting().get(subscriber=subscriber).pk)
    return [f"{each.subject}\n{each.body}" for each in mail.outbox]


def plant_secret(**values: Any) -> Measure:
    """A measure full of the word, with changes of each kind after it was made."""
    with happened_on(localdate() - timedelta(days=30)):
        make_region()
        place = make_municipality("Aadorf")
        measure = make_measure(SECRET, summary=SECRET, goal=SECRET, **values)
        make_measure("Anders")
        committee = make_committee("Lenkungskreis")
    with happened_on(localdate() - timedelta(days=20)):
        step = Milestone.objects.create(measure=measure, title=SECRET, planned_date=localdate())
        StatusUpdate.objects.create(measure=measure, on=localdate(), text=SECRET, visibility="public")
        set_cell(measure, place, stage="interested")
        measure.target_group, measure.title = f"{SECRET} alle", f"{SECRET} zwei"
        measure.save_over(measure.version)
        make_resolution(committee, "LK 1", title="Offen").measures.add(measure)
    with happened_on(localdate() - timedelta(days=10)):
        step.actual_date = localdate()
        step.save_over(step.version)
    return measure


@pytest.mark.parametrize("change", [hide, hide_for_a_while, archive, merge])
def test_what_was_taken_back_is_told_nowhere(change: Callable[[Measure], object]) -> None:
    measure = plant_secret()
    assert SECRET in told()
    _forget_subscribers()
    with happened_on(localdate() - timedelta(days=2)):
        change(measure)

    assert _words(told()) == []


@pytest.mark.parametrize("visibility", ["draft", "internal"])
def test_what_never_was_public_is_told_nowhere(visibility: str) -> None:
    plant_secret(visibility=visibility)

    assert _words(told()) == []


def test_parts_that_are_not_public_are_not_told() -> None:
    measure = plant_secret(visibility="draft")
    with happened_on(localdate() - timedelta(days=5)):
        _clean(measure)
    with happened_on(localdate() - timedelta(days=4)):
        for visibility in ("draft", "internal"):
            StatusUpdate.objects.create(measure=measure, on=localdate(), text=SECRET, visibility=visibility)
        Risk.objects.create(measure=measure, title=SECRET, likelihood=1, impact=1, owner=SECRET)
        set_cell(
            measure, Municipality.objects.get(), stage="live", since=localdate(), evidence=SECRET, note=SECRET
        )
        measure.refresh_from_db()
        measure.light, measure.light_reason, measure.contact = "red", SECRET, SECRET
        measure.save_over(measure.version)

    text = told()
    assert ("Aadorf: jetzt im Regelbetrieb" in text, "Ampel jetzt „rot“" in text, _words(text)) == (
        True,
        True,
        [],
    )


def test_of_a_committee_hidden_for_a_while_only_what_came_after_is_told() -> None:
    with happened_on(localdate() - timedelta(days=30)):
        make_region()
        make_measure("Netz")
        committee = make_committee("Lenkungskreis")
    with happened_on(localdate() - timedelta(days=20)):
        make_meeting(committee, "Herbst")
        make_resolution(committee, "LK 1", title=SECRET)
    with happened_on(localdate() - timedelta(days=15)):
        Committee.objects.update(visibility="internal")
        Resolution.objects.update(visibility="internal")
    with happened_on(localdate() - timedelta(days=10)):
        Committee.objects.update(visibility="public")
    with happened_on(localdate() - timedelta(days=5)):
        make_resolution(committee, "LK 2", title="Offen")
        meeting = Meeting.objects.get()
        meeting.status = "held"
        meeting.save_over(meeting.version)

    text = told()
    assert ("LK 2 Offen" in text, "jetzt: durchgeführt" in text, _words(text)) == (True, True, [])


@pytest.fixture
def garden() -> Iterator[Garden]:
    """A word in every text of committees in every visibility."""
    keys = keys_of_rows()
    yield plant(Measure.objects.get(slug=keys["massnahmen"]))


def test_no_word_of_committees_that_is_not_for_visitors_is_told(garden: Garden) -> None:
    text = Client().get("/feeds/alles/neues.atom").content.decode() + "".join(digests())

    met = set(WORD.findall(text.lower())) & garden.words.keys()
    assert [garden.words[word].label for word in met if "visitor" not in garden.words[word].readers] == []
    fields = {garden.words[word].field for word in met}
    assert fields == {
        *("Committee.name", "Committee.number_prefix", "Circular.title"),
        *("Meeting.title", "Resolution.number", "Resolution.title"),
    }


def test_without_the_guards_the_words_are_found(monkeypatch, garden: Garden) -> None:
    """The negative control: a source that asks for what the coordinator sees."""
    monkeypatch.setattr(of_committees, "VISITOR", make_user())
    text = "".join(digests())
    met = set(WORD.findall(text.lower())) & garden.words.keys()
    assert [word for word in met if "visitor" not in garden.words[word].readers] != []


def test_without_looking_back_what_was_hidden_for_a_while_is_found(monkeypatch) -> None:
    """The other negative control."""
    measure = plant_secret()
    with happened_on(localdate() - timedelta(days=2)):
        hide_for_a_while(measure)
    assert _words(told()) == []
    _forget_subscribers()
    monkeypatch.setattr(public_news, "_is_public", lambda event, newest: True)

    assert _words(told()) != []


def _clean(measure: Measure) -> None:
    measure.milestones.all().delete()
    measure.status_updates.all().delete()
    measure.visibility, measure.title, measure.summary, measure.goal = "public", "Offen", "Offen", "Offen"
    measure.target_group = ""
    measure.save_over(measure.version)


def _words(text: str) -> list[str]:
    """Lines with the planted word; addresses have it in small letters."""
    return [line for line in text.splitlines() if SECRET in line]


def _forget_subscribers() -> None:
    Subscriber.objects.all().delete()
