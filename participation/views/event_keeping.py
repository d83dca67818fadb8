"""The coordinator's pages of an event: it, its programme, its documents, series of events."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.services.series import Alignment
from governance.views.base import AddPage, AskPage, EditPage, RestorePage, UndoPage
from governance.views.series import PreviewedSeries, SeriesEditPage
from participation.forms.events import EventForm, EventSeriesForm, SessionForm
from participation.models import Event, EventSeries, Session
from participation.services.event_series import (
    alignment_of_events,
    create_event_series,
    undo_event_series,
)
from participation.services.events import cancel_event, undo_event
from participation.views.events import KEEP, OfEvent, event_crumbs
from smartregion.base.access import RuledView
from smartregion.base.history import recorded
from smartregion.base.versioned import Versioned


class Keeping(RuledView):
    """A page of the coordinator below `/veranstaltungen/`; first among the bases."""

    permission = KEEP
    change_permission = KEEP

    def get_back_url(self) -> str:
        return reverse("events")

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return event_crumbs(*further)


class KeepingOfEvent(OfEvent):
    """The same below one event."""

    permission = KEEP
    change_permission = KEEP
    anchor = ""

    def get_back_url(self) -> str:
        return f"{self.event.get_absolute_url()}{self.anchor}"


def told_in_words(number: int) -> str:
    words = ngettext("%d Person bekommt dazu eine Mail.", "%d Personen bekommen dazu eine Mail.", number)
    return words % number


class EventAddPage(Keeping, AddPage):
    form_class = EventForm
    page_title = _("Veranstaltung anlegen")

    def new_row(self) -> Event:
        return Event()


class EventEditPage(KeepingOfEvent, EditPage):
    event_key = "pk"
    form_class = EventForm
    page_title = _("Veranstaltung bearbeiten")

    def get_queryset(self) -> QuerySet[Event]:
        return Event.objects.visible_to(self.request.user)

    def form_valid(self, form: EventForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        if form.told:
            messages.info(self.request, told_in_words(form.told))
        return response


class EventUndoPage(KeepingOfEvent, UndoPage):
    event_key = "pk"

    def get_object(self) -> Event:
        return self.event

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_event(event=self.event, version=version, by=self.request.user)


class EventCancelPage(KeepingOfEvent, AskPage):
    event_key = "pk"
    page_title = _("Veranstaltung absagen")
    submit_label = _("Veranstaltung absagen")
    done_message = _("Die Veranstaltung ist abgesagt.")

    def get_subject(self) -> Event:
        return get_object_or_404(Event.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _(
            "Sie bleibt als „abgesagt“ stehen. "
            "Alle, die sich angemeldet haben, bekommen eine Mail mit dem Grund."
        )
        return super().get_context_data(question=self.subject.title, loss=loss, **kwargs)

    def act(self, subject: Event, *, reason: str, version: int | None) -> None:
        told = cancel_event(event=subject, version=version, by=self.request.user, reason=reason)
        if told:
            messages.info(self.request, told_in_words(told))

    def get_undo_url(self) -> str:
        return f"{reverse('event_undo', args=[self.subject.pk])}?version={self.subject.version}"


class OfProgramme(KeepingOfEvent):
    anchor = "#programm"

    def sessions(self) -> QuerySet[Session]:
        return self.event.sessions.select_related("event")


class SessionAddPage(OfProgramme, AddPage):
    form_class = SessionForm
    page_title = _("Programmpunkt anlegen")

    def new_row(self) -> Session:
        return Session(event=self.event)

    def get_initial(self) -> dict[str, Any]:
        """The next one begins where the last one ended."""
        last = self.event.sessions.order_by("ends_at").last()
        return {"starts_at": last.ends_at if last else self.event.starts_at}


class SessionEditPage(OfProgramme, EditPage):
    form_class = SessionForm
    page_title = _("Programmpunkt bearbeiten")

    def get_queryset(self) -> QuerySet[Session]:
        return self.sessions()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remove = reverse("session_remove", args=[self.event.pk, self.object.pk])
        return super().get_context_data(remove_url=remove, **kwargs)


class SessionUndoPage(OfProgramme, UndoPage):
    def get_object(self) -> Session:
        return get_object_or_404(self.sessions(), pk=self.kwargs["pk"])


class SessionRemovePage(OfProgramme, AskPage):
    page_title = _("Programmpunkt entfernen")
    submit_label = _("Programmpunkt entfernen")
    done_message = _("Der Programmpunkt wurde entfernt.")

    def get_subject(self) -> Session:
        return get_object_or_404(self.sessions(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.subject.title, **kwargs)

    def act(self, subject: Session, *, reason: str, version: int | None) -> None:
        with recorded(by=self.request.user, reason=reason):
            subject.delete_over(version)

    def get_undo_url(self) -> str:
        return reverse("session_restore", args=[self.event.pk, self.kwargs["pk"]])


class SessionRestorePage(OfProgramme, RestorePage):
    model = Session

    def owner(self) -> dict[str, Any]:
        return {"event_id": self.event.pk}


class PreviewedEvents(Keeping, PreviewedSeries):
    """Before the form's own view among the bases."""

    def alignment(self, series: EventSeries) -> Alignment:
        return alignment_of_events(series, before=self.stored(), on=localdate())

    def stored(self) -> EventSeries | None:
        return EventSeries.objects.filter(pk=self.kwargs.get("pk")).first()


class EventSeriesAddPage(PreviewedEvents, AddPage):
    form_class = EventSeriesForm
    page_title = _("Veranstaltungsreihe anlegen")

    def new_row(self) -> EventSeries:
        return EventSeries(takes_registrations=True)

    def store(self, row: EventSeries) -> None:
        create_event_series(series=row, by=self.request.user)


class EventSeriesEditPage(PreviewedEvents, SeriesEditPage):
    form_class = EventSeriesForm
    page_title = _("Veranstaltungsreihe bearbeiten")

    def get_queryset(self) -> QuerySet[EventSeries]:
        return EventSeries.objects.all()


class EventSeriesUndoPage(Keeping, UndoPage):
    def get_object(self) -> EventSeries:
        return get_object_or_404(EventSeries, pk=self.kwargs["pk"])

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_event_series(series=self.get_object(), version=version, by=self.request.user)
