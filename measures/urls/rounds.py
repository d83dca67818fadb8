"""Addresses of status rounds: the coordinator's pages, and the municipalities' links."""

from django.urls import path

from measures.views import round_answer, rounds

ROUND = "roll-out/abfragen/<int:pk>/"

urlpatterns = [
    path("roll-out/abfragen/", rounds.RoundListView.as_view(), name="rounds"),
    path("roll-out/abfragen/neu/", rounds.RoundOpenView.as_view(), name="round_open"),
    path("roll-out/abfragen/adressen/<slug:slug>/", rounds.ContactView.as_view(), name="round_contact"),
    path(ROUND, rounds.RoundView.as_view(), name="round"),
    path(f"{ROUND}stand/", rounds.RoundProgressView.as_view(), name="round_progress"),
    path(f"{ROUND}erinnern/", rounds.RoundRemindView.as_view(), name="round_remind"),
    path(f"{ROUND}senden/", rounds.RoundSendAgainView.as_view(), name="round_send_again"),
    path(f"{ROUND}schliessen/", rounds.RoundCloseView.as_view(), name="round_close"),
    path(f"{ROUND}mails/", rounds.DemoMailsView.as_view(), name="round_demo_mails"),
    path(f"{ROUND}kommunen/<slug:slug>/neuer-link/", rounds.LinkRenewView.as_view(), name="link_renew"),
    path(f"{ROUND}kommunen/<slug:slug>/zurueckziehen/", rounds.LinkRevokeView.as_view(), name="link_revoke"),
    path("abfrage/<str:token>/", round_answer.AnswerView.as_view(), name="answer"),
    path(
        "abfrage/<str:token>/<slug:measure_slug>/", round_answer.AnswerCellView.as_view(), name="answer_cell"
    ),
]
