"""Addresses of meetings, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import committees, meetings

meeting = [
    path("", meetings.MeetingPage.as_view(), name="meeting"),
    path("bearbeiten/", meetings.MeetingEditPage.as_view(), name="meeting_edit"),
    path("rueckgaengig/", meetings.MeetingUndoPage.as_view(), name="meeting_undo"),
    path("einladen/", meetings.MeetingInvitePage.as_view(), name="meeting_invite"),
    path("absagen/", meetings.MeetingCancelPage.as_view(), name="meeting_cancel"),
]
urlpatterns = [
    path("sitzungen/", committees.MeetingArchivePage.as_view(), name="meetings"),
    path("sitzungen/neu/", meetings.MeetingAddPage.as_view(), name="meeting_add"),
    path("sitzungen/<int:pk>/", include(meeting)),
]
