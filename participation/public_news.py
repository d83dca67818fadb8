"""What is new in public about events and ideas."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Visibility
from measures.public_news import FIELDS, MUNICIPALITIES, subject_of
from participation.models import Event, Idea
from smartregion.base.public_news import VISITOR, Choice, Life, News, Topic, key_of, lives, source, topics
from smartregion.base.text import plain_text

EVENTS: Final = "veranstaltungen"
KINDS: Final = {
    "themenwoche": Event.Kind.WEEK,
    "konferenz": Event.Kind.CONFERENCE,
    "workshop": Event.Kind.WORKSHOP,
    "austausch": Event.Kind.ROUND,
}
KEYS: Final = {kind: key for key, kind in KINDS.items()}
WORDS_OF_IDEA: Final = 60


@topics(EVENTS, label=gettext_lazy("Veranstaltungen"), order=35)
def kinds_of_events(keys: Collection[str] | None) -> dict[str, Choice]:
    page = reverse("events")
    return {key: Choice(str(kind.label), page) for key, kind in KINDS.items() if keys is None or key in keys}


@source("events")
def tell_events(since: datetime) -> Iterator[News]:
    """New events, those that were moved or called off, and results."""
    found = lives(Event.objects.visible_to(VISITOR), since, _is_public)
    for event in Event.objects.filter(pk__in=found).select_related("field"):
        yield from _of_event(event, found[event.pk])


def _is_public(event: Any, newest: Any) -> bool:
    return bool(event.visibility == Visibility.PUBLIC)


def _of_event(event: Event, life: Life) -> Iterator[News]:
    if life.shown:
        values = {"day": _day(event.starts_at), "summary": event.summary}
        text = _("Neue Veranstaltung am %(day)s. %(summary)s") % values
        yield _news_of_event(event, life.shown, text, is_new=True)
    for before, after in life.steps:
        if text := _moved(before, after):
            yield _news_of_event(event, after, text, is_move=True)
        elif text := _changed(before, after):
            yield _news_of_event(event, after, text)


def _moved(before: Any, after: Any) -> str:
    if before.starts_at == after.starts_at or (after.is_cancelled and not before.is_cancelled):
        return ""
    values = {"day": _day(after.starts_at), "before": _day(before.starts_at)}
    return _("Jetzt am %(day)s, zuvor am %(before)s.") % values


def _changed(before: Any, after: Any) -> str:
    if after.is_cancelled and not before.is_cancelled:
        return _("Die Veranstaltung am %s ist abgesagt.") % _day(after.starts_at)
    if after.results and not before.results:
        return _("Was herauskam, steht jetzt auf der Seite der Veranstaltung.")
    return ""


def _news_of_event(event: Event, change: Any, text: str, **is_what: bool) -> News:
    about = {Topic(EVENTS, KEYS[Event.Kind(event.kind)])}
    if event.field:
        about.add(Topic(FIELDS, event.field.slug))
    return _news(event, change, text, about, **is_what)


def _news(row: Event | Idea, change: Any, text: str, about: set[Topic], **is_what: bool) -> News:
    return News(
        key=key_of(change),
        at=change.pgh_created_at,
        about=row.title,
        text=text,
        url=row.get_absolute_url(),
        subject=subject_of(row),
        topics=frozenset(about),
        is_example=row.is_example,
        **is_what,
    )


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "d.m.Y, H:i")


@source("ideas")
def tell_ideas(since: datetime) -> Iterator[News]:
    """Ideas when they are published, and that they were answered."""
    found = lives(Idea.objects.visible_to(VISITOR), since, _is_published)
    for idea in Idea.objects.filter(pk__in=found).with_names():
        life = found[idea.pk]
        if life.shown:
            words = Truncator(plain_text(idea.text)).words(WORDS_OF_IDEA)
            yield _news_of_idea(idea, life.shown, _("Neue Idee. %s") % words)
        for before, after in life.steps:
            if after.answer and not before.answer:
                yield _news_of_idea(idea, after, _("Die Koordinierungsstelle hat geantwortet."))


def _is_published(event: Any, newest: Any) -> bool:
    return bool(event.state == Idea.State.PUBLISHED)


def _news_of_idea(idea: Idea, change: Any, text: str) -> News:
    about = set()
    if idea.field:
        about.add(Topic(FIELDS, idea.field.slug))
    if idea.municipality:
        about.add(Topic(MUNICIPALITIES, idea.municipality.slug))
    return _news(idea, change, text, about)
