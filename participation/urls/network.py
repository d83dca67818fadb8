"""Addresses of network care."""

from django.urls import path

from participation.views import network as views

urlpatterns = [
    path("netzwerk/begegnungen/", views.WhoShouldMeetView.as_view(), name="who_should_meet"),
    path("netzwerk/rundschreiben/", views.MailingListView.as_view(), name="mailings"),
    path("netzwerk/rundschreiben/neu/", views.MailingAddView.as_view(), name="mailing_add"),
    path("netzwerk/einwilligung/<str:link>/", views.ConsentView.as_view(), name="consent"),
]
