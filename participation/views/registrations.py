"""To register for an event and to withdraw: by an open form and a mail's link, or with an account."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from participation.event_mails import PURPOSE
from participation.forms.registrations import RegistrationForm
from participation.links import row_of
from participation.models import Registration
from participation.open_forms import OpenFormView, line_of
from participation.services.registrations import confirm, join, register, withdraw
from participation.views.events import JOIN, OfEvent
from smartregion.base.access import PUBLIC
from smartregion.base.secret_pages import SecretPage


class RegisterPage(OfEvent, OpenFormView):
    """The open form; it acts as a visitor, so an internal event, which a visitor does not see, has none."""

    permission = PUBLIC
    purpose = "registration"
    form_class = RegistrationForm
    template_name = "participation/register.html"

    @cached_property
    def is_open(self) -> bool:
        return self.event.is_open_for_registration and not self.event.is_for_administrations

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: Any = self.event
        return super().get_context_data(
            event=event,
            is_open=self.is_open,
            is_full=event.capacity is not None and event.taken >= event.capacity,
            crumbs=self.crumbs((pgettext("zu einer Veranstaltung", "Anmelden"), "")),
            **kwargs,
        )

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        values = form.cleaned_data
        names = ("name", "email", "organisation", "needs")
        try:
            line = line_of(self.request, f"event.{self.event.pk}")
            register(event=self.event, line=line, **{name: values[name] for name in names})
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        return HttpResponseRedirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("registration_sent", args=[self.event.pk])


class RegistrationSentPage(OfEvent, TemplateView):
    """The same for everybody, so that nobody learns here whether an address is registered."""

    permission = PUBLIC
    template_name = "participation/registration_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            event=self.event, crumbs=self.crumbs((_("Anmeldung gesendet"), "")), **kwargs
        )


class WithdrawnPage(OfEvent, TemplateView):
    permission = PUBLIC
    template_name = "participation/registration_withdrawn.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(event=self.event, crumbs=self.crumbs((_("Abgemeldet"), "")), **kwargs)


class RegistrationPage(SecretPage, TemplateView):
    """Behind the mail's link. Reading changes nothing, as mail programs open links by themselves."""

    writes = ("post",)
    template_name = "participation/registration.html"
    invalid_template = "participation/registration_invalid.html"

    @cached_property
    def registration(self) -> Registration:
        rows = Registration.objects.select_related("event__field")
        return row_of(rows, self.kwargs["secret_of_registration"], PURPOSE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration = self.registration
        return super().get_context_data(
            registration=registration, event=registration.event, waits_as=registration.waits_as, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        registration = self.registration
        if request.POST.get("action") == "confirm":
            confirm(registration=registration)
            return HttpResponseRedirect(request.path)
        if request.POST.get("action") != "withdraw":
            return self.render_to_response(self.get_context_data())
        try:
            withdraw(registration=registration)
        except ValidationError as refusal:
            return self.render_to_response(self.get_context_data(refusal=" ".join(refusal.messages)))
        return HttpResponseRedirect(reverse("registration_withdrawn", args=[registration.event_id]))


class JoinPage(OfEvent):
    """Accounts of administrations take a place, or give it back, at once."""

    permission = JOIN
    writes = ("post",)

    def act(self) -> str:
        registration = join(event=self.event, account=self.request.user)
        if registration.has_place:
            return _("Sie sind angemeldet. Die Bestätigung kommt per Mail.")
        return _("Alle Plätze sind vergeben; Sie stehen auf der Warteliste.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = self.event.get_absolute_url()
        try:
            messages.success(request, self.act())
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        return HttpResponseRedirect(f"{back}#anmeldung")


class LeavePage(JoinPage):
    def act(self) -> str:
        own = Registration.objects.of_account(self.request.user)
        withdraw(registration=get_object_or_404(own, event=self.event))
        return _("Sie sind abgemeldet.")
