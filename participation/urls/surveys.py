"""Addresses of consultations."""

from django.urls import URLPattern, URLResolver, include, path

from participation.views import survey_editing, surveys

question = [
    path("bearbeiten/", survey_editing.QuestionEditPage.as_view(), name="question_edit"),
    path("rueckgaengig/", survey_editing.QuestionUndoPage.as_view(), name="question_undo"),
    path("entfernen/", survey_editing.QuestionRemovePage.as_view(), name="question_remove"),
    path("wiederherstellen/", survey_editing.QuestionRestorePage.as_view(), name="question_restore"),
]
one_survey: list[URLPattern | URLResolver] = [
    path("", surveys.SurveyPage.as_view(), name="survey"),
    path("danke/", surveys.SurveyThanksPage.as_view(), name="survey_thanks"),
    path("bearbeiten/", survey_editing.SurveyEditPage.as_view(), name="survey_edit"),
    path("rueckgaengig/", survey_editing.SurveyUndoPage.as_view(), name="survey_undo"),
    path("texte/", survey_editing.TextsPage.as_view(), name="survey_texts"),
    path("frage/neu/", survey_editing.QuestionAddPage.as_view(), name="question_add"),
    path("frage/<int:pk>/", include(question)),
]
urlpatterns = [
    path("", surveys.SurveyListPage.as_view(), name="surveys"),
    path("neu/", survey_editing.SurveyAddPage.as_view(), name="survey_add"),
    path("bestaetigen/<str:token>/", surveys.SheetConfirmPage.as_view(), name="sheet_confirm"),
    path("<slug:slug>/", include(one_survey)),
]
