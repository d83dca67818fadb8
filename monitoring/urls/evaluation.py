"""Addresses of evaluations."""

from django.urls import URLPattern, URLResolver, include, path

from monitoring.models import EvaluationQuestion, Recommendation
from monitoring.views import evaluation, ratings
from monitoring.views import evaluation_parts as parts

question = [
    path("bearbeiten/", parts.QuestionEditPage.as_view(), name="evaluation_question_edit"),
    path(
        "rueckgaengig/",
        evaluation.UndoPage.as_view(model=EvaluationQuestion),
        name="evaluation_question_undo",
    ),
    path("entfernen/", parts.QuestionRemovePage.as_view(), name="evaluation_question_remove"),
    path(
        "wiederherstellen/",
        parts.QuestionRestorePage.as_view(),
        name="evaluation_question_restore",
    ),
]
recommendation = [
    path("bearbeiten/", parts.RecommendationEditPage.as_view(), name="recommendation_edit"),
    path("rueckgaengig/", evaluation.UndoPage.as_view(model=Recommendation), name="recommendation_undo"),
    path("entfernen/", parts.RecommendationRemovePage.as_view(), name="recommendation_remove"),
    path(
        "wiederherstellen/",
        parts.RecommendationRestorePage.as_view(),
        name="recommendation_restore",
    ),
    path("themenspeicher/", parts.RecommendationProposePage.as_view(), name="recommendation_propose"),
]
one: list[URLPattern | URLResolver] = [
    path("bearbeiten/", evaluation.EvaluationEditPage.as_view(), name="evaluation_edit"),
    path("rueckgaengig/", evaluation.UndoPage.as_view(), name="evaluation_undo"),
    path("entfernen/", evaluation.EvaluationRemovePage.as_view(), name="evaluation_remove"),
    path("abschliessen/", evaluation.EvaluationClosePage.as_view(), name="evaluation_close"),
    path("oeffnen/", evaluation.EvaluationReopenPage.as_view(), name="evaluation_reopen"),
    path("fragen/neu/", parts.QuestionAddPage.as_view(), name="evaluation_question_add"),
    path("fragen/<int:pk>/", include(question)),
    path("massnahmen/<slug:slug>/", ratings.AnswerPage.as_view(), name="self_assessment"),
    path("bewertung/<slug:slug>/", ratings.AssessPage.as_view(), name="assessment"),
    path("empfehlungen/neu/", parts.RecommendationAddPage.as_view(), name="recommendation_add"),
    path("empfehlungen/<int:pk>/", include(recommendation)),
]
urlpatterns = [
    path("", evaluation.EvaluationListView.as_view(), name="evaluations"),
    path("neu/", evaluation.EvaluationAddPage.as_view(), name="evaluation_add"),
    path("<int:pk>/", evaluation.EvaluationView.as_view(), name="evaluation"),
    path("<int:evaluation>/", include(one)),
]
