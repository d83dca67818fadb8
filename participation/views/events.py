"""Events: the list, an event's page, and both for calendars."""

from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.filters import query_with
from participation.calendar import calendar_of, sign_of
from participation.event_feedback import figures_of
from participation.forms.events import EventFilter
from participation.models import Event, EventFile, EventSeries, Registration, Session, Survey
from participation.models.surveys import SMALLEST_NUMBER
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.changes import Source, journal
from smartregion.base.history import events_of
from smartregion.base.languages import German

KEEP: Final = "participation.keep_events"
JOIN: Final = "participation.join_as_administration"
PER_PAGE: Final = 20
PAST: Final = "vergangen"
MONTHS_BACK: Final = 13


def event_crumbs(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Veranstaltungen"), reverse("events") if further else ""), *further]


class EventListPage(RuledView, TemplateView):
    """What comes, or what was: `?zeit=vergangen`."""

    permission = PUBLIC
    template_name = "participation/events.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, query = self.request.user, self.request.GET
        is_past = query.get("zeit") == PAST
        visible = Event.objects.visible_to(user)
        chosen = EventFilter(query, visible.past() if is_past else visible.next_of_each_series())
        found = chosen.qs.with_counts().select_related("field")
        keeps = user.has_perm(KEEP)
        return super().get_context_data(
            filter=chosen,
            is_past=is_past,
            coming_url=f"{self.request.path}{query_with(query, zeit=None, page=None)}",
            past_url=f"{self.request.path}{query_with(query, zeit=PAST, page=None)}",
            page_obj=Paginator(found, PER_PAGE).get_page(query.get("page")),
            page_query=query_with(query, page=None).removeprefix("?"),
            series=EventSeries.objects.all() if keeps else None,
            crumbs=event_crumbs(),
            **kwargs,
        )


class OfEvent(RuledView):
    """A page below `/veranstaltungen/<key>/`. Whoever may not see the event finds nothing."""

    event_key = "event_pk"

    @cached_property
    def event(self) -> Event:
        visible = Event.objects.visible_to(self.request.user).with_counts()
        return get_object_or_404(visible.select_related("field", "series"), pk=self.kwargs[self.event_key])

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        own = self.event.get_absolute_url() if further else ""
        return event_crumbs((German(self.event.title), own), *further)


class EventPage(OfEvent, TemplateView):
    permission = PUBLIC
    event_key = "pk"
    template_name = "participation/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, user = self.event, self.request.user
        keeps = user.has_perm(KEEP)
        shows_feedback = keeps or event.feedback_published_at is not None
        return super().get_context_data(
            event=event,
            sessions=event.sessions.select_related("field"),
            files=EventFile.objects.visible_to(user).without_content().filter(event=event),
            siblings=self._siblings(),
            surveys=Survey.objects.visible_to(user).filter(event=event),
            places_left=None if event.capacity is None else max(0, event.capacity - event.taken),  # type: ignore[attr-defined]
            own=Registration.objects.of_account(user).filter(event=event).first(),
            register_address=f"{settings.PORTAL_URL}{reverse('register', args=[event.pk])}",
            may_join=user.has_perm(JOIN),
            keeps=keeps,
            feedback=figures_of(event) if shows_feedback and event.has_begun else None,
            least_answers=SMALLEST_NUMBER,
            comments=event.feedback.exclude(comment="") if keeps else [],
            changes=journal_of(event) if keeps else None,
            crumbs=self.crumbs(),
            **kwargs,
        )

    def _siblings(self) -> QuerySet[Event]:
        """The next events of the same series."""
        others = Event.objects.visible_to(self.request.user).coming().taking_place()
        return others.filter(series__isnull=False, series=self.event.series).exclude(pk=self.event.pk)[:6]


def journal_of(event: Event) -> Any:
    """The event's history with that of its programme and files."""
    return journal(
        [
            Source(Event, events_of(Event, pgh_obj_id=event.pk)),
            Source(Session, events_of(Session, event_id=event.pk), lambda row: str(row.title)),
            Source(EventFile, events_of(EventFile, event_id=event.pk), lambda row: str(row.title)),
        ]
    )


def calendar_answer(request: HttpRequest, events: Any, *, name: str, caching: str) -> HttpResponseBase:
    """The events for a poller; who has the newest state already gets 304, by the ETag alone."""
    calendar = calendar_of(events, name=name)
    sign = sign_of(calendar)
    response = get_conditional_response(request, etag=sign)
    if response is None:
        response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="veranstaltungen.ics"'
    response["ETag"], response["Cache-Control"] = sign, caching
    return response


class EventCalendar(OfEvent):
    """One event to put into a calendar."""

    permission = PUBLIC
    event_key = "pk"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return calendar_answer(request, [self.event], name=self.event.title, caching="private, no-cache")


class EventFeed(RuledView):
    """What a visitor may see, whoever asks; `?field=` and `?kind=` as on the page."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponseBase:
        visible = Event.objects.visible_to(AnonymousUser())
        recent = visible.filter(ends_at__gte=now() - relativedelta(months=MONTHS_BACK))
        events = EventFilter(request.GET, recent).qs.order_by("starts_at", "pk")
        return calendar_answer(request, events, name=_("Veranstaltungen"), caching="public, no-cache")
