"""Who takes part, for the coordinator: list and check-in, tables, name badges, mails."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property
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
from participation.forms.events import MessageForm, WalkInForm
from participation.models import Event, Registration
from participation.services.registrations import add_at_the_door, check_in, remove_registration
from participation.views.event_keeping import KeepingOfEvent, told_in_words
from participation.views.events import KEEP, OfEvent
from smartregion.base import audit
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
            are_deleted=not (self.event.keeps_names or rows.exists()),
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
        check_in(registration=registration, present=request.POST.get("present") == "1", by=request.user)
        page = reverse("participants", args=[self.event.pk])
        return HttpResponseRedirect(f"{page}#anmeldung-{registration.pk}")


class OfParticipants(KeepingOfEvent, KeepingPage):
    """A page that leads back to the list of who takes part."""

    def get_back_url(self) -> str:
        return reverse("participants", args=[self.event.pk])

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return super().crumbs((_("Teilnahme"), self.get_back_url()), *further)


class WalkInPage(OfParticipants, FormView[WalkInForm]):
    """Somebody is at the door who has not registered."""

    form_class = WalkInForm
    page_title = _("Am Einlass eintragen")
    submit_label = _("Eintragen, ist da")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        free = self.event.free_places()
        hint = "" if free is None else ngettext("%d Platz ist frei.", "%d Plätze sind frei.", free) % free
        return super().get_context_data(hint=hint, **kwargs)

    def form_valid(self, form: WalkInForm) -> HttpResponse:
        try:
            row = add_at_the_door(event=self.event, by=self.request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Eingetragen und da: %s") % row)
        return HttpResponseRedirect(f"{self.get_back_url()}#anmeldung-{row.pk}")


class RegistrationRemovePage(OfParticipants, FormView[forms.Form]):
    """Asks before one registration is deleted; there is no way back, for no history keeps it."""

    form_class = forms.Form
    page_title = _("Anmeldung löschen")
    submit_label = _("Endgültig löschen")

    @cached_property
    def registration(self) -> Registration:
        return get_object_or_404(Registration, event=self.event, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _(
            "Name, Adresse und Angaben sind danach nicht mehr da. Eine Mail geht nicht hinaus. "
            "Vor dem Beginn geht der Platz an die Warteliste."
        )
        return super().get_context_data(question=str(self.registration), loss=loss, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        name = str(self.registration)
        try:
            remove_registration(registration=self.registration, by=self.request.user)
        except ObjectDoesNotExist:
            raise Http404 from None
        messages.success(self.request, gettext("Gelöscht: %s") % name)
        return HttpResponseRedirect(self.get_back_url())


def _note_export(request: HttpRequest, event: Event) -> None:
    audit.note(audit.Kind.PERSONAL_EXPORT, by=request.user, what=f"participants:{event.pk}")


class ParticipantsExportView(OfEvent, ExportView):
    permission = KEEP

    def export_of(self, request: HttpRequest) -> ParticipantsExport:
        _note_export(request, self.event)
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
        participants = Registration.objects.participants().exclude(name="").filter(event=self.event)
        _note_export(request, self.event)
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


class MessagePage(OfParticipants, FormView[MessageForm]):
    """A mail to people who registered."""

    form_class = MessageForm
    page_title = _("Mail an Angemeldete")
    submit_label = _("Mail senden")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: Any = self.event
        places = ngettext("%d Platz ist vergeben", "%d Plätze sind vergeben", event.taken) % event.taken
        waiting = ngettext("%d Person wartet", "%d Personen warten", event.waiting) % event.waiting
        return super().get_context_data(hint=f"{places}, {waiting}.", **kwargs)

    def form_valid(self, form: MessageForm) -> HttpResponse:
        values = form.cleaned_data
        rows = Registration.objects.reachable().filter(event=self.event)
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
