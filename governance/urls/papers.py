"""Addresses of papers: a committee's below /gremien/<slug>/, and each paper at its own below /vorlagen/."""

from typing import Any

from django.urls import include, path

from governance.views import committees, consultations, paper_files, papers

urlpatterns = [
    path("vorlagen/", committees.PaperArchivePage.as_view(), name="papers"),
    path("vorlagen/neu/", papers.PaperAddPage.as_view(), name="paper_add"),
]

file = [
    path("", paper_files.PaperFilePage.as_view(), name="paper_file"),
    path("bearbeiten/", paper_files.FileEditPage.as_view(), name="paper_file_edit"),
    path("rueckgaengig/", paper_files.FileUndoPage.as_view(), name="paper_file_undo"),
    path("entfernen/", paper_files.FileRemovePage.as_view(), name="paper_file_remove"),
]
station = [
    path("bearbeiten/", consultations.StationEditPage.as_view(), name="station_edit"),
    path("rueckgaengig/", consultations.StationUndoPage.as_view(), name="station_undo"),
    path("verschieben/", consultations.StationMovePage.as_view(), name="station_move"),
    path("entfernen/", consultations.StationRemovePage.as_view(), name="station_remove"),
    path("wiederherstellen/", consultations.StationRestorePage.as_view(), name="station_restore"),
    path("tagesordnung/", consultations.StationOnAgendaPage.as_view(), name="station_agenda"),
]
paper = [
    path("", papers.PaperPage.as_view(), name="paper"),
    path("geschichte/", papers.PaperStoryPage.as_view(), name="paper_story"),
    path("bearbeiten/", papers.PaperEditPage.as_view(), name="paper_edit"),
    path("rueckgaengig/", papers.PaperUndoPage.as_view(), name="paper_undo"),
]
all_papers: list[Any] = [
    path("", papers.PaperListPage.as_view(), name="all_papers"),
    path("<int:pk>/", include(paper)),
    path("<int:paper>/anlagen/neu/", paper_files.FileAddPage.as_view(), name="paper_file_add"),
    path("<int:paper>/anlagen/<int:pk>/", include(file)),
    path("<int:paper>/stationen/neu/", consultations.StationAddPage.as_view(), name="station_add"),
    path("<int:paper>/stationen/<int:pk>/", include(station)),
]
