"""Addresses of papers, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import committees, papers

paper = [
    path("", papers.PaperPage.as_view(), name="paper"),
    path("bearbeiten/", papers.PaperEditPage.as_view(), name="paper_edit"),
    path("rueckgaengig/", papers.PaperUndoPage.as_view(), name="paper_undo"),
]
urlpatterns = [
    path("vorlagen/", committees.PaperArchivePage.as_view(), name="papers"),
    path("vorlagen/neu/", papers.PaperAddPage.as_view(), name="paper_add"),
    path("vorlagen/<int:pk>/", include(paper)),
]
