"""Since when others tell what has changed: the Stichtag of the last report."""

from typing import Any

from django.utils.translation import gettext as _

from monitoring.models import Report
from monitoring.snapshot.world import moment_of
from smartregion.base import clock, written
from smartregion.base.occasions import Occasion, occasion


@occasion("report")
def last_report(user: Any) -> Occasion | None:
    """The sealed report with the latest Stichtag among those that the user may read."""
    sealed = (
        Report.objects.visible_to(user).sealed().filter(sealed_at__lte=clock.now()).order_by("-as_of", "-pk")
    )
    day = sealed.values_list("as_of", flat=True).first()
    if day is None:
        return None
    return Occasion(_("Bericht zum Stichtag %s") % written.day(day), moment_of(day))
