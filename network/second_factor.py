"""The second factor: its secrets at rest, when it is asked for, and that nobody writes without one."""

import base64
from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.models import SocialAccount
from axes import utils as axes
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Region

BY_SIGN_IN_SERVICE: Final = "openid_connect"
UNREADABLE: Final = gettext_lazy(
    "Dieser zweite Faktor lässt sich nicht mehr prüfen. Bitte wenden Sie sich an die Administration; sie "
    "setzt ihn zurück."
)
REACHABLE_WITHOUT: Final = frozenset(
    {
        "second_factor",
        "mfa_activate_totp",
        "passkey_add",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_logout",
        "account_set_password",
        "invitation_accept",
        "imprint",
        "privacy",
        "accessibility",
        "barrier",
        "barrier_sent",
        "plain_language",
        "sign_language",
        "favicon",
        "robots",
        "health",
    }
)
"""Names of the addresses that somebody without a second factor can open: to set one up, to leave, and what
the law keeps open to everybody."""


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "Das hat nicht gepasst. Ein Code gilt nur kurz und nur einmal: Bitte nehmen Sie den nächsten."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise ValidationError(str(UNREADABLE)) from None

    def _get_site_name(self) -> str:
        """What an app and a browser call the portal."""
        region = Region.objects.first()
        return region.portal_title if region else context.request.get_host()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - the library's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %d") % number


def _cipher() -> Fernet:
    """Of the key in the settings, so that a copy of the database alone tells no secret."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"smartregion.second-factor")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECOND_FACTOR_KEY.encode())))


class SecondFactorStage(AuthenticateStage):
    """Not asked again where a sign-in service has just asked for one. The first step counts as long as the
    account stays as it was: with another password, or all sessions ended, it is to be done again."""

    def handle(self) -> tuple[Any, bool]:
        self.state["account"] = self.login.user.get_session_auth_hash()
        return super().handle()

    def exit(self) -> HttpResponse:
        if self.state.get("account") != self.login.user.get_session_auth_hash():
            return self.abort()
        return super().exit()

    def _should_handle(self, request: HttpRequest) -> bool:
        records = get_authentication_records(request, self.login.user)
        if any(record.get("type") == BY_SIGN_IN_SERVICE for record in records):
            return False
        return bool(super()._should_handle(request))


def has_tries_left(request: HttpRequest, user: Any) -> bool:
    """Whether a further code is looked at, by the count that allauth keeps for the account."""
    return ratelimit.consume(request, action="login_failed", key=_counted_as(user), dry_run=True)


def forget_failed_tries(user: Any) -> None:
    """Wrong codes and wrong passwords, from wherever: the next try is looked at again."""
    ratelimit.clear(HttpRequest(), action="login_failed", key=_counted_as(user))
    axes.reset(username=user.email)


def _counted_as(user: Any) -> str:
    """What the library calls the account when it counts wrong codes."""
    return f"mfa-auth-user-{user.pk}"


def note_second_factor(request: HttpRequest, user: Any, kind: str) -> None:
    """This session has shown a second factor."""
    record_authentication(request, user, "mfa", type=kind)


def must_set_up(request: HttpRequest) -> bool:
    """Whether somebody signed in without a second factor. Every role needs one: also members of the
    Lenkungskreis write, they vote. Costs no query.

    In demo mode the buttons of the sign-in page let people in without any proof, and so without this one.
    """
    user = request.user
    if not user.is_authenticated:
        return False
    records = get_authentication_records(request, user)
    if settings.DEMO and not records:
        return False
    return not any(record.get("method") == "mfa" for record in records)


class SecondFactorMiddleware:
    """Leads who has to set up a second factor to where they can, from wherever they go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """A request without a session is nobody's, and is not asked whose it is."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        match = request.resolver_match
        if match and match.url_name in REACHABLE_WITHOUT and not match.namespaces:
            return None
        return redirect("second_factor") if must_set_up(request) else None


def factors_of(user: Any) -> list[Authenticator]:
    """App and passkeys, the oldest first."""
    own = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(own.order_by("created_at", "pk"))


def gets_in_without_passkey(user: Any) -> bool:
    """By a password or a sign-in service; without either, the code of an app would open nothing."""
    return user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()


def refuse_to_remove(user: Any, factor: Authenticator) -> str:
    """Why this factor must stay, or ""."""
    others = [each for each in factors_of(user) if each.pk != factor.pk]
    if not others:
        return _("Das ist Ihr einziger zweiter Faktor. Richten Sie zuerst einen anderen ein.")
    has_passkey = any(each.type == Authenticator.Type.WEBAUTHN for each in others)
    if not has_passkey and not gets_in_without_passkey(user):
        return _("Ohne diesen Passkey könnten Sie sich nicht mehr anmelden: Ihr Konto hat kein Passwort.")
    return ""
