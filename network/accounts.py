"""Hooks of allauth and axes: who may have an account, how mail leaves, whose tries to sign in are counted."""

import ipaddress
import time
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.account_mails import account_text
from network.tasks import ask_for_password, post
from smartregion.base.history import recorded
from smartregion.base.ways_in import end_ways_in

SECOND_FACTOR_STAGE: Final = "network.second_factor.SecondFactorStage"
NOTES: Final = {
    "account/email/password_changed": gettext_lazy("das Passwort Ihres Kontos wurde geändert."),
    "account/email/password_set": gettext_lazy("für Ihr Konto wurde ein Passwort gesetzt."),
    "account/email/password_reset": gettext_lazy("für Ihr Konto wurde ein neues Passwort gesetzt."),
    "mfa/email/totp_activated": gettext_lazy("für Ihr Konto wurde eine Authenticator-App eingerichtet."),
    "mfa/email/totp_deactivated": gettext_lazy("die Authenticator-App wurde aus Ihrem Konto entfernt."),
    "mfa/email/webauthn_added": gettext_lazy("für Ihr Konto wurde ein Passkey eingerichtet."),
    "mfa/email/webauthn_removed": gettext_lazy("ein Passkey wurde aus Ihrem Konto entfernt."),
    "mfa/email/recovery_codes_generated": gettext_lazy("für Ihr Konto wurden neue Ersatzcodes erzeugt."),
}
"""What is told by mail after the greeting, by the library's names for it."""
OF_PASSWORDS: Final = "account/email/password_"
MESSAGES: Final = {
    "account/messages/logged_out.txt": gettext_lazy("Sie sind abgemeldet."),
    "account/messages/password_changed.txt": gettext_lazy("Ihr Passwort ist geändert."),
    "account/messages/password_set.txt": gettext_lazy("Ihr Passwort ist gesetzt."),
    "mfa/messages/totp_activated.txt": gettext_lazy("Die Authenticator-App ist eingerichtet."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("Der Passkey ist eingerichtet."),
    "mfa/messages/recovery_codes_generated.txt": "",
}
"""What is told on the next page, by the library's names for it; "" says nothing."""
UNKNOWN_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - stands for a request whose address nobody knows

OF_ONE_LINE: Final = 64
"""Bits of an IPv6 address by which one line is told from another; behind them it chooses as it likes."""


TOO_MANY_CODES: Final = gettext_lazy(
    "Zu viele falsche Codes. Bitte warten Sie 15 Minuten und versuchen Sie es dann noch einmal."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY_CODES,
        "enter_current_password": gettext_lazy("Bitte geben Sie Ihr aktuelles Passwort ein."),
        "rate_limited": TOO_MANY_CODES,
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Failed passwords are counted by axes."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the mail to a worker: neither the answer nor its time tells whether there is an account."""
        site = get_current_site(self.request)
        words = {
            "request": self.request,
            "email": email,
            "current_site": site,
            "portal": settings.PORTAL_URL,
            **context,
        }
        message = self.render_mail(template_prefix, email, words)
        post(message.subject, message.body, message.to)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """At the account's own address; the library looks for one in a table of its own."""
        if what := NOTES.get(template_prefix):
            is_password = template_prefix.startswith(OF_PASSWORDS)
            forgotten = f"{settings.PORTAL_URL}{reverse('account_reset_password')}" if is_password else ""
            text = account_text("note", what=what, forgotten=forgotten)
            post(_("Änderung an Ihrem Konto"), text, [user.email])

    def add_message(  # noqa: PLR0917 - as the library calls it
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if message_template and message_template in MESSAGES:
            message = str(MESSAGES[message_template])
            message_template = None
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Told to those alone who know the password or hold the passkey."""
        return render(request, "account/locked.html", status=403)

    def set_password(self, user: Any, password: str) -> None:
        """A new one ends what was left open with the one before."""
        with recorded(by=user, reason=gettext_lazy("Neues Passwort")):
            super().set_password(user, password)
            end_ways_in(user=user, by=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("own_account")

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Counted by axes like a sign-in."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_login_stages(self) -> list[str]:
        theirs = "allauth.mfa.stages.AuthenticateStage"
        return [SECOND_FACTOR_STAGE if stage == theirs else stage for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in need not prove it again."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = any(time.time() - each["at"] < app_settings.REAUTHENTICATION_TIMEOUT for each in records)
        return not fresh

    def get_client_ip(self, request: HttpRequest) -> str:
        return counted_address(request) or UNKNOWN_ADDRESS

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page_of(request.user)


class ForgottenPasswordForm(ResetPasswordForm):
    """Whether there is an account a worker finds out: the answer takes the same time for any address."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        ask_for_password(self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


def first_page_of(user: Any) -> str:
    """Where an account begins: a municipality on its own page, everyone else at the workplace."""
    return resolve_url(user.municipality or settings.LOGIN_REDIRECT_URL)


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The account that somebody tries to sign in to, written in one way however it was typed."""
    known = credentials or {}
    named = known.get("email") or known.get("username") or request.POST.get("login", "")
    return named.strip().lower()[:255] or None


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from, by the entry that the outermost of our own proxies wrote.

    Entries further left are the client's own words. A request that came past the proxies has its own address.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXIES
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    if not count or len(entries) < count:
        return direct
    return _address(entries[-count]) or direct


def counted_address(request: HttpRequest) -> str:
    """By what a client's requests are counted: an IPv6 line has a whole /64 of addresses, and is one."""
    address = client_address(request)
    if address is None:
        return ""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, OF_ONE_LINE), strict=False).network_address)


def _address(text: str) -> str | None:
    """The IP address in an entry, which may carry a port: `192.0.2.7:51234`, `[2001:db8::7]:51234`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
