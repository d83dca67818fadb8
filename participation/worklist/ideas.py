"""What the public has sent and the coordinator has to look at."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from participation.models import Idea, Survey
from smartregion.base.worklist import Entry, Severity, day_or_dash, days_between, may, source

MOST_ENTRIES: Final = 20
LOOKED_AT_WITHIN: Final = timedelta(days=7)
MANAGE_IDEAS, MANAGE_SURVEYS = "participation.manage_ideas", "participation.manage_surveys"


@source("ideen", gettext_lazy("Ideen zu prüfen"), reminds=True, concerns=may(MANAGE_IDEAS))
def waiting_ideas(user: Any, on: date) -> Iterator[Entry]:
    """The oldest ones; the queue has them all."""
    if not user.has_perm(MANAGE_IDEAS):
        return
    for idea in Idea.objects.waiting()[:MOST_ENTRIES]:
        since = localdate(idea.waiting_since)
        words = {"day": day_or_dash(since), "days": days_between(since, on)}
        yield Entry(
            title=idea.title,
            why=_("Wartet auf Prüfung %(days)s (%(day)s).") % words,
            severity=Severity.NOW if on - since > LOOKED_AT_WITHIN else Severity.SOON,
            on=since,
            url=reverse("idea_decide", args=[idea.pk]),
            action=_("Prüfen"),
            is_example=idea.is_example,
        )


@source("ideen-ohne-antwort", gettext_lazy("Viel unterstützte Ideen ohne Antwort"))
def supported_ideas(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(MANAGE_IDEAS):
        return
    for idea in Idea.objects.well_supported().most_supported()[:MOST_ENTRIES]:
        number = idea.supporters
        yield Entry(
            title=idea.title,
            why=ngettext(
                "%d Unterstützung, noch keine Antwort.", "%d Unterstützungen, noch keine Antwort.", number
            )
            % number,
            severity=Severity.INFO,
            on=localdate(idea.published_at),
            url=reverse("idea_edit", args=[idea.pk]),
            action=_("Beantworten"),
            page=idea.get_absolute_url(),
            is_example=idea.is_example,
        )


@source("umfragetexte", gettext_lazy("Freie Texte aus Umfragen"), reminds=True, concerns=may(MANAGE_SURVEYS))
def texts_to_read(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(MANAGE_SURVEYS):
        return
    unread = Q(sheets__replies__state="waiting", sheets__confirmed_at__isnull=False) & ~Q(
        sheets__replies__text=""
    )
    waiting = Count("sheets__replies", filter=unread)
    for survey in Survey.objects.annotate(unread=waiting).filter(unread__gt=0):
        number: int = survey.unread  # type: ignore[attr-defined]
        yield Entry(
            title=survey.title,
            why=ngettext("%d Text ist ungeprüft.", "%d Texte sind ungeprüft.", number) % number,
            severity=Severity.SOON,
            on=localdate(survey.closes_at),
            url=reverse("survey_texts", args=[survey.slug]),
            action=_("Prüfen"),
            page=survey.get_absolute_url(),
            is_example=survey.is_example,
        )
