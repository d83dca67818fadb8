"""What the funding clock asks of those who keep the money."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from measures.funding_clock import alarms
from measures.models import Grant
from smartregion.base.worklist import Entry, may, source


@source("foerderung", gettext_lazy("Förderung"), reminds=True, concerns=may("measures.change_money"))
def funding(user: Any, on: date) -> Iterator[Entry]:
    """Deadlines of funding, each with the form that settles it."""
    if not user.has_perm("measures.change_money"):
        return
    for alarm in alarms(Grant.objects.visible_to(user), on):
        measure = alarm.grant.measure
        yield Entry(
            title=measure.title,
            why=alarm.text,
            severity=alarm.severity,
            on=alarm.on,
            page=alarm.grant.get_absolute_url(),
            url=alarm.url,
            action=alarm.action,
            is_example=measure.is_example,
        )
