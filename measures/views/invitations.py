"""Invitations to a seat: the coordinator's pages, and the page behind the mail's link."""

from typing import Any

from django.contrib import messages
from django.core.signing import Signer
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from measures.forms.team import NOT_FOR_DRAFTS, InvitationForm, TeamAccountForm
from measures.models import TeamInvitation, TeamMember, Visibility
from measures.models.team import team_url
from measures.services.team import (
    SeatTaken,
    accept_invitation,
    accept_with_new_account,
    decline_invitation,
    invitation_of,
    invite,
    invite_again,
    revoke_invitation,
)
from measures.views.link import SecretLinkView
from measures.views.parts import PartAddView, PartView
from measures.views.team import TEAM


class InviteView(PartAddView):
    page = TEAM
    model = TeamInvitation
    form_class = InvitationForm
    title = gettext_lazy("In das Entwicklungsteam einladen")
    success_message = gettext_lazy("Die Einladung geht jetzt hinaus.")

    @cached_property
    def seat(self) -> TeamMember:
        seats = self.measure.team.select_related("organisation", "measure")
        return get_object_or_404(seats, pk=self.kwargs["pk"], user=None)

    def new_part(self) -> TeamInvitation:
        return TeamInvitation(seat=self.seat)

    def store(self, form: Any) -> TeamMember:
        try:
            invite(seat=self.seat, email=form.cleaned_data["email"], by=self.request.user)
        except (SeatTaken, TeamMember.DoesNotExist):
            raise Http404 from None
        return self.seat

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.seat, submit_label=_("Einladung senden"), **kwargs)


class InvitationStepView(PartView):
    """POST does one step with an invitation that nobody has answered yet."""

    writes = ("post",)
    step: Any
    done_message: Any

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        invitation = get_object_or_404(TeamInvitation, pk=pk, seat__measure=self.measure)
        if self.step(invitation=invitation, by=request.user):
            messages.success(request, str(self.done_message) % invitation.email)
        else:
            messages.warning(request, _("Diese Einladung ist schon beantwortet oder zurückgezogen."))
        return HttpResponseRedirect(f"{team_url(self.measure)}#sitze")


class InviteAgainView(InvitationStepView):
    step = staticmethod(invite_again)
    done_message = gettext_lazy("Eine neue Mail an %s geht jetzt hinaus; frühere Links gelten nicht mehr.")

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        if self.measure.visibility != Visibility.DRAFT:
            return super().post(request, slug, pk)
        messages.warning(request, str(NOT_FOR_DRAFTS))
        return HttpResponseRedirect(f"{team_url(self.measure)}#sitze")


class InvitationRevokeView(InvitationStepView):
    step = staticmethod(revoke_invitation)
    done_message = gettext_lazy("Die Einladung an %s ist zurückgezogen; ihr Link öffnet nichts mehr.")


class InvitationView(SecretLinkView, TemplateView):
    """What the link opens: accept with the own account, accept with a new one, or decline."""

    only_german = True
    writes = ("post",)
    template_name = "measures/invitation.html"
    invalid_template = "measures/invitation_invalid.html"

    @cached_property
    def invitation(self) -> TeamInvitation:
        return invitation_of(self.token)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TeamAccountForm(email=self.invitation.email))
        return super().get_context_data(
            invitation=self.invitation,
            seat=self.invitation.seat,
            page=self.request.path,
            account_proof=self._account_proof(),
            **kwargs,
        )

    def _account_proof(self) -> str:
        """Only a page that this account has opened by this link knows it: another site's form does not."""
        return Signer(salt=f"measures.invitation:{self.token}").sign(str(self.request.user.pk))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        measure = self.invitation.seat.measure
        if request.POST.get("answer") == "decline":
            decline_invitation(token=token)
            messages.success(request, _("Sie haben die Einladung abgelehnt. Vielen Dank für die Antwort."))
            return redirect("home")
        if not request.user.is_authenticated:
            return self._with_new_account(request)
        if not constant_time_compare(request.POST.get("account", ""), self._account_proof()):
            messages.warning(request, _("Bitte prüfen Sie, als wer Sie angemeldet sind, und bestätigen Sie."))
            return self.render_to_response(self.get_context_data())
        accept_invitation(token=token, by=request.user)
        messages.success(request, _("Willkommen im Entwicklungsteam „%s“.") % measure.title)
        return HttpResponseRedirect(team_url(measure))

    def _with_new_account(self, request: HttpRequest) -> HttpResponse:
        """The new account signs in itself, so that no forged form signs anybody in as somebody else."""
        form = TeamAccountForm(request.POST, email=self.invitation.email)
        if form.is_valid():
            name, password = form.cleaned_data["name"], form.cleaned_data["password"]
            try:
                accept_with_new_account(token=self.token, name=name, password=password)
            except IntegrityError:
                known = _("Für diese E-Mail-Adresse gibt es schon ein Konto. Bitte melden Sie sich an.")
                form.add_error(None, known)
            else:
                messages.success(request, _("Ihr Konto ist angelegt. Melden Sie sich jetzt damit an."))
                where = team_url(self.invitation.seat.measure)
                return HttpResponseRedirect(f"{reverse('account_login')}?next={where}")
        return self.render_to_response(self.get_context_data(form=form))
