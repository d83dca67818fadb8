"""What monitoring shows on the pages of others."""

from typing import Any

from monitoring.models import Report
from smartregion.base.panels import register


@register(subject="home", key="reports", order=40, template="monitoring/_home_panel.html")
def latest_report(_home: None, user: Any) -> dict[str, Any] | None:
    report = Report.objects.visible_to(user).sealed().for_list().order_by("-as_of", "-pk").first()
    return {"report": report} if report else None
