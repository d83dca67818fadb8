"""Once a day: tell authors who wish it that their idea has got further on its way."""

from django.contrib.auth.models import AnonymousUser
from django.utils.timezone import localtime

from participation.models import Idea, IdeaAuthor
from participation.services.ideas import tell_news
from participation.way import way_of


def tell_authors() -> int:
    """One mail for each idea that reached something since its author was last told; returns how many.

    Told is what everybody may read: decisions and roll-out, on the days after the one of the last mail.
    """
    following = IdeaAuthor.objects.filter(wants_news=True, idea__state=Idea.State.PUBLISHED)
    told = 0
    for author in following.exclude(idea__measure=None, idea__topic=None).select_related("idea"):
        since = localtime(author.told_until).date()
        events = (event for station in way_of(author.idea, AnonymousUser())[2:] for event in station.events)
        if any(event.on and event.on > since for event in events):
            tell_news(author.idea)
            told += 1
    return told
