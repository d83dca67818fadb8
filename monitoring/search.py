"""What can be found of monitoring: indicators and reports."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from monitoring.models import Indicator, Report, ReportKind
from monitoring.periods import Period
from smartregion.base import search
from smartregion.base.search import Shown


def _indicator(name: str, key: str) -> Shown:
    return Shown(name, reverse("indicator", args=[key]))


def _report(key: int, kind: str, subject: str, start: str, end: str) -> Shown:
    period = Period(date.fromisoformat(start), date.fromisoformat(end)).label
    title = " ".join(part for part in (str(ReportKind(kind).label), subject, period) if part)
    return Shown(title, reverse("report", args=[key]))


search.register(
    key="indikatoren",
    label=_("Indikatoren"),
    model=Indicator,
    seen_by=Indicator.objects.visible_to,
    texts={"A": ["name"], "B": ["definition"], "C": ["unit", "source"], "D": ["din_spec_91387", "u4ssc"]},
    values=["name", "key"],
    show=_indicator,
    field=["field", "measure__field"],
    visibility="visibility",
    is_example="is_example",
)
search.register(
    key="berichte",
    label=_("Berichte"),
    model=Report,
    seen_by=Report.objects.visible_to,
    texts={"A": ["kind", "subject"], "B": ["period_start", "period_end"], "C": ["as_of"]},
    values=["pk", "kind", "subject", "period_start", "period_end"],
    show=_report,
    field=["field", "measure__field"],
    on="as_of",
    visibility="audience",
)
