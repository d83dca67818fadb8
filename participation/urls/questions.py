from django.urls import path

from participation.views import questions as views

urlpatterns = [
    path("massnahmen/<slug:slug>/fragen/", views.QuestionsView.as_view(), name="questions"),
    path("massnahmen/<slug:slug>/fragen/gesendet/", views.QuestionSentView.as_view(), name="question_sent"),
    path("barrierefreiheit/melden/", views.BarrierView.as_view(), name="barrier"),
    path("barrierefreiheit/gemeldet/", views.BarrierSentView.as_view(), name="barrier_sent"),
    path("fragen/<int:pk>/", views.QuestionView.as_view(), name="question"),
]
