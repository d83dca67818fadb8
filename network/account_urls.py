"""Addresses of signing in and of accounts. Their names are those by which allauth looks for them."""

from allauth.account import views as account
from django.urls import path, re_path

from network import account_pages, invitations, own_account, sign_in_services, views

urlpatterns = [
    path("anmelden/", views.SignInView.as_view(), name="account_login"),
    path("anmelden/demo/", views.DemoSignInView.as_view(), name="demo_sign_in"),
    path("anmelden/zweiter-faktor/", own_account.SecondFactorAskView.as_view(), name="mfa_authenticate"),
    path("anmelden/passkey/", own_account.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path(
        "anmelden/dienst/<slug:provider_id>/",
        sign_in_services.ServiceView.as_view(),
        name="openid_connect_login",
    ),
    path(
        "anmelden/dienst/<slug:provider_id>/antwort/",
        sign_in_services.ServiceAnswerView.as_view(),
        name="openid_connect_callback",
    ),
    path("abmelden/", account.logout, name="account_logout"),
    path("konto/", own_account.AccountView.as_view(), name="own_account"),
    path("konto/adresse/", own_account.AddressChangeView.as_view(), name="address_change"),
    path("konto/adresse/zurueckziehen/", own_account.AddressWithdrawView.as_view(), name="address_withdraw"),
    path("konto/adresse/<str:secret>/", own_account.AddressConfirmView.as_view(), name="address_confirm"),
    path("konto/anmeldungen/beenden/", own_account.SessionsEndView.as_view(), name="sessions_end"),
    path("konto/anmeldungen/<int:pk>/beenden/", own_account.SessionEndView.as_view(), name="session_end"),
    path("konto/bestaetigen/", own_account.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("konto/bestaetigen/code/", own_account.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path(
        "konto/bestaetigen/passkey/",
        own_account.PasskeyAgainView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("konto/einladung/<str:token>/", invitations.AcceptView.as_view(), name="invitation_accept"),
    path("konto/ersatzcodes/", own_account.RecoveryCodesView.as_view(), name="recovery_codes"),
    path(
        "konto/ersatzcodes/ersatzcodes.txt",
        own_account.RecoveryCodesFileView.as_view(),
        name="recovery_codes_file",
    ),
    path("konto/ersatzcodes/neu/", own_account.RecoveryCodesNewView.as_view(), name="recovery_codes_new"),
    path("konto/passwort/", account.password_change, name="account_change_password"),
    path("konto/passwort/setzen/", own_account.PasswordNewView.as_view(), name="account_set_password"),
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
    path("konto/zweiter-faktor/", own_account.SecondFactorView.as_view(), name="second_factor"),
    path("konto/zweiter-faktor/app/", own_account.AppView.as_view(), name="mfa_activate_totp"),
    path("konto/zweiter-faktor/passkey/", own_account.PasskeyAddView.as_view(), name="passkey_add"),
    path(
        "konto/zweiter-faktor/<int:pk>/entfernen/",
        own_account.FactorRemoveView.as_view(),
        name="factor_remove",
    ),
    path("konten/", account_pages.AccountListView.as_view(), name="accounts"),
    path("konten/einladungen/", invitations.InvitationListView.as_view(), name="invitations"),
    path("konten/einladungen/neu/", invitations.InviteView.as_view(), name="invite"),
    path("konten/einladungen/<int:pk>/erneut/", invitations.SendAgainView.as_view(), name="invitation_again"),
    path(
        "konten/einladungen/<int:pk>/zurueckziehen/",
        invitations.WithdrawView.as_view(),
        name="invitation_withdraw",
    ),
    path("konten/<int:pk>/", account_pages.AccountDetailView.as_view(), name="account"),
    path("konten/<int:pk>/aendern/", account_pages.ChangeView.as_view(), name="account_change"),
    path("konten/<int:pk>/abmelden/", account_pages.SignOutView.as_view(), name="account_sign_out"),
    path("konten/<int:pk>/abschalten/", account_pages.LockView.as_view(), name="account_lock"),
    path("konten/<int:pk>/anschalten/", account_pages.UnlockView.as_view(), name="account_unlock"),
    path("konten/<int:pk>/zweiter-faktor/", account_pages.FactorResetView.as_view(), name="factor_reset"),
]
