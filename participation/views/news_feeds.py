"""Atom feeds of what is new in public, the same for whoever asks."""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.timezone import now
from django.utils.translation import gettext as _

from network.models import Region
from network.often import CountedView
from participation.atom import atom_feed
from participation.following import SEARCH, choices_for, feed_of, news_about, topic_in
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.public_news import Choice, Topic
from smartregion.base.search_words import NoIndex

MOST: Final = 50
BACK: Final = timedelta(days=90)


class TopicFeed(RuledView):
    """Answers a poller that has the newest feed with 304.

    Only the ETag decides: news that vanish, since their row was hidden, leave no later date behind.
    """

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        topic, choice = self.followed()
        moment = now()
        news = news_about([topic], since=moment - BACK, until=moment)[:MOST]
        region = Region.objects.first()
        title = f"{choice.label} – {region.portal_title}" if region else choice.label
        page = choice.url or reverse("home")
        content = atom_feed(news, title=title, page=page, feed=feed_of(topic), region=region)
        sign = f'"{sha256(content).hexdigest()[:32]}"'
        response = get_conditional_response(request, etag=sign)
        if response is None:
            response = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
        response["ETag"], response["Cache-Control"] = sign, "public, no-cache"
        if news:
            response["Last-Modified"] = http_date(news[0].at.timestamp())
        return response

    def followed(self) -> tuple[Topic, Choice]:
        return _found(Topic(self.kwargs["kind"], self.kwargs["topic"]))


class SearchFeed(CountedView, TopicFeed):
    """`?q=` names the words. While the index is being made, a poller keeps what it has and asks again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().get(request, *args, **kwargs)
        except NoIndex:
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})

    def followed(self) -> tuple[Topic, Choice]:
        return _found(topic_in(f"{SEARCH}:{self.request.GET.get('q', '')}"))


def _found(topic: Topic | None) -> tuple[Topic, Choice]:
    """The topic, which a visitor has to be able to see."""
    choice = choices_for([topic]).get(topic) if topic else None
    if topic is None or choice is None:
        raise Http404(_("Diesen Feed gibt es nicht."))
    return topic, choice
