"""The coordinator's pages of status rounds: list, opening, live progress, reminder, links, end."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import CreateView, DetailView, ListView
from django_htmx.http import HttpResponseClientRefresh

from measures.demo_mails import mails_of
from measures.forms.rounds import RoundContactForm, RoundForm
from measures.models import RoundContact, RoundInvitation, StatusRound
from measures.round_progress import progress_of
from measures.services.rounds import (
    RoundOver,
    close_round,
    open_round,
    remind,
    renew_link,
    revoke_links,
    send_again,
)
from network.models import Municipality
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import VersionedEditView

MANAGE = "measures.manage_rounds"
OVER = gettext_lazy("Die Abfrage ist beendet und nimmt keine Antworten mehr an.")


def _crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    own = (_("Statusabfragen"), reverse("rounds") if further else "")
    return [(_("Roll-out"), reverse("matrix")), own, *further]


class RoundListView(RuledView, ListView[StatusRound]):
    permission = MANAGE
    queryset = StatusRound.objects.select_related("opened_by")
    template_name = "measures/rounds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        running = StatusRound.objects.running().first()
        return super().get_context_data(crumbs=_crumbs(), running=running, **kwargs)


class RoundOpenView(RuledView, DraftedForm, CreateView[StatusRound, RoundForm]):
    """The form, and beside it who will get a mail and who has no address yet."""

    permission = MANAGE
    writes = ("post",)
    form_class = RoundForm
    template_name = "measures/round_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recipients = list(Municipality.objects.select_related("round_contact").defer("boundary"))
        return super().get_context_data(
            crumbs=_crumbs((_("Neue Abfrage"), "")),
            recipients=[(each, _address_of(each)) for each in recipients],
            reachable=sum(bool(_address_of(each)) for each in recipients),
            running=StatusRound.objects.running().first(),
            **kwargs,
        )

    def form_valid(self, form: RoundForm) -> HttpResponse:
        asked = {name: form.cleaned_data[name] for name in ("title", "closes_on", "measures", "message")}
        try:
            opened = open_round(
                portal_url=self.request.build_absolute_uri("/"), by=self.request.user, **asked
            )
        except IntegrityError:
            form.add_error(None, _("Es läuft schon eine Abfrage. Schließen Sie sie zuerst."))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Abfrage ist eröffnet, die Mails gehen jetzt hinaus."))
        return HttpResponseRedirect(opened.get_absolute_url())


def _address_of(municipality: Municipality) -> str:
    contact = getattr(municipality, "round_contact", None)
    return contact.email if contact else ""


class ContactView(VersionedEditView):
    permission = change_permission = MANAGE
    model = RoundContact
    form_class = RoundContactForm
    template_name = "measures/round_contact.html"

    def get_object(self, queryset: QuerySet[Any] | None = None) -> RoundContact:
        municipality = get_object_or_404(Municipality, slug=self.kwargs["slug"])
        contact = RoundContact.objects.filter(municipality=municipality).first()
        return contact or RoundContact(municipality=municipality)

    def get_success_url(self) -> str:
        running = StatusRound.objects.running().first()
        return running.get_absolute_url() if running else reverse("round_open")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.object.municipality.name
        return super().get_context_data(
            municipality=self.object.municipality,
            crumbs=_crumbs((_("Adresse: %s") % name, "")),
            cancel_url=self.get_success_url(),
            **kwargs,
        )


def _round_context(status_round: StatusRound) -> dict[str, Any]:
    return {
        "round": status_round,
        "progress": progress_of(status_round),
        "mails_are_files": settings.MAILS_ARE_FILES,
    }


class RoundView(RuledView, DetailView[StatusRound]):
    permission = MANAGE
    queryset = StatusRound.objects.select_related("opened_by").prefetch_related("measures")
    context_object_name = "round"
    template_name = "measures/round.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = _crumbs((self.object.title, ""))
        return super().get_context_data(crumbs=crumbs, **_round_context(self.object), **kwargs)


class RoundProgressView(RuledView, DetailView[StatusRound]):
    """The table alone, for a page that asks again and again. Says nothing while nothing has changed."""

    permission = MANAGE
    model = StatusRound

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        status_round = self.get_object()
        if not status_round.is_running:
            return HttpResponseClientRefresh()
        context = _round_context(status_round)
        if request.GET.get("state") == context["progress"].state:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "measures/_round_progress.html", context)


class RoundVerbView(RuledView, DetailView[StatusRound]):
    """POST does one thing to the round and leads back to its page."""

    permission = MANAGE
    writes = ("post",)
    http_method_names = ["post"]
    model = StatusRound

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        status_round = self.get_object()
        try:
            messages.success(request, self.do(status_round))
        except RoundOver:
            messages.warning(request, str(OVER))
        return HttpResponseRedirect(status_round.get_absolute_url())

    def do(self, status_round: StatusRound) -> str:
        raise NotImplementedError

    def invitation_in(self, status_round: StatusRound) -> RoundInvitation:
        invitations = status_round.invitations.select_related("round", "municipality")
        return get_object_or_404(invitations, municipality__slug=self.kwargs["slug"])

    def get_object(self, queryset: QuerySet[Any] | None = None) -> StatusRound:
        return get_object_or_404(StatusRound, pk=self.kwargs["pk"])


class RoundRemindView(RoundVerbView):
    def do(self, status_round: StatusRound) -> str:
        count = remind(status_round=status_round, by=self.request.user)
        if not count:
            return _("Niemand ist zu erinnern: Alle haben geantwortet oder sind heute schon erinnert worden.")
        return (
            ngettext("%d Erinnerung geht jetzt hinaus.", "%d Erinnerungen gehen jetzt hinaus.", count) % count
        )


class RoundSendAgainView(RoundVerbView):
    def do(self, status_round: StatusRound) -> str:
        send_again(status_round)
        return _("Die Mails werden noch einmal gesendet.")


class RoundCloseView(RuledView, DetailView[StatusRound]):
    """Asks first: closing makes every link useless."""

    permission = MANAGE
    writes = ("post",)
    queryset = StatusRound.objects.running()
    context_object_name = "round"
    template_name = "measures/round_close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        further = (self.object.title, self.object.get_absolute_url()), (_("Schließen"), "")
        return super().get_context_data(crumbs=_crumbs(*further), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        status_round = self.get_object()
        close_round(status_round=status_round, by=request.user)
        messages.success(request, _("Die Abfrage ist geschlossen. Kein Link öffnet mehr etwas."))
        return HttpResponseRedirect(status_round.get_absolute_url())


class LinkRenewView(RoundVerbView):
    def do(self, status_round: StatusRound) -> str:
        invitation = self.invitation_in(status_round)
        if renew_link(invitation=invitation, by=self.request.user):
            return _("%s bekommt eine Mail mit einem neuen Link; die alten öffnen nichts mehr.") % (
                invitation.municipality.name
            )
        return _("%s hat keine E-Mail-Adresse; die alten Links öffnen nichts mehr.") % (
            invitation.municipality.name
        )


class LinkRevokeView(RoundVerbView):
    def do(self, status_round: StatusRound) -> str:
        invitation = self.invitation_in(status_round)
        revoke_links(invitation=invitation, by=self.request.user)
        return _("Die Links von %s öffnen nichts mehr.") % invitation.municipality.name


class DemoMailsView(RuledView, DetailView[StatusRound]):
    """What would have been sent. Only where nothing is: elsewhere the links are nobody's to see."""

    permission = MANAGE
    model = StatusRound
    context_object_name = "round"
    template_name = "measures/round_demo_mails.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not settings.MAILS_ARE_FILES:
            raise Http404
        further = (self.object.title, self.object.get_absolute_url()), (_("Mails"), "")
        return super().get_context_data(crumbs=_crumbs(*further), mails=mails_of(self.object), **kwargs)
