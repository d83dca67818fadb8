"""Topics that visitors follow, as an address or a form names them, and what is new about some of them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.models.subscriptions import LONGEST_KEY, LONGEST_KIND
from smartregion.base.public_news import VISITOR, Choice, News, Topic, kind_of, kinds, news, topics
from smartregion.base.search_hits import pages_found

SEARCH: Final = "suche"
EVERYTHING: Final = "alles"


@topics(SEARCH, label=gettext_lazy("Suchworte"), order=50, is_listed=False)
def searches(keys: Collection[str] | None) -> dict[str, Choice]:
    """Any words can be followed."""
    return {words: Choice(_("Suche nach „%s“") % words, "") for words in keys or ()}


@topics(EVERYTHING, label=gettext_lazy("Alles"), order=0)
def everything(keys: Collection[str] | None) -> dict[str, Choice]:
    found = {"neues": Choice(_("Alles Neue im Portal"), "")}
    return found if keys is None or "neues" in keys else {}


def feed_of(topic: Topic) -> str:
    """The address of its Atom feed."""
    if topic.kind == SEARCH:
        return f"{reverse('search_feed')}?{urlencode({'q': topic.key})}"
    return reverse("topic_feed", args=topic)


def topic_in(text: str) -> Topic | None:
    """The topic that `massnahmen:sensornetz` names; None where it can name none."""
    kind, _colon, key = text.partition(":")
    key = " ".join(key.replace("\0", "").split())
    if not key or len(kind) > LONGEST_KIND or len(key) > LONGEST_KEY or kind_of(kind) is None:
        return None
    return Topic(kind, key)


def choices_for(wanted: Iterable[Topic]) -> dict[Topic, Choice]:
    """Of these topics those that a visitor may see, by kind. One query per kind that is wanted."""
    by_kind: dict[str, list[str]] = {}
    for topic in wanted:
        by_kind.setdefault(topic.kind, []).append(topic.key)
    return {
        Topic(kind.key, key): choice
        for kind in kinds()
        if kind.key in by_kind
        for key, choice in kind.find(by_kind[kind.key]).items()
    }


def news_about(wanted: Iterable[Topic], *, since: datetime, until: datetime) -> list[News]:
    """What is new about at least one of the topics, the newest first.

    Words that are followed are told what is new on every page to which the search leads a visitor now.

    Raises:
        NoIndex: words are followed, and the index of the search is being made.
    """
    followed, found = set(wanted), news(since, until)
    if any(topic.kind == EVERYTHING for topic in followed):
        return found
    words = [topic.key for topic in followed if topic.kind == SEARCH] if found else []
    pages = set().union(*(pages_found(each, VISITOR) for each in words))
    return [each for each in found if each.topics & followed or each.url.partition("#")[0] in pages]
