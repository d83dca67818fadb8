"""What report schedules ask of an account before a report is due."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models import ReportSchedule
from smartregion.base.worklist import Entry, Severity, days_between, may, source

KEEP, APPROVE = "monitoring.keep_schedules", "monitoring.approve_report"


@source("berichte-bald", gettext_lazy("Berichte, die bald entstehen"), reminds=True, concerns=may(KEEP))
def reports_to_prepare(user: Any, on: date) -> Iterator[Entry]:
    """So many days before as the schedule says, until the report is compiled."""
    if not user.has_perm(KEEP):
        return
    active = ReportSchedule.objects.filter(is_active=True, remind_before__gt=0).select_related("template")
    for schedule in active.order_by("pk"):
        period = schedule.next_period(on)
        due = schedule.due_on(period)
        if due - timedelta(days=schedule.remind_before) <= on:
            yield Entry(
                title=_("%(schedule)s: %(period)s") % {"schedule": schedule, "period": period.label},
                why=_("Stichtag %(day)s, zusammengestellt wird ab %(due)s (%(days)s).")
                % {
                    "day": date_format(period.end, "d.m.Y"),
                    "due": date_format(due, "d.m.Y"),
                    "days": days_between(due, on),
                },
                severity=Severity.SOON,
                on=due,
                page=reverse("report_schedules"),
                url=f"{reverse('readiness')}?{urlencode({'zeitraum': period.slug})}",
                action=_("Prüfen, was fehlt"),
            )


@source(
    "plan-genehmigen", gettext_lazy("Berichtspläne: vorab genehmigen"), reminds=True, concerns=may(APPROVE)
)
def schedules_to_approve(user: Any, on: date) -> Iterator[Entry]:
    """For the chair of the Lenkungskreis."""
    if not user.has_perm(APPROVE):
        return
    for schedule in ReportSchedule.objects.to_approve_ahead().select_related("template").order_by("pk"):
        yield Entry(
            title=_("%(report)s, für: %(audience)s")
            % {"report": schedule, "audience": schedule.get_audience_display()},
            why=_(
                "Vorab freigegeben. Ohne Ihre Genehmigung wartet jeder Bericht dieses Plans einzeln auf Sie."
            ),
            severity=Severity.INFO,
            url=f"{reverse('report_schedules')}#plan-{schedule.pk}",
            action=_("Plan ansehen"),
        )
