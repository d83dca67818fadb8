"""Addresses of evaluations."""

from django.urls import URLPattern, URLResolver, include, path

from monitoring.models import EvaluationQuestion, Recommendation
from monitoring.views import evaluation as views

question = [
    path("bearbeiten/", views.QuestionEditPage.as_view(), name="evaluation_question_edit"),
    path(
        "rueckgaengig/",
        views.UndoPage.as_view(model=EvaluationQuestion),
        name="evaluation_question_undo",
    ),
    path("entfernen/", views.QuestionRemovePage.as_view(), name="evaluation_question_remove"),
    path("wiederherstellen/", views.QuestionRestorePage.as_view(), name="evaluation_question_restore"),
]
recommendation = [
    path("bearbeiten/", views.RecommendationEditPage.as_view(), name="recommendation_edit"),
    path("rueckgaengig/", views.UndoPage.as_view(model=Recommendation), name="recommendation_undo"),
    path("entfernen/", views.RecommendationRemovePage.as_view(), name="recommendation_remove"),
    path("wiederherstellen/", views.RecommendationRestorePage.as_view(), name="recommendation_restore"),
    path("themenspeicher/", views.RecommendationProposePage.as_view(), name="recommendation_propose"),
]
one: list[URLPattern | URLResolver] = [
    path("bearbeiten/", views.EvaluationEditPage.as_view(), name="evaluation_edit"),
    path("rueckgaengig/", views.UndoPage.as_view(), name="evaluation_undo"),
    path("entfernen/", views.EvaluationRemovePage.as_view(), name="evaluation_remove"),
    path("abschliessen/", views.EvaluationClosePage.as_view(), name="evaluation_close"),
    path("oeffnen/", views.EvaluationReopenPage.as_view(), name="evaluation_reopen"),
    path("fragen/neu/", views.QuestionAddPage.as_view(), name="evaluation_question_add"),
    path("fragen/<int:pk>/", include(question)),
    path("massnahmen/<slug:slug>/", views.AnswerPage.as_view(), name="self_assessment"),
    path("bewertung/<slug:slug>/", views.AssessPage.as_view(), name="assessment"),
    path("empfehlungen/neu/", views.RecommendationAddPage.as_view(), name="recommendation_add"),
    path("empfehlungen/<int:pk>/", include(recommendation)),
]
urlpatterns = [
    path("", views.EvaluationListView.as_view(), name="evaluations"),
    path("neu/", views.EvaluationAddPage.as_view(), name="evaluation_add"),
    path("<int:pk>/", views.EvaluationView.as_view(), name="evaluation"),
    path("<int:evaluation>/", include(one)),
]
