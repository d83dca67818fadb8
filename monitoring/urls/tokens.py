"""Addresses of tokens, and the one that programs use."""

from django.urls import path

from monitoring.views import api, tokens

urlpatterns = [
    path("konto/token/", tokens.TokenListView.as_view(), name="api_tokens"),
    path(
        "konto/token/zugang/<int:pk>/zurueckziehen/",
        tokens.TokenRevokeView.as_view(),
        name="api_token_revoke",
    ),
    path("api/v1/indicators/<slug:indicator>/values", api.ValuesView.as_view(), name="api_values"),
]
