"""Signing in: the form of allauth, and in demo mode one button per role; the list of municipalities."""

from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import ListView

from network.accounts import first_page_of
from network.models import Municipality, User
from network.session_end import session_has_ended, set_end
from smartregion.base.access import PUBLIC, SENT, RuledView, next_url


class SignInView(RuledView, LoginView):
    permission = PUBLIC
    only_german = True
    writes = ("post",)

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Whoever comes back from the second step begins anew, as themselves or as somebody else."""
        clear_login(request)

    def form_valid(self, form: Any) -> HttpResponseBase:
        """allauth has just set a duration again, in place of the end."""
        response = super().form_valid(form)
        set_end(self.request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo_users = User.objects.demo() if settings.DEMO else User.objects.none()
        return super().get_context_data(
            demo_users=demo_users,
            services=settings.SIGN_IN_SERVICES,
            session_has_ended=session_has_ended(self.request),
            has_sent_form=SENT in self.request.GET,
            **kwargs,
        )


class DemoSignInView(RuledView):
    """Sign in as a demo account without a password. Exists in demo mode only."""

    permission = PUBLIC
    only_german = True
    writes = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        accounts = User.objects.demo() if settings.DEMO else User.objects.none()
        named = request.POST.get("account", "")
        user = next((account for account in accounts if account.email == named), None)
        if user is None:
            raise Http404
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        UserSession.objects.create_from_request(request)
        return redirect(next_url(request) or first_page_of(user))


class MunicipalityListView(RuledView, ListView[Municipality]):
    """In alphabetical order, never ranked."""

    permission = PUBLIC
    template_name = "network/municipalities.html"
    queryset = Municipality.objects.defer("boundary")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=[(_("Kommunen"), "")], **kwargs)
