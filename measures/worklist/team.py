"""What development teams hand to the coordinator, and what comes back to them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Impulse, Measure, StatusUpdate
from measures.worklist.audience import reports
from smartregion.base.worklist import Entry, Post, Severity, day_or_dash, days_between, may, source

PUBLISH = "measures.publish_statusupdate"
NEWS_FOR = timedelta(days=14)
"""How long somebody is told what became of an input."""


@source("freigabe", gettext_lazy("Sachstände freizugeben"), reminds=True, concerns=may(PUBLISH))
def submitted_updates(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(PUBLISH):
        return
    updates = StatusUpdate.objects.submitted().filter(measure__in=Measure.objects.visible_to(user))
    for update in updates.select_related("measure", "author"):
        where = [update.measure.slug, update.pk]
        yield Entry(
            title=_("Sachstand: %s") % update.measure.title,
            why=_("Stand vom %(day)s, eingereicht von: %(who)s. „%(text)s“")
            % {"day": day_or_dash(update.on), "who": update.author or "–", "text": _short(update.text)},
            severity=Severity.SOON,
            on=update.on,
            page=update.get_absolute_url(),
            url=reverse("status_update_edit", args=where),
            action=_("Vorher bearbeiten"),
            post=Post(
                label=_("Öffentlich freigeben") if update.for_public else _("Intern freigeben"),
                url=reverse("status_update_approve", args=where),
                field="version",
                value=str(update.version),
            ),
            is_example=update.measure.is_example,
        )


@source("rueckgabe", gettext_lazy("Zurückgegebene Sachstände"), reminds=True, concerns=reports)
def returned_updates(user: Any, on: date) -> Iterator[Entry]:
    """For their author, as long as they are on the team."""
    returned = StatusUpdate.objects.filter(review=StatusUpdate.Review.RETURNED, author=user)
    for update in returned.filter(measure__in=Measure.objects.reported_by(user)).select_related("measure"):
        yield Entry(
            title=_("Sachstand: %s") % update.measure.title,
            why=_("Die Koordination bittet um Ergänzung: %s") % update.review_comment,
            severity=Severity.SOON,
            on=update.on,
            page=update.get_absolute_url(),
            url=reverse("status_update_edit", args=[update.measure.slug, update.pk]),
            action=_("Bearbeiten"),
            is_example=update.measure.is_example,
        )


@source("unterstuetzung", gettext_lazy("Unterstützung gebraucht"))
def support_needed(user: Any, on: date) -> Iterator[Entry]:
    """What the last approved update of a measure that goes on asks for; the next one ends the entry."""
    if not user.has_perm(PUBLISH):
        return
    newest = StatusUpdate.objects.approved().filter(measure=OuterRef("measure")).order_by("-on", "-pk")
    asking = StatusUpdate.objects.filter(pk=Subquery(newest.values("pk")[:1])).exclude(support_needed="")
    measures = Measure.objects.visible_to(user).going_on()
    for update in asking.filter(measure__in=measures).select_related("measure"):
        yield Entry(
            title=update.measure.title,
            why=_("Seit dem %(day)s: %(text)s")
            % {"day": day_or_dash(update.on), "text": _short(update.support_needed)},
            severity=Severity.SOON,
            on=update.on,
            page=update.measure.get_absolute_url(),
            url=update.get_absolute_url(),
            action=_("Sachstand lesen"),
            is_example=update.measure.is_example,
        )


@source("impulse", gettext_lazy("Impulse"))
def impulses(user: Any, on: date) -> Iterator[Entry]:
    """Open ones for the coordinator; for their givers what became of theirs."""
    visible = Impulse.objects.filter(measure__in=Measure.objects.visible_to(user)).select_related("measure")
    if user.has_perm("measures.decide_impulse"):
        for impulse in visible.open():
            words = {"day": day_or_dash(impulse.given_on), "days": days_between(impulse.given_on, on)}
            yield Entry(
                title=f"{impulse.title} – {impulse.measure.title}",
                why=_("Gegeben am %(day)s, offen %(days)s.") % words,
                severity=Severity.SOON,
                on=impulse.given_on,
                page=impulse.get_absolute_url(),
                url=reverse("impulse_fate", args=[impulse.measure.slug, impulse.pk]),
                action=_("Entscheiden"),
                is_example=impulse.measure.is_example,
            )
        return
    for impulse in visible.filter(given_by=user, decided_on__gte=on - NEWS_FOR):
        said = f"{impulse.get_fate_display()}. {_short(impulse.fate_reason)}".strip()
        yield Entry(
            title=f"{impulse.title} – {impulse.measure.title}",
            why=_("Aus Ihrem Impuls wurde am %(day)s: %(fate)s")
            % {"day": day_or_dash(impulse.decided_on), "fate": said},
            severity=Severity.INFO,
            on=impulse.decided_on,
            page=impulse.get_absolute_url(),
            url=impulse.get_absolute_url(),
            action=_("Ansehen"),
            is_example=impulse.measure.is_example,
        )


def _short(text: str) -> str:
    return Truncator(text).chars(160)
