"""Events that have no programme yet, and feedback that nobody has published."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.models import Event
from smartregion.base.worklist import Entry, Severity, day_or_dash, days_between, may, source

KEEP: Final = "participation.keep_events"
PROGRAMME_DAYS, URGENT_DAYS = 42, 14
FEEDBACK_DAYS: Final = 14
"""So long people answer before the figures are looked at."""


@source("programm", gettext_lazy("Veranstaltung ohne Programm"), reminds=True, concerns=may(KEEP))
def events_without_programme(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(KEEP):
        return
    for event in Event.objects.visible_to(user).without_programme(on + timedelta(days=PROGRAMME_DAYS)):
        is_late = event.day <= on + timedelta(days=URGENT_DAYS)
        yield Entry(
            title=event.title,
            why=_("Beginnt am %(day)s (%(days)s), noch ohne Programmpunkt.")
            % {"day": day_or_dash(event.day), "days": days_between(event.day, on)},
            severity=Severity.NOW if is_late else Severity.SOON,
            on=event.day,
            page=event.get_absolute_url(),
            url=reverse("session_add", args=[event.pk]),
            action=_("Programmpunkt anlegen"),
            is_example=event.is_example,
        )


@source("rueckmeldungen", gettext_lazy("Rückmeldungen zu veröffentlichen"), concerns=may(KEEP))
def feedback_to_publish(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(KEEP):
        return
    ended = Event.objects.visible_to(user).with_feedback_to_publish(on - timedelta(days=FEEDBACK_DAYS))
    for event in ended:
        day = localdate(event.ends_at)
        yield Entry(
            title=event.title,
            why=_("War am %(day)s (%(days)s); die Zahlen der Rückmeldungen sieht noch niemand.")
            % {"day": day_or_dash(day), "days": days_between(day, on)},
            severity=Severity.INFO,
            on=day,
            url=f"{event.get_absolute_url()}#rueckmeldungen",
            action=_("Rückmeldungen ansehen"),
            is_example=event.is_example,
        )
