from allauth.account import views as account
from django.urls import path, re_path

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
    path("anmelden/", views.SignInView.as_view(), name="account_login"),
    path("anmelden/demo/", views.DemoSignInView.as_view(), name="demo_sign_in"),
    path("abmelden/", account.logout, name="account_logout"),
    path("konto/benachrichtigungen/", digests.DigestView.as_view(), name="digest"),
    path(
        "konto/benachrichtigungen/abbestellen/<str:token>/",
        digests.UnsubscribeView.as_view(),
        name="unsubscribe",
    ),
    path("konto/passwort/", account.password_change, name="account_change_password"),
    path("konto/passwort/setzen/", account.password_set, name="account_set_password"),
    path("konto/passwort/vergessen/", account.password_reset, name="account_reset_password"),
    path(
        "konto/passwort/vergessen/gesendet/", account.password_reset_done, name="account_reset_password_done"
    ),
    re_path(
        r"^konto/passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # the key has a hyphen of its own
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "konto/passwort/neu/fertig/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
