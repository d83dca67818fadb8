"""What reports ask of an account."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.forms.reports import OWN
from monitoring.models import Report
from monitoring.services.reports import missing_reports
from smartregion.base.worklist import Entry, Post, Severity, days_between, source


@source("berichte", gettext_lazy("Berichte: fehlgeschlagen oder fehlend"))
def broken_reports(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("monitoring.request_report"):
        return
    failed = Report.objects.visible_to(user).failed()
    for report in failed.defer("snapshot").select_related("job"):
        yield Entry(
            title=_title(report.get_kind_display(), report.period_label, report.get_audience_display()),
            why=report.job.error,
            severity=Severity.NOW,
            on=localdate(report.job.finished_at) if report.job.finished_at else None,
            url=report.get_absolute_url(),
            action=_("Bericht ansehen"),
            post=Post(label=_("Erneut versuchen"), url=reverse("report_retry", args=[report.pk])),
        )
    for schedule, period in missing_reports(on=on):
        asked = {
            "kind": schedule.kind,
            "audience": schedule.audience,
            "period": OWN,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
        }
        yield Entry(
            title=_title(schedule.get_kind_display(), period.label, schedule.get_audience_display()),
            why=_("Nach Plan fällig seit dem Ende des Zeitraums am %(day)s (%(days)s), aber nicht erstellt.")
            % {"day": date_format(period.end, "d.m.Y"), "days": days_between(period.end, on)},
            severity=Severity.SOON,
            on=period.end,
            url=f"{reverse('report_request')}?{urlencode(asked)}",
            action=_("Bericht anfordern"),
        )


def _title(kind: str, period: str, audience: str) -> str:
    return _("%(kind)s %(period)s, für: %(audience)s") % {
        "kind": kind,
        "period": period,
        "audience": audience,
    }


@source("neuester-bericht", gettext_lazy("Neuester Bericht"))
def newest_report(user: Any, on: date) -> Iterator[Entry]:
    """For the Lenkungskreis, which reads what others compile."""
    if not user.has_perm("monitoring.follow_reports"):
        return
    sealed = Report.objects.visible_to(user).sealed().defer("snapshot").order_by("-as_of", "-pk")
    for report in sealed[:1]:
        yield Entry(
            title=_title(report.get_kind_display(), report.period_label, report.get_audience_display()),
            why=_("Stichtag %s.") % date_format(report.as_of, "d.m.Y"),
            severity=Severity.INFO,
            url=report.get_absolute_url(),
            action=_("Bericht lesen"),
        )
