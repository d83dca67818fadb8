"""Addresses of an agenda, its presentation, and the backlog of a committee, below /gremien/<slug>/."""

from django.urls import include, path

from governance.views import agenda, backlog, presentation, resolutions

item = [
    path("bearbeiten/", agenda.ItemEditPage.as_view(), name="item_edit"),
    path("rueckgaengig/", agenda.ItemUndoPage.as_view(), name="item_undo"),
    path("verschieben/", agenda.ItemMovePage.as_view(), name="item_move"),
    path("entfernen/", agenda.ItemRemovePage.as_view(), name="item_remove"),
    path("wiederherstellen/", agenda.ItemRestorePage.as_view(), name="item_restore"),
    path("beschluss/", resolutions.ResolutionRecordPage.as_view(), name="resolution_record"),
]
meeting = [
    path("tagesordnung/vorbereiten/", agenda.AgendaPreparePage.as_view(), name="agenda_prepare"),
    path("tagesordnung/reihenfolge/", agenda.AgendaOrderPage.as_view(), name="agenda_order"),
    path("praesentation/", presentation.PresentationPage.as_view(), name="presentation"),
]
topic = [
    path("bearbeiten/", backlog.TopicEditPage.as_view(), name="topic_edit"),
    path("rueckgaengig/", backlog.TopicUndoPage.as_view(), name="topic_undo"),
    path("entfernen/", backlog.TopicRemovePage.as_view(), name="topic_remove"),
    path("wiederherstellen/", backlog.TopicRestorePage.as_view(), name="topic_restore"),
    path("tagesordnung/", backlog.TopicPlacePage.as_view(), name="topic_place"),
]
urlpatterns = [
    path("sitzungen/<int:meeting>/", include(meeting)),
    path("sitzungen/<int:meeting>/top/neu/", agenda.ItemAddPage.as_view(), name="item_add"),
    path("sitzungen/<int:meeting>/top/<int:pk>/", include(item)),
    path("themen/", backlog.BacklogPage.as_view(), name="topics"),
    path("themen/neu/", backlog.TopicAddPage.as_view(), name="topic_add"),
    path("themen/<int:pk>/", include(topic)),
]
