"""Addresses of subscriptions and feeds."""

from django.urls import path

from participation.views import news_feeds, subscriptions

urlpatterns = [
    path("abonnement/", subscriptions.SubscribeView.as_view(), name="subscribe"),
    path(
        "abonnement/angefragt/",
        subscriptions.SubscriptionRequestedView.as_view(),
        name="subscription_requested",
    ),
    path(
        "abonnement/bestaetigen/<str:confirmation>/",
        subscriptions.ConfirmView.as_view(),
        name="subscription_confirm",
    ),
    path("abonnement/themen/<str:choice>/", subscriptions.SubscriptionView.as_view(), name="subscription"),
    path(
        "abonnement/beenden/<str:ending>/", subscriptions.UnsubscribeView.as_view(), name="subscription_end"
    ),
    path("feeds/suche.atom", news_feeds.SearchFeed.as_view(), name="search_feed"),
    path("feeds/<slug:kind>/<slug:topic>.atom", news_feeds.TopicFeed.as_view(), name="topic_feed"),
]
