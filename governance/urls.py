"""Addresses below /gremien/."""

from typing import Any

from django.urls import include, path

from governance.views import committees, meetings, resolutions

seat = [
    path("bearbeiten/", committees.SeatEditPage.as_view(), name="seat_edit"),
    path("rueckgaengig/", committees.SeatUndoPage.as_view(), name="seat_undo"),
    path("entfernen/", committees.SeatRemovePage.as_view(), name="seat_remove"),
    path("wiederherstellen/", committees.SeatRestorePage.as_view(), name="seat_restore"),
]
item = [
    path("bearbeiten/", meetings.ItemEditPage.as_view(), name="item_edit"),
    path("rueckgaengig/", meetings.ItemUndoPage.as_view(), name="item_undo"),
    path("verschieben/", meetings.ItemMovePage.as_view(), name="item_move"),
    path("entfernen/", meetings.ItemRemovePage.as_view(), name="item_remove"),
    path("wiederherstellen/", meetings.ItemRestorePage.as_view(), name="item_restore"),
    path("beschluss/", resolutions.ResolutionRecordPage.as_view(), name="resolution_record"),
]
meeting = [
    path("", meetings.MeetingPage.as_view(), name="meeting"),
    path("bearbeiten/", meetings.MeetingEditPage.as_view(), name="meeting_edit"),
    path("rueckgaengig/", meetings.MeetingUndoPage.as_view(), name="meeting_undo"),
    path("absagen/", meetings.MeetingCancelPage.as_view(), name="meeting_cancel"),
]
paper = [
    path("", meetings.PaperPage.as_view(), name="paper"),
    path("bearbeiten/", meetings.PaperEditPage.as_view(), name="paper_edit"),
    path("rueckgaengig/", meetings.PaperUndoPage.as_view(), name="paper_undo"),
]
resolution = [
    path("", resolutions.ResolutionPage.as_view(), name="resolution"),
    path("bearbeiten/", resolutions.ResolutionEditPage.as_view(), name="resolution_edit"),
    path("rueckgaengig/", resolutions.ResolutionUndoPage.as_view(), name="resolution_undo"),
    path("ersetzen/", resolutions.ResolutionSupersedePage.as_view(), name="resolution_supersede"),
    path("erledigt/", resolutions.ResolutionDonePage.as_view(), name="resolution_done"),
    path("wieder-offen/", resolutions.ResolutionReopenPage.as_view(), name="resolution_reopen"),
]
committee: list[Any] = [
    path("", committees.CommitteePage.as_view(), name="committee"),
    path("bearbeiten/", committees.CommitteeEditPage.as_view(), name="committee_edit"),
    path("rueckgaengig/", committees.CommitteeUndoPage.as_view(), name="committee_undo"),
    path("sitze/neu/", committees.SeatAddPage.as_view(), name="seat_add"),
    path("sitze/<int:pk>/", include(seat)),
    path("sitzungen/", committees.MeetingArchivePage.as_view(), name="meetings"),
    path("sitzungen/neu/", meetings.MeetingAddPage.as_view(), name="meeting_add"),
    path("sitzungen/<int:pk>/", include(meeting)),
    path("sitzungen/<int:meeting>/top/neu/", meetings.ItemAddPage.as_view(), name="item_add"),
    path("sitzungen/<int:meeting>/top/<int:pk>/", include(item)),
    path("vorlagen/", committees.PaperArchivePage.as_view(), name="papers"),
    path("vorlagen/neu/", meetings.PaperAddPage.as_view(), name="paper_add"),
    path("vorlagen/<int:pk>/", include(paper)),
    path("beschluesse/<int:pk>/", include(resolution)),
]
urlpatterns = [
    path("", committees.CommitteeListPage.as_view(), name="committees"),
    path("<slug:slug>/", include(committee)),
]
