"""An idea's page tells its way to measure, decision and roll-out, with the days of the records."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now

from governance.services.backlog import put_on_agenda
from measures.models import Measure
from network.models import Role
from participation.models import Idea, IdeaAuthor, VisitorMail
from participation.services.ideas import edit_idea
from participation.services.news import tell_authors
from participation.way import linked_at, way_of
from tests.factories import make_committee, make_measure, make_municipality, make_user, set_cell
from tests.governance.rows import make_meeting, make_resolution, make_topic
from tests.participation.rows import make_idea, own_page

pytestmark = pytest.mark.django_db


def told(idea: Idea, user: Any = None) -> list[list[str]]:
    return [
        [f"{event.text} {event.of}".strip() for event in station.events]
        for station in way_of(Idea.objects.get(pk=idea.pk), user or AnonymousUser())
    ]


def link(idea: Idea, measure: Measure | None) -> Idea:
    idea.measure = measure
    return edit_idea(idea=idea, version=idea.version, by=None)


def test_an_idea_is_followed_to_measure_decision_and_rollout(client: Client) -> None:
    place, idea = make_municipality(), make_idea(sent_at=now() - timedelta(days=60))
    measure = make_measure("Beleuchtung")
    set_cell(measure, place, stage="live", since=date(2026, 5, 1), evidence="Lampen")
    committee = make_committee()
    earlier = localdate() - timedelta(days=90)
    make_resolution(committee, "LK 0", title="Vorarbeit", resolved_on=earlier).measures.add(measure)
    make_resolution(committee, "LK 1", title="Lampen").measures.add(measure)
    link(idea, measure)

    assert told(idea) == [
        ["eingereicht", "geprüft und veröffentlicht"],
        [f"verbunden mit {measure}"],
        [
            "schon vor der Idee, Lenkungskreis: ungeändert beschlossen LK 0 Vorarbeit",
            "Lenkungskreis: ungeändert beschlossen LK 1 Lampen",
        ],
        ["schon vor der Idee im Regelbetrieb in Aadorf"],
    ]
    stations = way_of(Idea.objects.get(), AnonymousUser())
    assert [station.is_reached for station in stations] == [True, True, True, False]
    page = client.get(f"/ideen/{idea.pk}/").content.decode()
    assert all(words in page for words in (measure.get_absolute_url(), "LK 1", "01.05.2026"))


def test_the_way_through_a_committee_is_told_from_topic_to_agenda_item() -> None:
    committee, idea = make_committee(), make_idea()
    topic = make_topic(committee, "Lampen")
    idea.topic = topic
    idea.save_over(idea.version)
    meeting = make_meeting(committee, starts_at=now() + timedelta(days=9), status="planned")
    item = put_on_agenda(topic=topic, meeting=meeting, version=topic.version, by=None)
    make_resolution(
        committee, "LK 2", item=item, title="Lampen", resolved_on=localdate() + timedelta(days=10)
    )

    assert told(idea)[2] == [
        "als Thema vorgeschlagen: Lenkungskreis Lampen",
        "auf der Tagesordnung Frühjahrssitzung",
        "Lenkungskreis: ungeändert beschlossen LK 2 Lampen",
    ]


def test_a_reader_finds_only_the_stations_that_they_may_see() -> None:
    """Negative control: the coordinator finds all of them."""
    make_municipality()
    committee = make_committee(visibility="internal")
    internal = make_measure("Geheim", visibility="internal")
    make_resolution(committee, visibility="internal").measures.add(internal)
    idea = make_idea()
    idea.topic = make_topic(committee, visibility="internal")
    link(idea, internal)

    assert told(idea)[1:] == [[], [], []]
    assert [len(events) for events in told(idea, make_user(Role.COORDINATION))[1:3]] == [1, 2]


def test_the_day_of_the_link_is_that_of_the_measure_it_has_now() -> None:
    idea, measure = make_idea(), make_measure()
    link(idea, make_measure("Andere"))
    link(idea, None)
    link(idea, measure)
    newest = Idea.pgh_event_model.objects.filter(measure_id=measure.pk).order_by("pgh_id").first()
    idea.answer = "Gern."
    edit_idea(idea=idea, version=idea.version, by=None)

    assert linked_at(idea) == newest.pgh_created_at


def test_an_author_who_wants_it_is_told_of_a_decision_once() -> None:
    make_idea(email="a@example.org")
    silent = make_idea(email="b@example.org")
    IdeaAuthor.objects.filter(idea=silent).update(wants_news=False)
    measure = make_measure()
    Idea.objects.update(measure=measure)
    make_resolution(make_committee()).measures.add(measure)
    before = tell_authors()
    IdeaAuthor.objects.update(told_until=now() - timedelta(days=60))

    assert (before, tell_authors(), tell_authors()) == (0, 1, 0)
    assert [mail.to for mail in VisitorMail.objects.all()] == ["a@example.org"]


def test_telling_authors_asks_as_often_however_many_have_nothing_new(
    count_queries: Callable[[], Any],
) -> None:
    numbers = []
    for number in range(4):
        make_idea(f"Idee {number}", email=f"a{number}@example.org", measure=make_measure(f"M {number}"))
        if number in (0, 3):
            with count_queries() as queries:
                assert tell_authors() == 0
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]


def test_a_linked_measure_and_an_answer_are_told_at_once() -> None:
    idea = make_idea(email="a@example.org")
    link(idea, make_measure())
    idea.answer = "Gern."
    edit_idea(idea=idea, version=idea.version, by=None)

    news, answer = VisitorMail.objects.order_by("pk")
    assert (news.subject, answer.subject) == ("Neues zu Ihrer Idee", "Antwort auf Ihre Idee")
    assert ["Gern." in mail.body for mail in (news, answer)] == [False, True]


def test_the_authors_own_page_shows_the_answer_too(client: Client) -> None:
    idea = make_idea(answer="**Gern**, im Frühjahr.")

    pages = [client.get(each).content.decode() for each in (idea.get_absolute_url(), own_page(idea))]
    assert ["<strong>Gern</strong>, im Frühjahr." in page for page in pages] == [True, True]


def test_what_was_decided_before_the_idea_came_is_no_step_of_its_way() -> None:
    """It is told with its day, as background."""
    idea, measure, committee = make_idea(), make_measure(), make_committee()
    earlier = localdate() - timedelta(days=3)
    make_resolution(committee, "LK 1", title="Vorarbeit", resolved_on=earlier).measures.add(measure)
    link(idea, measure)
    before = way_of(Idea.objects.get(), AnonymousUser())[2]
    make_resolution(committee, "LK 2", resolved_on=localdate()).measures.add(measure)

    assert (before.is_reached, [event.on for event in before.events]) == (False, [earlier])
    assert way_of(Idea.objects.get(), AnonymousUser())[2].is_reached


def test_an_ideas_page_asks_as_often_however_much_it_tells(count_queries: Callable[[], Any]) -> None:
    idea, measure, committee = make_idea(), make_measure(), make_committee()
    link(idea, measure)
    costs = []
    for number in (2, 12):
        while measure.cells.count() < number:
            cell = measure.cells.create(municipality=make_municipality(f"Ort {measure.cells.count()}"))
            set_cell(measure, cell.municipality, stage="live", since=date(2026, 5, 1), evidence="x")
            make_resolution(committee, f"LK {cell.pk}").measures.add(measure)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with count_queries() as queries:
            assert Client().get(f"/ideen/{idea.pk}/").status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
