"""Addresses of taking part in a meeting, below /gremien/<slug>/."""

from django.urls import path

from governance.views import attendance

urlpatterns = [
    path("sitzungen/<int:pk>/teilnahme/", attendance.AttendancePage.as_view(), name="attendance"),
    path(
        "sitzungen/<int:pk>/teilnahme/antwort/",
        attendance.AttendanceAnswerPage.as_view(),
        name="attendance_answer",
    ),
]
