"""Once a day: tell authors who wish it that their idea has got further on its way."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime

from governance.models import AgendaItem, Resolution, Topic
from measures.models import RolloutCell
from participation.models import Idea, IdeaAuthor
from participation.services.ideas import tell_news
from participation.way import way_of
from smartregion.base.history import event_model


def tell_authors() -> int:
    """One mail for each idea that reached something since its author was last told; returns how many.

    Told is what everybody may read: decisions and roll-out, on the days after the one of the last mail.
    """
    following = IdeaAuthor.objects.confirmed().filter(wants_news=True, idea__state=Idea.State.PUBLISHED)
    told = 0
    for author in _with_something_new(following).select_related("idea"):
        since = localtime(author.told_until).date()
        events = (event for station in way_of(author.idea, AnonymousUser())[2:] for event in station.events)
        if any(event.on and event.on > since for event in events):
            tell_news(author.idea)
            told += 1
    return told


def _with_something_new(authors: QuerySet[IdeaAuthor]) -> QuerySet[IdeaAuthor]:
    """Those of whose idea the records hold anything later; so the way of all the others is not asked for."""
    measure, topic, since = OuterRef("idea__measure"), OuterRef("idea__topic"), OuterRef("since")
    resolved = Resolution.objects.order_by().filter(resolved_on__gt=since)
    return authors.annotate(since=TruncDate("told_until")).filter(
        Exists(resolved.filter(measure_links__measure=measure))
        | Exists(resolved.filter(item__topics=topic))
        | Exists(AgendaItem.objects.order_by().filter(topics=topic, meeting__starts_at__date__gt=since))
        | Exists(RolloutCell.objects.order_by().filter(measure=measure, since__gt=since))
        | Exists(event_model(Topic)._base_manager.filter(pgh_obj_id=topic, pgh_created_at__date__gt=since))
    )
