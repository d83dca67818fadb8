from django.urls import include, path

from network import contacts, digests, views

urlpatterns = [
    path("kommunen/", views.MunicipalityListView.as_view(), name="municipalities"),
    path("netzwerk/", contacts.ContactListView.as_view(), name="contacts"),
    path("netzwerk/kontakte.csv", contacts.ContactCsvView.as_view(), name="contacts_csv"),
    path("netzwerk/kontakte/neu/", contacts.ContactAddView.as_view(), name="contact_add"),
    path("netzwerk/kontakte/<int:pk>/", contacts.ContactView.as_view(), name="contact"),
    path("netzwerk/kontakte/<int:pk>/bearbeiten/", contacts.ContactEditView.as_view(), name="contact_edit"),
    path("netzwerk/kontakte/<int:pk>/rueckgaengig/", contacts.ContactUndoView.as_view(), name="contact_undo"),
    path("netzwerk/kontakte/<int:pk>/widerruf/", contacts.WithdrawView.as_view(), name="contact_withdraw"),
    path("netzwerk/kontakte/<int:pk>/loeschen/", contacts.RemoveView.as_view(), name="contact_remove"),
    path("netzwerk/kontakte/<int:pk>/kontakt.json", contacts.ContactJsonView.as_view(), name="contact_json"),
    path("konto/benachrichtigungen/", digests.DigestView.as_view(), name="digest"),
    path(
        "konto/benachrichtigungen/abbestellen/<str:token>/",
        digests.UnsubscribeView.as_view(),
        name="unsubscribe",
    ),
    path("", include("network.account_urls")),
]
