"""Addresses of report schedules."""

from django.urls import include, path

from monitoring.views import schedules

schedule = [
    path("", schedules.ScheduleEditView.as_view(), name="report_schedule"),
    path("rueckgaengig/", schedules.ScheduleUndoView.as_view(), name="report_schedule_undo"),
    path("entfernen/", schedules.ScheduleRemoveView.as_view(), name="report_schedule_remove"),
    path("wiederherstellen/", schedules.ScheduleRestoreView.as_view(), name="report_schedule_restore"),
    path("freigeben/", schedules.ReleaseAheadView.as_view(), name="schedule_release"),
    path("genehmigen/", schedules.ApproveAheadView.as_view(), name="schedule_approve"),
    path("zuruecknehmen/", schedules.WithdrawAheadView.as_view(), name="schedule_withdraw"),
]
urlpatterns = [
    path("", schedules.ScheduleListView.as_view(), name="report_schedules"),
    path("neu/", schedules.ScheduleAddView.as_view(), name="report_schedule_add"),
    path("<int:pk>/", include(schedule)),
]
