"""Signing in by a service of the administration (OpenID Connect): who comes in, with which role.

What a service may decide stands in its entry of the file that `SMARTREGION_SIGN_IN_SERVICES` names.
"""

import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from jwt import PyJWTError, get_unverified_header
from requests import RequestException

from network.account_services import end_all_sessions, set_active, take_role
from network.accounts import first_page_of
from network.models import Municipality, Role, User
from network.second_factor import BY_SIGN_IN_SERVICE, note_second_factor
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.history import recorded

ALGORITHMS: Final = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
log = logging.getLogger(__name__)
Claims = dict[str, Any]
UNKNOWN: Final = gettext_lazy("Zu Ihrer Anmeldung gibt es in diesem Portal noch kein Konto.")
NO_ROLE: Final = gettext_lazy("Ihr Anmeldedienst nennt für dieses Portal keine Rolle.")
LOCKED: Final = gettext_lazy("Ihr Konto in diesem Portal ist abgeschaltet.")
FAILED: Final = gettext_lazy("Die Anmeldung über den Dienst ist nicht zustande gekommen.")
CANCELLED: Final = gettext_lazy("Sie haben die Anmeldung abgebrochen.")


@dataclass(frozen=True)
class Place:
    """What a service says that somebody is here."""

    role: Role
    municipality: Municipality | None


class PortalOidc(OpenIDConnectOAuth2Adapter):
    """Checks the signature of each ID token, and keeps none of what the service says about the person."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        answer = kwargs["response"]
        if not isinstance(answer.get("id_token"), str):
            raise OAuth2Error("no ID token")
        try:
            if get_unverified_header(answer["id_token"])["alg"] not in ALGORITHMS:
                raise OAuth2Error("weak signature")
            claims = jwtkit.verify_and_decode(
                credential=answer["id_token"],
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
            if self.openid_config["issuer"].rstrip("/") != app.settings["server_url"]:
                raise OAuth2Error("foreign issuer")
            told = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
            if told and told.get("sub") != claims["sub"]:
                raise OAuth2Error("user info of somebody else")
        except (KeyError, TypeError, ValueError, PyJWTError) as error:
            raise OAuth2Error("invalid answer") from error
        # What is signed goes before what is not.
        login = self.get_provider().sociallogin_from_response(request, {"id_token": {**told, **claims}})
        login.claims = {**told, **claims}
        login.account.extra_data = {}
        return login


class SignInServices(DefaultSocialAccountAdapter):
    """Which services there are, and whom they let in."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Those of the settings alone, without asking the database."""
        wanted = [
            app
            for app in settings.SIGN_IN_SERVICES
            if provider in {None, app["provider_id"], client_id and "openid_connect"}
            and client_id in {None, app["client_id"]}
        ]
        return [SocialApp(provider="openid_connect", **app) for app in wanted]

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> SocialApp:
        """By its name; by its client where a sign-in goes on after the second step, when its account is known
        already and it does not matter which of several services it was."""
        for app in self.list_apps(request, provider, client_id):
            return app
        raise SocialApp.DoesNotExist

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds, makes or refuses the account; afterwards the login has one that is stored."""
        app, claims = sociallogin.provider.app, sociallogin.claims
        rules = app.settings["portal"]
        if claims.get("nonce") != sociallogin.state.get("nonce"):
            refuse(request, app, FAILED)
        place = place_of(claims, rules)
        user = _account_of(sociallogin, claims, rules)
        if user is None:
            if not rules.get("create_accounts"):
                refuse(request, app, UNKNOWN)
            user = _new_account(request, app, claims, place)
        if not user.is_active:
            refuse(request, app, LOCKED)
        if rules.get("role_claim"):
            if place is None:
                _shut_out(sociallogin)
                refuse(request, app, NO_ROLE)
            _follow(app, user, place)
        sociallogin.user = sociallogin.account.user = user
        sociallogin.account.save()
        if counts_as_second_factor(claims, rules):
            note_second_factor(request, user, BY_SIGN_IN_SERVICE)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **context: Any
    ) -> None:
        if exception is not None:
            log.warning("Sign-in service %s failed: %s", provider.app.provider_id, type(exception).__name__)
        refuse(request, provider.app, CANCELLED if error == "cancelled" else FAILED)


def place_of(claims: Claims, rules: dict[str, Any]) -> Place | None:
    """Role and municipality by the claims; None where they give none that there is."""
    found = [
        rules["roles"][value]
        for value in values_of(claims, rules.get("role_claim"))
        if value in rules["roles"]
    ]
    # In the order of the file: whoever has several gets the one that stands first there.
    ranked = sorted(set(found), key=list(rules.get("roles", {}).values()).index)
    name = ranked[0] if ranked else rules.get("default_role")
    if not name:
        return None
    role = Role(name)
    if role != Role.MUNICIPALITY:
        return Place(role, None)
    named = values_of(claims, rules["municipality_claim"])
    slugs = [rules.get("municipalities", {}).get(value, value) for value in named]
    municipality = Municipality.objects.filter(slug__in=slugs).first()
    return Place(role, municipality) if municipality and len(set(slugs)) == 1 else None


def values_of(claims: Claims, path: str | None) -> list[str]:
    """The values of a claim, which may lie in another: `realm_access.roles`."""
    value: Any = claims
    for step in path.split(".") if path else [""]:
        value = value.get(step) if isinstance(value, dict) else None
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str) and "\0" not in each]


def counts_as_second_factor(claims: Claims, rules: dict[str, Any]) -> bool:
    """Whether the service says that it asked for a second factor, in a way that its entry accepts."""
    amr = set(values_of(claims, "amr")) & set(rules.get("second_factor_amr", []))
    return bool(amr) or claims.get("acr") in rules.get("second_factor_acr", [])


def _account_of(sociallogin: SocialLogin, claims: Claims, rules: dict[str, Any]) -> User | None:
    """The account that the service's person had before, or the one of their confirmed address."""
    if sociallogin.is_existing:
        return User.objects.select_related("municipality").get(pk=sociallogin.user.pk)
    email = claims.get("email")
    if (
        not rules.get("link_by_email")
        or claims.get("email_verified") is not True
        or not isinstance(email, str)
    ):
        return None
    # An address that the service has given to somebody else since does not open its former holder's account.
    others = User.objects.exclude(socialaccount__provider=sociallogin.account.provider)
    accounts = others.select_related("municipality")
    return accounts.filter(email=email.strip().lower().replace("\0", "")).first()


def _new_account(request: HttpRequest, app: SocialApp, claims: Claims, place: Place | None) -> User:
    if place is None:
        refuse(request, app, NO_ROLE)
    email, name = str(claims.get("email") or "").strip().lower(), str(claims.get("name") or "")
    try:
        validate_email(email)
        with recorded(by=None, reason=gettext_lazy("Erste Anmeldung über den Dienst"), office=app.name):
            return User.objects.create_user(
                email,
                name=name.replace("\0", "")[:120] or email[:120],
                role=place.role,
                municipality=place.municipality,
            )
    except (ValidationError, IntegrityError):
        # Somebody else has the address, or there is none: only a person can decide that.
        refuse(request, app, UNKNOWN)


def _shut_out(sociallogin: SocialLogin) -> None:
    """Who came by the service before and has no role there any more does not come in by password or passkey
    either, until an administrator decides otherwise."""
    if not sociallogin.is_existing:
        return
    user, app = sociallogin.user, sociallogin.provider.app
    try:
        set_active(user=user, active=False, by=None, reason=NO_ROLE, office=app.name)
    except ValidationError:
        end_all_sessions(user=user, by=None)
        log.warning("The last administrator stays one, though %s says otherwise", app.provider_id)


def _follow(app: SocialApp, user: User, place: Place) -> None:
    try:
        take_role(user=user, role=place.role, municipality=place.municipality, provider=app.name)
    except ValidationError:
        log.warning("The last administrator stays one, though %s says otherwise", app.provider_id)


def refuse(request: HttpRequest, app: SocialApp, reason: Any) -> NoReturn:
    """Show why, and what to do."""
    page = render(
        request, "account/sign_in_refused.html", {"service": app.name, "reason": reason}, status=403
    )
    raise ImmediateHttpResponse(page)


class ServiceView(RuledView):
    """Leads to the service. A link suffices: what comes back is checked against this session."""

    permission = PUBLIC
    is_kept = False
    only_german = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(first_page_of(request.user))
        adapter = PortalOidc(request, provider_id)
        nonce, target = secrets.token_urlsafe(16), request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()})
        try:
            provider = adapter.get_provider()
            return provider.redirect(
                request,
                process="login",
                next_url=target if is_ours else None,
                auth_params={"nonce": nonce},
                nonce=nonce,
            )
        except SocialApp.DoesNotExist:
            raise Http404 from None
        except ImmediateHttpResponse as answer:
            return answer.response
        except (RequestException, KeyError, ValueError) as error:
            log.warning("Sign-in service %s is away: %s", provider_id, type(error).__name__)
            return render(
                request,
                "account/sign_in_refused.html",
                {"service": provider.app.name, "reason": FAILED},
                status=502,
            )


class ServiceAnswerView(RuledView):
    """Where the service sends people back to."""

    permission = PUBLIC
    is_kept = False
    only_german = True
    http_method_names = ["get"]
    writes = ("get",)

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return OAuth2CallbackView.adapter_view(PortalOidc(request, provider_id))(request)
        except SocialApp.DoesNotExist:
            raise Http404 from None
        except (KeyError, TypeError, ValueError) as error:
            log.warning("Sign-in service %s answers oddly: %s", provider_id, type(error).__name__)
            return render(
                request,
                "account/sign_in_refused.html",
                {"service": provider_id, "reason": FAILED},
                status=502,
            )
