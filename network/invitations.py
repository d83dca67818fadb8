"""Invitations: who is invited, and the page on which somebody accepts."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import CreateView, TemplateView

from network.account_forms import AcceptForm, InvitationForm
from network.account_services import accept, invite, send_again, withdraw
from network.accounts import first_page_of
from network.models import Invitation, Role
from smartregion.base.access import RuledView
from smartregion.base.secret_pages import SecretPage

INVITE = "network.invite"
PER_PAGE = 50


def roles_to_give(user: Any) -> list[Role]:
    return [role for role in Role if user.has_perm("network.invite_as", role)]


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Einladungen"), reverse("invitations") if further else ""), *further]


class InvitationListView(RuledView, TemplateView):
    """Those to roles that the reader may give."""

    permission = INVITE
    template_name = "account/invitations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = Invitation.objects.of_roles(roles_to_give(self.request.user))
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(crumbs=crumbs(), page_obj=page, page_query="", **kwargs)


class InviteView(RuledView, CreateView[Invitation, InvitationForm]):
    permission = INVITE
    writes = ("post",)
    model = Invitation
    form_class = InvitationForm
    template_name = "account/invite.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"roles": roles_to_give(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((_("Neue Einladung"), "")), cancel_url=reverse("invitations"), **kwargs
        )

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        invite(invitation=form.instance, by=self.request.user)
        told = _("Die Einladung an %s ist unterwegs.") % form.instance.email
        if form.instance.has_replaced:
            told += " " + _("Die frühere an diese Adresse ist zurückgezogen, ihr Link gilt nicht mehr.")
        messages.success(self.request, told)
        return redirect("invitations")


class _InvitationVerbView(RuledView):
    permission = INVITE
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = Invitation.objects.of_roles(roles_to_give(request.user))
        invitation = get_object_or_404(own, pk=pk)
        try:
            messages.success(request, self.act(invitation))
        except ValidationError as refusal:
            messages.warning(request, refusal.messages[0])
        return redirect("invitations")

    def act(self, invitation: Invitation) -> str:
        """Do it and say so."""
        raise NotImplementedError


class SendAgainView(_InvitationVerbView):
    def act(self, invitation: Invitation) -> str:
        send_again(invitation=invitation, by=self.request.user)
        return _("Die Einladung ist noch einmal unterwegs. Der Link der früheren Mail gilt nicht mehr.")


class WithdrawView(_InvitationVerbView):
    def act(self, invitation: Invitation) -> str:
        withdraw(invitation=invitation, by=self.request.user)
        return _("Die Einladung ist zurückgezogen. Ihr Link gilt nicht mehr.")


@method_decorator(csrf_exempt, name="dispatch")
class AcceptView(SecretPage):
    """What the link in the mail opens. Whoever holds no open invitation is told what to do."""

    only_german = True
    writes = ("post",)
    starts_session = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.invitation: Any = Invitation.objects.opened_by(kwargs["token"])
        if request.user.is_authenticated:
            return self.signed_in(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if not self.is_open:
            return self.closed()
        return self.show(AcceptForm(email=self.invitation.email, initial={"name": self.invitation.name}))

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if not self.is_open:
            return self.closed()
        form = AcceptForm(request.POST, email=self.invitation.email)
        if not form.is_valid():
            return self.show(form)
        try:
            user = accept(invitation=self.invitation, name=form.cleaned_data["name"], password=form.password)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.show(form)
        record_authentication(request, user, "invitation")
        way_on = reverse("second_factor" if form.password else "passkey_add")
        return perform_login(request, Login(user=user, redirect_url=way_on))

    def signed_in(self, user: Any) -> HttpResponse:
        """Nothing is left to do for whoever accepted it themselves."""
        is_theirs = self.invitation and self.invitation.accepted_at and self.invitation.email == user.email
        if is_theirs:
            words = {"way_on": first_page_of(user)}
            return render(self.request, "account/invitation_done.html", words)
        return render(self.request, "account/invitation_other_account.html", status=409)

    @property
    def is_open(self) -> bool:
        return self.invitation is not None and self.invitation.state == Invitation.State.WAITING

    def show(self, form: AcceptForm) -> HttpResponse:
        words = {"form": form, "invitation": self.invitation}
        return render(self.request, "account/invitation.html", words)

    def closed(self) -> HttpResponse:
        return render(
            self.request, "account/invitation_closed.html", {"invitation": self.invitation}, status=410
        )
