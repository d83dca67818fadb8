"""The private calendar address of an account ends with what else works without signing in."""

from typing import Any

from governance.models import CalendarLink
from smartregion.base.ways_in import way_in


@way_in
def end_calendar_link(user: Any, by: Any) -> None:
    CalendarLink.objects.filter(user=user).delete()
