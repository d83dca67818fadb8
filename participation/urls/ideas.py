"""Addresses of ideas."""

from django.urls import include, path

from participation.views import ideas, moderation, sending

one_idea = [
    path("", ideas.IdeaPage.as_view(), name="idea"),
    path("unterstuetzen/", sending.SupportPage.as_view(), name="support"),
    path("unterstuetzen/gesendet/", sending.SupportSentPage.as_view(), name="support_sent"),
    path("pruefen/", moderation.DecidePage.as_view(), name="idea_decide"),
    path("bearbeiten/", moderation.IdeaEditPage.as_view(), name="idea_edit"),
    path("rueckgaengig/", moderation.IdeaUndoPage.as_view(), name="idea_undo"),
    path("zusammenfuehren/", moderation.IdeaMergePage.as_view(), name="idea_merge"),
    path("massnahme/", moderation.IdeaMeasurePage.as_view(), name="idea_measure"),
    path("thema/", moderation.IdeaTopicPage.as_view(), name="idea_topic"),
]
urlpatterns = [
    path("", ideas.IdeaListPage.as_view(), name="ideas"),
    path("neu/", sending.IdeaAddPage.as_view(), name="idea_add"),
    path("aehnliche/", sending.AlikeView.as_view(), name="ideas_alike"),
    path("pruefen/", moderation.QueuePage.as_view(), name="idea_queue"),
    path("meine/<str:token>/", sending.OwnIdeaPage.as_view(), name="idea_own"),
    path("adresse/<str:token>/", sending.AuthorConfirmPage.as_view(), name="idea_author_confirm"),
    path("unterstuetzung/<str:token>/", sending.SupportConfirmPage.as_view(), name="support_confirm"),
    path("<int:pk>/", include(one_idea)),
]
