"""Who takes part, for the coordinator: list and check-in, tables, name badges, mails."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from governance.views.base import KeepingPage
from measures.views.export import CSV, XLSX, ExportView
from participation.badges import badges_of
from participation.event_mails import send_message
from participation.export import ParticipantsExport
from participation.forms.events import MessageForm
from participation.models import Registration
from participation.services.registrations import check_in
from participation.views.event_keeping import KeepingOfEvent, told_in_words
from participation.views.events import KEEP, OfEvent
from smartregion.base.text import german_slug
from smartregion.base.typst import CompileError


class ParticipantsPage(OfEvent, TemplateView):
    permission = KEEP
    template_name = "participation/participants.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Registration.objects.filter(event=self.event)
        participants = list(rows.participants())
        return super().get_context_data(
            event=self.event,
            participants=participants,
            present=sum(row.checked_in_at is not None for row in participants),
            waiting=rows.waiting(),
            unconfirmed=rows.unconfirmed(),
            crumbs=self.crumbs((_("Teilnahme"), "")),
            **kwargs,
        )


class CheckInPage(OfEvent):
    """One tick: somebody is there, or it was a slip. Comes back to the same place of the list."""

    permission = KEEP
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        participants = Registration.objects.participants().filter(event=self.event)
        registration = get_object_or_404(participants, pk=self.kwargs["pk"])
        check_in(registration=registration, present=request.POST.get("present") == "1")
        page = reverse("participants", args=[self.event.pk])
        return HttpResponseRedirect(f"{page}#anmeldung-{registration.pk}")


class ParticipantsExportView(OfEvent, ExportView):
    permission = KEEP

    def export_of(self, request: HttpRequest) -> ParticipantsExport:
        return ParticipantsExport(self.event, request.user)

    def page_of(self, request: HttpRequest) -> str:
        return reverse("participants", args=[self.event.pk])

    def file_name(self) -> str:
        return f"teilnahme-{german_slug(self.event.title)}"


class ParticipantsCsv(ParticipantsExportView):
    file_format = CSV


class ParticipantsXlsx(ParticipantsExportView):
    file_format = XLSX


class BadgesView(OfEvent):
    permission = KEEP

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        participants = Registration.objects.participants().filter(event=self.event)
        try:
            content = badges_of(self.event, participants, on=localdate())
        except CompileError as problem:
            messages.warning(request, str(problem))
            return HttpResponseRedirect(reverse("participants", args=[self.event.pk]))
        response = HttpResponse(content, content_type="application/pdf")
        name = f"namensschilder-{german_slug(self.event.title)}.pdf"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        patch_cache_control(response, private=True, no_store=True)
        return response


class MessagePage(KeepingOfEvent, KeepingPage, FormView[MessageForm]):
    """A mail to people who registered."""

    form_class = MessageForm
    page_title = _("Mail an Angemeldete")
    submit_label = _("Mail senden")

    def get_back_url(self) -> str:
        return reverse("participants", args=[self.event.pk])

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs((_("Teilnahme"), self.get_back_url()), *further)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: Any = self.event
        places = ngettext("%d Platz ist vergeben", "%d Plätze sind vergeben", event.taken) % event.taken
        waiting = ngettext("%d Person wartet", "%d Personen warten", event.waiting) % event.waiting
        return super().get_context_data(hint=f"{places}, {waiting}.", **kwargs)

    def form_valid(self, form: MessageForm) -> HttpResponse:
        values = form.cleaned_data
        rows = Registration.objects.filter(event=self.event)
        chosen = {
            "participants": rows.participants(),
            "waiting": rows.waiting(),
            "everybody": rows.confirmed().order_by("pk"),
        }[values["to"]]
        told = send_message(self.event, subject=values["subject"], text=values["text"], to=chosen)
        if told:
            messages.success(self.request, told_in_words(told))
        else:
            messages.warning(self.request, gettext("Dort ist niemand, der eine Mail bekommen könnte."))
        return HttpResponseRedirect(self.get_back_url())
