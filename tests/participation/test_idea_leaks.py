"""Ideas that are not public leak nowhere: not on pages, in counts, panels or agendas of any reader."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from network.models import Role
from participation.models import Idea, Reply
from tests.factories import (
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    make_region,
    make_user,
)
from tests.governance.rows import make_meeting
from tests.participation.rows import make_idea, make_question, make_sheet, make_supporters, make_survey

pytestmark = pytest.mark.django_db
HIDDEN = [state for state in Idea.State.values if state != Idea.State.PUBLISHED]
WORD = "kanarienvogel"


@pytest.fixture
def pages() -> list[str]:
    """Everything that an idea could be told on; one of each state, each with the word in all its texts."""
    make_region()
    place, field, measure = make_municipality(), make_field(), make_measure()
    committee = make_committee()
    meeting = make_meeting(committee, status="planned")
    about = {"field": field, "municipality": place, "measure": measure}
    shown = make_idea("Sichtbar", **about)
    hidden = []
    for state in HIDDEN:
        merged = {"merged_into": shown} if state == Idea.State.MERGED else {}
        texts = {name: f"{WORD} {state} {name}" for name in ("text", "note", "answer")}
        idea = make_idea(f"{WORD} {state}", state=state, email=f"{WORD}@example.org", **texts, **about)
        if merged:
            Idea.objects.filter(pk=idea.pk).update(**merged)
        make_supporters(idea, 30)
        hidden.append(idea)
    draft = make_survey(f"Entwurf {WORD}", is_published=False, field=field)
    survey = make_survey("Offen", field=field)
    text = make_question(survey, "text")
    make_sheet(survey, Reply(question=text, text=f"{WORD} ungeprüft"))
    return [
        *["/", "/ideen/", "/ideen/umfragen/", "/arbeitsplatz/"],
        *[f"/ideen/{idea.pk}/" for idea in [shown, *hidden]],
        *[f"/ideen/{idea.pk}/unterstuetzen/" for idea in hidden],
        *[draft.get_absolute_url(), survey.get_absolute_url(), "/ideen/pruefen/"],
        *[row.get_absolute_url() for row in (field, place, measure, meeting)],
    ]


def readers() -> Iterator[tuple[str, Client]]:
    yield "visitor", Client()
    for role in (Role.STEERING, Role.TEAM, Role.ADMINISTRATION):
        client = Client()
        client.force_login(make_user(role))
        yield role, client


def said(client: Client, page: str) -> str:
    response = client.get(page)
    return "" if response.status_code >= 300 else response.content.decode()


def test_nothing_of_an_unpublished_idea_is_told_to_anybody(pages: list[str]) -> None:
    found = [(reader, page) for reader, client in readers() for page in pages if WORD in said(client, page)]

    assert found == []


def test_counts_and_suggestions_know_published_ideas_only(pages: list[str]) -> None:
    client = Client()
    alike = client.post("/ideen/aehnliche/", {"title": f"{WORD} waiting", "text": WORD})

    assert client.get("/ideen/").context["page_obj"].paginator.count == 1
    assert client.get(f"/ideen/?q={WORD}").context["page_obj"].paginator.count == 0
    assert list(alike.context["alike"]) == []


def test_the_coordinator_does_find_them_so_that_there_was_something_to_leak(pages: list[str]) -> None:
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))
    own: list[Any] = [page for page in pages if WORD in said(editor, page)]

    assert len(own) == len(HIDDEN) + 4  # the lists of drafts, ideas and work, and the draft itself
