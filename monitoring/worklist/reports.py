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
from monitoring.models import Erratum, Report, ReportSchedule
from monitoring.models.reports import SCOPES
from monitoring.periods import Period
from monitoring.services.reports import Due, missing_reports
from monitoring.verify.job import failed_check, last_damage
from smartregion.base.worklist import Entry, Post, Severity, days_between, may, source

KEEP, APPROVE, GUARD = "monitoring.request_report", "monitoring.approve_report", "monitoring.guard_reports"


@source("berichte", gettext_lazy("Berichte: fehlgeschlagen oder fehlend"), reminds=True, concerns=may(KEEP))
def broken_reports(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(KEEP):
        return
    failed = Report.objects.visible_to(user).failed().for_list()
    for report in failed:
        job: Any = report.job
        yield Entry(
            title=_title(report),
            why=job.error,
            severity=Severity.NOW,
            on=localdate(job.finished_at) if job.finished_at else None,
            url=report.get_absolute_url(),
            action=_("Bericht ansehen"),
            post=Post(label=_("Erneut versuchen"), url=reverse("report_retry", args=[report.pk])),
        )
    for due in missing_reports(on=on):
        yield _missing(due, on)


def _missing(due: Due, on: date) -> Entry:
    schedule, period = due.schedule, due.period
    if due.report:
        why = _("%(due)s. Den Entwurf, den jemand begonnen hat, stellt das Portal nicht von selbst zusammen.")
        url, action = due.report.get_absolute_url(), _("Entwurf bearbeiten")
    elif not due.is_next:
        why = _("%(due)s. Er entsteht, sobald der vorige Bericht dieses Plans versiegelt ist.")
        url, action = reverse("reports"), _("Berichte ansehen")
    else:
        why = _("%(due)s, aber nicht erstellt.")
        url, action = _address_of(schedule, period), _("Bericht anlegen")
    since = _("Nach Plan fällig seit dem Ende des Zeitraums am %(day)s (%(days)s)") % {
        "day": date_format(period.end, "d.m.Y"),
        "days": days_between(period.end, on),
    }
    return Entry(
        title=_("%(kind)s %(period)s, für: %(audience)s")
        % {
            "kind": schedule.template or schedule.get_kind_display(),
            "period": period.label,
            "audience": schedule.get_audience_display(),
        },
        why=why % {"due": since},
        severity=Severity.SOON,
        on=period.end,
        url=url,
        action=action,
    )


def _address_of(schedule: ReportSchedule, period: Period) -> str:
    asked = {
        "kind": schedule.kind,
        "audience": schedule.audience,
        "period": OWN,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        **({"template": schedule.template_id} if schedule.template_id else {}),
    }
    return f"{reverse('report_request')}?{urlencode(asked)}"


@source("berichte-freigeben", gettext_lazy("Berichte: freigeben"), reminds=True, concerns=may(KEEP))
def reports_to_release(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator: what is compiled."""
    if not user.has_perm(KEEP):
        return
    for report in Report.objects.to_release().for_list():
        yield _waiting(
            report,
            _("Seit dem %s zusammengestellt."),
            report.compiled_at,
            _("Lesen und freigeben"),
        )


@source("berichte-zurueckgegeben", gettext_lazy("Berichte: zurückgegeben"), reminds=True, concerns=may(KEEP))
def reports_given_back(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator: drafts that somebody gave back, with the reason."""
    if not user.has_perm(KEEP):
        return
    for report in Report.objects.given_back().for_list():
        yield Entry(
            title=_title(report),
            why=report.return_reason,
            severity=Severity.SOON,
            url=report.get_absolute_url(),
            action=_("Entwurf bearbeiten"),
        )


@source("berichte-genehmigen", gettext_lazy("Berichte: genehmigen"), reminds=True, concerns=may(APPROVE))
def reports_to_approve(user: Any, on: date) -> Iterator[Entry]:
    """For the chair of the Lenkungskreis: reports and errata."""
    if not user.has_perm(APPROVE):
        return
    for report in Report.objects.to_approve().for_list():
        yield _waiting(
            report,
            _("Seit dem %s freigegeben."),
            report.released_at,
            _("Lesen und genehmigen"),
        )
    scopes = [f"report__{column}" for column in SCOPES.values()]
    errata = Erratum.objects.to_approve().select_related("report", *scopes).defer("report__snapshot")
    for erratum in errata:
        yield Entry(
            title=str(erratum),
            why=_("Seit dem %s erklärt.") % date_format(localdate(erratum.declared_at), "d.m.Y"),
            severity=Severity.SOON,
            on=localdate(erratum.declared_at),
            url=erratum.get_absolute_url(),
            action=_("Lesen und genehmigen"),
        )


def _waiting(report: Report, why: str, since: Any, action: str) -> Entry:
    day = localdate(since)
    return Entry(
        title=_title(report),
        why=why % date_format(day, "d.m.Y"),
        severity=Severity.SOON,
        on=day,
        url=report.get_absolute_url(),
        action=action,
    )


@source(
    "berichte-pruefen",
    gettext_lazy("Berichte: beschädigt oder nicht geprüft"),
    reminds=True,
    concerns=may(GUARD),
)
def damaged_reports(user: Any, on: date) -> Iterator[Entry]:
    """For the administrator: what the last nightly check found, and whether there was one since."""
    if not user.has_perm(GUARD):
        return
    failed = failed_check()
    if failed is not None:
        yield Entry(
            title=_("Die Berichte ließen sich zuletzt nicht prüfen"),
            why=failed.error,
            severity=Severity.SOON,
            on=localdate(failed.finished_at),
            url=failed.get_absolute_url(),
            action=_("Auftrag ansehen"),
        )
    job = last_damage()
    if job is not None:
        yield Entry(
            title=_("Die Prüfung der Berichte hat Abweichungen gefunden"),
            why=job.error,
            severity=Severity.NOW,
            on=localdate(job.finished_at),
            url=reverse("reports"),
            action=_("Berichte ansehen"),
        )


def _title(report: Report) -> str:
    return _("%(report)s, für: %(audience)s") % {"report": report, "audience": report.get_audience_display()}


@source("neuester-bericht", gettext_lazy("Neuester Bericht"))
def newest_report(user: Any, on: date) -> Iterator[Entry]:
    """For the Lenkungskreis, which reads what others compile."""
    if not user.has_perm("monitoring.follow_reports"):
        return
    sealed = Report.objects.visible_to(user).sealed().for_list().order_by("-as_of", "-pk")
    for report in sealed[:1]:
        yield Entry(
            title=_title(report),
            why=_("Stichtag %s.") % date_format(report.as_of, "d.m.Y"),
            severity=Severity.INFO,
            url=report.get_absolute_url(),
            action=_("Bericht lesen"),
        )
