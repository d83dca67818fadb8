"""Addresses of the calendar, its feeds and the page of a person's private one."""

from django.urls import path

from governance.views import calendar, feeds

urlpatterns = [
    path("gremien/kalender/", calendar.CalendarPage.as_view(), name="calendar"),
    path("gremien/kalender/jahr/", calendar.YearPage.as_view(), name="calendar_year"),
    path("gremien/<slug:slug>/kalender.ics", feeds.CommitteeFeed.as_view(), name="committee_feed"),
    path("kalender/<str:secret>.ics", feeds.PrivateFeed.as_view(), name="private_feed"),
    path("konto/kalender/", feeds.CalendarLinkPage.as_view(), name="calendar_link"),
]
