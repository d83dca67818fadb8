"""Addresses of a measure's documents, links and tags."""

from django.urls import path

from measures.views import documents

MEASURE = "massnahmen/<slug:slug>/"
DOCUMENT = f"{MEASURE}unterlagen/<int:pk>/"
LINK = f"{MEASURE}verweise/<int:pk>/"
TAG = f"{MEASURE}schlagworte/<int:pk>/"

urlpatterns = [
    path(f"{MEASURE}unterlagen/", documents.DocumentsView.as_view(), name="measure_documents"),
    path(f"{MEASURE}unterlagen/neu/", documents.DocumentAddView.as_view(), name="document_add"),
    path(DOCUMENT, documents.DocumentEditView.as_view(), name="document_edit"),
    path(f"{DOCUMENT}datei/", documents.DocumentFileView.as_view(), name="document_file"),
    path(
        f"{DOCUMENT}fassungen/<int:number>/", documents.DocumentFileView.as_view(), name="document_old_file"
    ),
    path(f"{DOCUMENT}neue-fassung/", documents.DocumentVersionView.as_view(), name="document_version"),
    path(f"{DOCUMENT}rueckgaengig/", documents.DocumentUndoView.as_view(), name="document_undo"),
    path(f"{DOCUMENT}entfernen/", documents.DocumentDeleteView.as_view(), name="document_delete"),
    path(f"{MEASURE}verweise/neu/", documents.LinkAddView.as_view(), name="link_add"),
    path(LINK, documents.LinkEditView.as_view(), name="link_edit"),
    path(f"{LINK}rueckgaengig/", documents.LinkUndoView.as_view(), name="link_undo"),
    path(f"{LINK}loeschen/", documents.LinkDeleteView.as_view(), name="link_delete"),
    path(f"{LINK}wiederherstellen/", documents.LinkRestoreView.as_view(), name="link_restore"),
    path(f"{MEASURE}schlagworte/", documents.TagsView.as_view(), name="measure_tags"),
    path(f"{TAG}entfernen/", documents.TagDeleteView.as_view(), name="tag_delete"),
    path(f"{TAG}wiederherstellen/", documents.TagRestoreView.as_view(), name="tag_restore"),
]
