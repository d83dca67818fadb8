"""Network care that needs to know teams and committees, and mailings to contacts."""

from typing import Any, Final

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, TemplateView

from fields.models import ActionField
from network.contacts import CARE, crumbs
from network.filters import ContactFilter
from network.models import Contact, Region
from network.services import withdraw_consent
from participation.forms.mailings import MailingForm
from participation.links import row_of
from participation.mails import body_of
from participation.meeting_up import who_should_meet
from participation.models import Mailing
from participation.services.mailings import WITHDRAW, letter_to, news_since_last, send_mailing
from smartregion.base.access import RuledView
from smartregion.base.secret_pages import SecretPage

EDIT, SEND = "edit", "send"
PER_PAGE: Final = 30


class WhoShouldMeetView(RuledView, TemplateView):
    permission = CARE
    template_name = "participation/who_should_meet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fields = list(ActionField.objects.all())
        chosen = next((field for field in fields if field.slug == self.request.GET.get("feld")), None)
        return super().get_context_data(
            crumbs=crumbs((_("Wer sollte sich treffen?"), "")),
            suggestions=who_should_meet(chosen.slug if chosen else ""),
            fields=fields,
            chosen=chosen,
            **kwargs,
        )


class MailingListView(RuledView, ListView[Mailing]):
    permission = CARE
    queryset = Mailing.objects.select_related("sent_by")
    paginate_by = PER_PAGE
    template_name = "participation/mailings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=crumbs((_("Rundschreiben"), "")), **kwargs)


class MailingAddView(RuledView, FormView[MailingForm]):
    """Write, look at it with the number of recipients, send. The address says which contacts are chosen."""

    permission = CARE
    writes = ("post",)
    form_class = MailingForm
    template_name = "participation/mailing_form.html"

    @cached_property
    def chosen(self) -> ContactFilter:
        return ContactFilter(self.request.GET)

    @property
    def field(self) -> str:
        """The slug of the field by which contacts are chosen."""
        return self.chosen.values.get("feld", "")

    @cached_property
    def recipients(self) -> list[Contact]:
        """Each address once."""
        reachable: QuerySet[Contact] = self.chosen.qs.reachable()
        return list({contact.email.lower(): contact for contact in reachable}.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = (_("Rundschreiben"), reverse("mailings"))
        return super().get_context_data(
            crumbs=crumbs(own, (_("Neues Rundschreiben"), "")),
            number=len(self.recipients),
            filter=self.chosen,
            cancel_url=reverse("contacts"),
            **kwargs,
        )

    def form_valid(self, form: MailingForm) -> HttpResponse:
        if not self.recipients:
            form.add_error(None, _("Zu dieser Auswahl gehört niemand, der angeschrieben werden darf."))
            return self.form_invalid(form)
        step = self.request.POST.get("step")
        if step == EDIT:
            return self.render_to_response(self.get_context_data(form=form))
        if step != SEND:
            return self.preview(form)
        if form.cleaned_data["count"] != len(self.recipients):
            messages.warning(
                self.request, _("Die Auswahl hat sich inzwischen geändert. Bitte prüfen Sie die neue Zahl.")
            )
            return self.preview(form)
        return self.send(form)

    def preview(self, form: MailingForm) -> HttpResponse:
        values = form.cleaned_data
        new = news_since_last(self.field) if values["with_news"] else None
        letter = letter_to(self.recipients[0], subject=values["subject"], text=values["text"], new=new)
        own = {
            "body": body_of(letter, Region.objects.first()),
            "subject": values["subject"],
            "lacks_news": new is not None and not new["groups"],
            "step": SEND,
        }
        return render(
            self.request, "participation/mailing_preview.html", {**self.get_context_data(form=form), **own}
        )

    def send(self, form: MailingForm) -> HttpResponse:
        values = form.cleaned_data
        try:
            sent = send_mailing(
                key=values["key"],
                subject=values["subject"],
                text=values["text"],
                with_news=values["with_news"],
                contacts=self.recipients,
                field=self.field,
                selection=self.chosen.in_words or _("alle Kontakte"),
                by=self.request.user,  # type: ignore[arg-type]
            )
        except IntegrityError:
            messages.warning(self.request, _("Dieses Rundschreiben ist schon unterwegs."))
        else:
            number = sent.recipients
            messages.success(
                self.request,
                ngettext("%d Mail ist unterwegs.", "%d Mails sind unterwegs.", number) % number,
            )
        return redirect("mailings")


class ConsentView(SecretPage, TemplateView):
    """The link in each mailing: GET asks, POST withdraws, also by the mail program itself (RFC 8058)."""

    writes = ("post",)
    template_name = "participation/consent.html"

    @cached_property
    def contact(self) -> Contact:
        return row_of(Contact.objects.select_related("organisation"), self.kwargs["link"], WITHDRAW)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, ended=not self.contact.is_person, **kwargs)

    def post(self, request: HttpRequest, link: str) -> HttpResponse:
        withdraw_consent(contact=self.contact, by=None, office=_("die Person selbst"))
        self.contact.refresh_from_db()
        return self.render_to_response(self.get_context_data())
