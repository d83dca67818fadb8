"""Addresses of follow-ups, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import followups

follow_up = [
    path("bearbeiten/", followups.FollowUpEditPage.as_view(), name="followup_edit"),
    path("melden/", followups.FollowUpReportPage.as_view(), name="followup_report"),
    path("rueckgaengig/", followups.FollowUpUndoPage.as_view(), name="followup_undo"),
    path("erledigt/", followups.FollowUpDonePage.as_view(), name="followup_done"),
    path("wieder-offen/", followups.FollowUpReopenPage.as_view(), name="followup_reopen"),
]
urlpatterns = [
    path("beschluesse/<int:pk>/umsetzung/neu/", followups.FollowUpAddPage.as_view(), name="followup_add"),
    path("umsetzung/<int:pk>/", include(follow_up)),
]
