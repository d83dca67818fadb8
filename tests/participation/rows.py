"""Short ways to ideas and consultations."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import now

from participation.links import secret_of
from participation.models import Idea, IdeaAuthor, Question, Reply, Sheet, Support, Survey
from participation.services.ideas import OWN
from smartregion.base.text import german_slug


def make_idea(title: str = "Radweg beleuchten", **values: Any) -> Idea:
    """A published idea, unless `state` says otherwise; `email` is where its author is told of it."""
    email, state = values.pop("email", ""), values.pop("state", Idea.State.PUBLISHED)
    idea = Idea.objects.create(title=title, **{"text": "Abends ist es dunkel.", **values})
    if email:
        IdeaAuthor.objects.create(idea=idea, email=email, wants_news=True, confirmed_at=now())
    if state != Idea.State.WAITING:
        idea.state, idea.decided_at = state, now()
        idea.published_at = now() if state == Idea.State.PUBLISHED else None
        idea.note = idea.note or ("Warum?" if state in (Idea.State.ASKED, Idea.State.REJECTED) else "")
        idea.save_over(idea.version)
    return Idea.objects.get(pk=idea.pk)


def own_page(idea: Idea) -> str:
    """Where its author sees how it fares."""
    return reverse("idea_own", args=[secret_of(idea, OWN)])


def make_supporters(idea: Idea, number: int) -> None:
    Support.objects.bulk_create(
        Support(idea=idea, who=f"{idea.pk}-{each}", confirmed_at=now()) for each in range(number)
    )


def make_survey(title: str = "Was zuerst?", **values: Any) -> Survey:
    """A published survey that began yesterday and ends tomorrow, without an address."""
    day = timedelta(days=1)
    defaults = {
        "slug": german_slug(title),
        "intro": "Wir fragen Sie.",
        "way": Survey.Way.ANONYMOUS,
        "opens_at": now() - day,
        "closes_at": now() + day,
        "is_published": True,
    }
    return Survey.objects.create(title=title, **{**defaults, **values})


def make_question(survey: Survey, kind: str = "single", **values: Any) -> Question:
    with_options = kind in Question.WITH_OPTIONS
    defaults = {"text": f"Frage {kind}", "options": ["Rad", "Bus", "Bahn"] if with_options else []}
    number = survey.questions.count() + 1
    return Question.objects.create(survey=survey, kind=kind, **{"position": number, **defaults, **values})


def make_sheet(survey: Survey, *replies: Reply, **values: Any) -> Sheet:
    sheet = Sheet.objects.create(survey=survey, **{"confirmed_at": now(), **values})
    for reply in replies:
        reply.sheet = sheet
        reply.save()
    return sheet


def end(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(closes_at=now() - timedelta(hours=1))
