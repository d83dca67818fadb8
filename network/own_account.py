"""The account's own pages: everything about it in one place, the second factor, its address, its sessions."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import Login
from allauth.account.views import PasswordSetView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from network.account_forms import AddressForm
from network.account_services import (
    ask_for_address,
    change_address,
    end_all_sessions,
    forget_sessions,
    remove_factor,
    withdraw_address,
)
from network.accounts import first_page_of
from network.devices import device_of, signed_in
from network.models import AddressChange
from network.second_factor import (
    factors_of,
    gets_in_without_passkey,
    must_set_up,
    note_second_factor,
    refuse_to_remove,
)
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView, next_url
from smartregion.base.history import recorded
from smartregion.base.secret_pages import SecretPage
from smartregion.base.written import day_time

APP = "allauth.mfa"
"""Whose rule it is when somebody has to prove once more who they are."""


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mein Konto"), reverse("own_account") if further else ""), *further]


def recovery_codes_of(user: Any) -> Any:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()


class ProvenView(RuledView):
    """Opens to those alone who have proved who they are within the last minutes."""

    permission = SIGNED_IN

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise_if_reauthentication_required(request, app=APP)
        return super().dispatch(request, *args, **kwargs)


class AccountView(RuledView, TemplateView):
    """Everything about the own account, calmly in one place."""

    permission = SIGNED_IN
    template_name = "account/own_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        factors = factors_of(user)
        codes = recovery_codes_of(user)
        return super().get_context_data(
            crumbs=crumbs(),
            factors=factors,
            may_add_app=gets_in_without_passkey(user)
            and not any(each.type == Authenticator.Type.TOTP for each in factors),
            codes=codes,
            codes_left=len(unused_codes(codes)) if codes else 0,
            sessions=signed_in(user, self.request.session.session_key),
            waiting=AddressChange.objects.waiting().filter(user=user).first(),
            **kwargs,
        )


def unused_codes(codes: Any) -> list[str]:
    """Empty where they cannot be read any more."""
    try:
        return list(codes.wrap().get_unused_codes())
    except ValidationError:
        return []


class SecondFactorView(RuledView, TemplateView):
    """Where somebody chooses a second factor; whoever needs one is led here."""

    permission = SIGNED_IN
    template_name = "account/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((_("Zweiter Faktor"), "")),
            is_needed=must_set_up(self.request),
            can_use_app=gets_in_without_passkey(self.request.user),
            **kwargs,
        )


class _AddFactorView(RuledView):
    permission = SIGNED_IN
    writes = ("post",)
    kind: str

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        note_second_factor(self.request, self.request.user, self.kind)
        return response

    def get_success_url(self) -> str:
        return reverse("recovery_codes" if self.did_generate_recovery_codes else "own_account")  # type: ignore[attr-defined]


class AppView(_AddFactorView, ActivateTOTPView):
    """The authenticator app: a picture or a key to type, and its first code."""

    template_name = "account/app_add.html"
    kind = Authenticator.Type.TOTP

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and any(each.type == self.kind for each in factors_of(user)):
            return redirect("own_account")
        if user.is_authenticated and not gets_in_without_passkey(user):
            return redirect("passkey_add")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that proves the app signs in nobody any more."""
        response = super().form_valid(form)
        app = Authenticator.objects.get(user=self.request.user, type=self.kind)
        app.wrap().validate_code(form.cleaned_data["code"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = super().get_context_data(**kwargs)
        secret = words["form"].secret
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return words | {"crumbs": crumbs((_("Authenticator-App"), "")), "secret": groups}


class PasskeyAddView(_AddFactorView, AddWebAuthnView):
    """A passkey lets its person in without a password, so the device has to ask for finger, face or PIN."""

    template_name = "account/passkey_add.html"
    kind = Authenticator.Type.WEBAUTHN

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["name"].label = _("Wie soll er heißen?")
        form.fields["name"].help_text = _("Damit Sie ihn wiedererkennen, zum Beispiel „Diensthandy“.")
        form.fields["name"].max_length = 60
        form.fields["name"].widget.attrs["maxlength"] = 60
        form.fields.pop("passwordless", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also what the device is asked: to keep the key itself, and to look who is there."""
        words = super().get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        return words | {"crumbs": crumbs((_("Passkey"), "")), "options": dict(options)}


class FactorRemoveView(ProvenView):
    """Asks first, and says why the last one stays."""

    writes = ("post",)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        factor = self.factor(pk)
        words = {
            "crumbs": crumbs((_("Zweiten Faktor entfernen"), "")),
            "factor": factor,
            "refusal": refuse_to_remove(request.user, factor),
        }
        return render(request, "account/factor_remove.html", words)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        factor = self.factor(pk)
        if refuse_to_remove(request.user, factor):
            return self.get(request, pk)
        remove_factor(user=request.user, factor=factor)
        messages.success(request, _("Der zweite Faktor ist entfernt."))
        return redirect("own_account")

    def factor(self, pk: int) -> Authenticator:
        return next((each for each in factors_of(self.request.user) if each.pk == pk), None) or _missing()


def _missing() -> Any:
    raise Http404


class RecoveryCodesView(ProvenView, TemplateView):
    """The codes to keep: on the page, to print."""

    template_name = "account/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        codes = recovery_codes_of(self.request.user) or _missing()
        return super().get_context_data(
            crumbs=crumbs((_("Ersatzcodes"), "")),
            unused=unused_codes(codes),
            way_on=first_page_of(self.request.user),
            **kwargs,
        )


class RecoveryCodesNewView(ProvenView):
    """Asks first, since a sheet that is printed already becomes useless."""

    writes = ("post",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not factors_of(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        words = {"crumbs": crumbs((_("Ersatzcodes"), reverse("recovery_codes")), (_("Neue Codes"), ""))}
        return render(request, "account/recovery_codes_new.html", words)

    def post(self, request: HttpRequest) -> HttpResponse:
        generate_recovery_codes(request)
        messages.success(request, _("Das sind Ihre neuen Ersatzcodes; die alten gelten nicht mehr."))
        return redirect("recovery_codes")


class RecoveryCodesFileView(RecoveryCodesView):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words = self.get_context_data()
        response = render(
            request, "account/recovery_codes.txt", words, content_type="text/plain; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="ersatzcodes.txt"'
        return response


class AddressChangeView(ProvenView, FormView[AddressForm]):
    writes = ("post",)
    form_class = AddressForm
    template_name = "account/address_change.html"
    success_url = reverse_lazy("own_account")

    def get_form_kwargs(self) -> dict[str, Any]:
        user: Any = self.request.user
        return super().get_form_kwargs() | {"present": user.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=crumbs((_("E-Mail-Adresse"), "")), **kwargs)

    def form_valid(self, form: AddressForm) -> HttpResponse:
        ask_for_address(user=self.request.user, email=form.cleaned_data["email"])
        messages.success(
            self.request, _("Wir haben einen Link an die neue Adresse gesendet. Er gilt einen Tag.")
        )
        return super().form_valid(form)


class AddressWithdrawView(RuledView):
    """Asks for no proof: by it nothing about the sign-in changes."""

    permission = SIGNED_IN
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if withdraw_address(user=request.user):
            messages.success(
                request,
                _("Die neue Adresse ist zurückgezogen. Ihr Link gilt nicht mehr."),
            )
        else:
            messages.warning(request, _("Es wartet keine neue Adresse mehr auf Bestätigung."))
        return redirect("own_account")


class AddressConfirmView(SecretPage):
    """What the link to the new address opens. A mail program that only looks at it changes nothing."""

    only_german = True
    writes = ("post",)

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        change = AddressChange.objects.opened_by(secret)
        status = 200 if change else 410
        return render(request, "account/address_confirm.html", {"change": change}, status=status)

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        change = AddressChange.objects.opened_by(secret)
        if change is None or change.confirmed_at:
            return self.get(request, secret)
        try:
            change_address(change=change)
        except ValidationError as refusal:
            words = {"change": None, "refusal": refusal.messages[0]}
            return render(request, "account/address_confirm.html", words, status=409)
        return render(request, "account/address_confirm.html", {"done": change.email})


class SessionEndView(RuledView):
    """Signs out of one device; of this one too."""

    permission = SIGNED_IN
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(UserSession, pk=pk, user=request.user)
        is_here = session.session_key == request.session.session_key
        forget_sessions([session])
        if is_here:
            logout(request)
            messages.success(request, _("Sie sind abgemeldet."))
            return redirect("account_login")
        words = {"device": device_of(session.user_agent), "at": day_time(session.created_at)}
        messages.success(request, _("%(device)s (angemeldet am %(at)s) ist abgemeldet.") % words)
        return redirect("own_account")


class SessionsEndView(RuledView):
    """Signs out everywhere, here too, and programs as well; asks first."""

    permission = SIGNED_IN
    writes = ("post",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/sessions_end.html", {"crumbs": crumbs((_("Überall abmelden"), ""))})

    def post(self, request: HttpRequest) -> HttpResponse:
        with recorded(by=request.user, reason=gettext_lazy("Überall abgemeldet")):
            end_all_sessions(user=request.user, by=request.user)
        logout(request)
        messages.success(request, _("Sie sind überall abgemeldet."))
        return redirect("account_login")


class PasswordNewView(ProvenView, PasswordSetView):
    """For an account without one; who it is, they prove by what they have."""

    writes = ("post",)


class _Again:
    """Proving once more who somebody is."""

    permission = SIGNED_IN
    writes = ("post",)


class PasswordAgainView(_Again, RuledView, ReauthenticateView):  # type: ignore[misc]
    template_name = "account/again_password.html"


class CodeAgainView(_Again, RuledView, CodeView):  # type: ignore[misc]
    template_name = "account/again_code.html"


class PasskeyAgainView(_Again, RuledView, ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "account/again_passkey.html"


class SecondFactorAskView(RuledView, AuthenticateView):
    """The second step of signing in."""

    permission = PUBLIC
    is_kept = False
    only_german = True
    writes = ("post",)
    template_name = "account/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library passes nothing on, so what is added is added afterwards."""
        context = super().get_context_data(**kwargs)
        context["form"].fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}
        types = {factor.type for factor in factors_of(self.stage.login.user)}
        return {**context, "has_passkey": Authenticator.Type.WEBAUTHN in types}


class PasskeySignInView(RuledView, LoginWebAuthnView):
    """GET by the script gives what the device is asked; POST takes its answer."""

    permission = PUBLIC
    is_kept = False
    only_german = True
    writes = ("post",)

    def form_valid(self, form: Any) -> HttpResponse:
        """Leads on like a sign-in by password."""
        factor = form.cleaned_data["credential"]
        way_on = Login(user=factor.user, redirect_url=next_url(self.request) or None)
        return perform_passwordless_login(self.request, factor, way_on)
