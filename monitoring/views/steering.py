"""The dashboard of everybody who steers, and the check before a report."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.filters import query_with
from measures.models import Measure
from monitoring.dashboard import RULES, Dashboard
from monitoring.mails import in_words
from monitoring.periods import Period, offered_periods
from monitoring.readiness import REMINDED, checks
from monitoring.views.base import steering_crumbs
from network.digest_mails import remind_now, who_is_reminded
from smartregion.base.access import PUBLIC, RuledView

QUARTERS_BACK = 4


class DashboardView(RuledView, TemplateView):
    """`?seit=` names the day of comparison: the end of one of the last quarters."""

    permission = PUBLIC
    template_name = "monitoring/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = localdate()
        days = _ends_of_quarters(today)
        since = next((day for day in days if day.isoformat() == self.request.GET.get("seit")), days[0])
        return super().get_context_data(
            board=Dashboard(self.request.user, today, since),
            views=[
                {"label": day, "url": f"?seit={day.isoformat()}", "current": day == since} for day in days
            ],
            phases=Measure.Phase.choices,
            lights=Measure.Light.choices,
            rules=RULES,
            crumbs=[(_("Monitoring"), "")],
            **kwargs,
        )


def _ends_of_quarters(on: date) -> list[date]:
    """Of the quarters that have ended, the latest first."""
    ends: list[date] = []
    start = Period.quarter(on).start
    while len(ends) < QUARTERS_BACK:
        ends.append(start - timedelta(days=1))
        start = Period.quarter(ends[-1]).start
    return ends


class ReadinessView(RuledView, TemplateView):
    """What a report on the period `?zeitraum=` would lack."""

    permission = "monitoring.request_report"
    template_name = "monitoring/readiness.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = localdate()
        periods = {period.slug: period for period in offered_periods(today)}
        chosen = periods.get(self.request.GET.get("zeitraum", ""), Period.quarter(today))
        found = checks(self.request.user, chosen, today)
        return super().get_context_data(
            checks=sorted(found, key=lambda check: not check.entries),
            total=sum(len(check.entries) for check in found),
            periods=periods.values(),
            period=chosen,
            is_over=chosen.end < today,
            crumbs=steering_crumbs((_("Bereit für den Bericht?"), "")),
            **kwargs,
        )


class RemindView(RuledView, TemplateView):
    """GET says how many would get a mail and asks; POST reminds all who can do something about what lacks."""

    permission = "monitoring.request_report"
    writes = ("post",)
    template_name = "monitoring/step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = who_is_reminded(kinds=REMINDED, on=localdate(), by=self.request.user)  # type: ignore[arg-type]
        return super().get_context_data(
            title=_("Alle erinnern"),
            question=_("Sollen alle an das erinnert werden, was sie für den Bericht noch tun können?"),
            consequences=[
                in_words(told),
                _("In der Mail steht je Konto nur, was es selbst tun kann, mit dem Weg dorthin."),
                _("Niemand bekommt am selben Tag eine zweite Mail."),
            ],
            submit_label=_("Alle erinnern"),
            cancel_url=self._back(),
            crumbs=steering_crumbs(
                (_("Bereit für den Bericht?"), reverse("readiness")), (_("Alle erinnern"), "")
            ),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = remind_now(kinds=REMINDED, on=localdate(), by=request.user)  # type: ignore[arg-type]
        level = messages.success if told.told else messages.info
        level(request, in_words(told))
        return HttpResponseRedirect(self._back())

    def _back(self) -> str:
        return f"{reverse('readiness')}{query_with(self.request.GET)}".rstrip("?")
