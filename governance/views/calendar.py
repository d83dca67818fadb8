"""The calendar of all meetings that a reader may see: a month, or a year as a list."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.calendar import Wish, days_with, month_after, months_with, weeks_of
from smartregion.base.access import PUBLIC, RuledView

CALENDAR = _("Kalender")


class CalendarPage(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "governance/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        wish = Wish.of(self.request.GET, user)
        days = weeks_of(wish.month)
        meetings = wish.meetings(user, days[0], days[-1])
        today = localdate().replace(day=1)
        before, after = month_after(wish.month, -1), month_after(wish.month)
        return super().get_context_data(
            wish=wish,
            days=days_with(days, wish.month, meetings),
            is_empty=not any(meeting.day.month == wish.month.month for meeting in meetings),
            earlier=date_format(before, "F"),
            earlier_url=wish.month_url(before),
            later=date_format(after, "F"),
            later_url=wish.month_url(after),
            today_url="" if wish.month == today else wish.month_url(today),
            year_url=wish.year_url(wish.month.year),
            crumbs=[(_("Gremien"), reverse("committees")), (CALENDAR, "")],
            **kwargs,
        )


class YearPage(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "governance/calendar_year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        wish = Wish.of(self.request.GET, user)
        year = wish.month.year
        meetings = wish.meetings(user, date(year, 1, 1), date(year, 12, 31))
        return super().get_context_data(
            wish=wish,
            year=f"{year:04d}",
            months=months_with(meetings),
            earlier=f"{year - 1:04d}",
            earlier_url=wish.year_url(year - 1),
            later=f"{year + 1:04d}",
            later_url=wish.year_url(year + 1),
            today_url="" if year == localdate().year else wish.year_url(localdate().year),
            month_url=wish.month_url(localdate() if year == localdate().year else date(year, 1, 1)),
            crumbs=[
                *[(_("Gremien"), reverse("committees")), (CALENDAR, reverse("calendar"))],
                (f"{year:04d}", ""),
            ],
            **kwargs,
        )
