"""Addresses of the meeting pack and the minutes, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import documents, minutes

of_minutes = [
    path("", minutes.MinutesPage.as_view(), name="minutes"),
    path("vorlegen/", minutes.MinutesPresentPage.as_view(), name="minutes_present"),
    path("genehmigen/", minutes.MinutesApprovePage.as_view(), name="minutes_approve"),
    path("fortschritt/", minutes.MinutesProgressPage.as_view(), name="minutes_progress"),
    path("erneut/", minutes.MinutesRetryPage.as_view(), name="minutes_retry"),
    path("berichtigen/", minutes.AmendPage.as_view(), name="minutes_amend"),
    path("gemeinsam/<uuid:sign>/", minutes.MinutesUndoPage.as_view(), name="minutes_undo"),
    path("entwurf.<slug:file_format>", documents.DraftMinutesFile.as_view(), name="minutes_draft"),
    path("<slug:edition>.<slug:file_format>", documents.SealedMinutesFile.as_view(), name="minutes_file"),
]
urlpatterns = [
    path("sitzungen/<int:pk>/mappe.<slug:file_format>", documents.PackFile.as_view(), name="meeting_pack"),
    path("sitzungen/<int:pk>/niederschrift/", include(of_minutes)),
]
