"""The directory of contacts, which the coordinator keeps."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, DetailView, TemplateView

from network.filters import ContactFilter
from network.forms import ContactAddForm, ContactForm
from network.models import Contact
from network.services import add_contact, remove_contact, withdraw_consent
from smartregion.base import audit
from smartregion.base.access import RuledView
from smartregion.base.changes import changes_of
from smartregion.base.editing import TAKEN, UndoView, VersionedEditView
from smartregion.base.personal import Stored, data_types, in_words
from smartregion.base.personal_files import as_plain
from smartregion.base.spreadsheet import CSV_TYPE, csv_lines
from smartregion.base.versioned import Versioned

CARE: Final = "network.care"
PER_PAGE: Final = 50


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Netzwerk"), reverse("contacts") if further else ""), *further]


class ContactListView(RuledView, TemplateView):
    permission = CARE
    template_name = "network/contacts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = ContactFilter(self.request.GET)
        page = Paginator(chosen.qs, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            crumbs=crumbs(),
            filter=chosen,
            page_obj=page,
            page_query=urlencode(chosen.values),
            reachable=chosen.qs.reachable().count(),
            has_any=Contact.objects.exists(),
            **kwargs,
        )


class ContactCsvView(RuledView):
    """The selection to take home. It holds names, so it is the coordinator's alone."""

    permission = CARE

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        audit.note(audit.Kind.PERSONAL_EXPORT, by=request.user, what="contacts")
        response = StreamingHttpResponse(
            csv_lines(_headings(), _rows(ContactFilter(request.GET))), content_type=CSV_TYPE
        )
        response["Content-Disposition"] = f'attachment; filename="kontakte-{localdate().isoformat()}.csv"'
        return response


def _headings() -> list[str]:
    return [
        _("Organisation"),
        _("Sektor"),
        _("Funktion"),
        _("Name"),
        _("E-Mail"),
        _("Telefon"),
        _("Interessen"),
        _("Einwilligung"),
        _("Einwilligung vom"),
        _("aufbewahren bis"),
        _("Beispieldaten"),
    ]


def _rows(chosen: ContactFilter) -> Iterator[list[Any]]:
    for contact in chosen.qs:
        yield [
            contact.organisation.name,
            contact.organisation.get_sector_display(),
            contact.function,
            contact.name,
            contact.email,
            contact.phone,
            ", ".join(field.name for field in contact.interests.all()),
            contact.state,
            contact.consented_on,
            contact.kept_until,
            in_words(contact.is_example),
        ]


class ContactView(RuledView, DetailView[Contact]):
    permission = CARE
    queryset = Contact.objects.with_details()
    template_name = "network/contact.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((str(self.object), "")), changes=changes_of(self.object), **kwargs
        )


class ContactAddView(RuledView, CreateView[Contact, ContactAddForm]):
    """Keeps no draft: who a person is shall be stored with the consent only."""

    permission = CARE
    writes = ("post",)
    model = Contact
    form_class = ContactAddForm
    template_name = "network/contact_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=crumbs((_("Neuer Kontakt"), "")), cancel_url=reverse("contacts"), **kwargs
        )

    def form_valid(self, form: ContactAddForm) -> HttpResponse:
        try:
            with transaction.atomic():
                contact = add_contact(
                    contact=form.instance, fields=form.cleaned_data["interests"], by=self.request.user
                )
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Der Kontakt ist angelegt."))
        return redirect(contact)


class ContactEditView(VersionedEditView):
    permission = change_permission = CARE
    model = Contact
    form_class = ContactForm
    keeps_drafts = False
    template_name = "network/contact_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.object.get_absolute_url()
        return super().get_context_data(
            crumbs=crumbs((str(self.object), here), (_("Bearbeiten"), "")), cancel_url=here, **kwargs
        )

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('contact_undo', args=[saved.pk])}?version={saved.version}"


class ContactUndoView(UndoView):
    """Name, address and telephone are in no history, so they stay as they are now."""

    permission = change_permission = CARE

    def get_object(self) -> Contact:
        return get_object_or_404(Contact, pk=self.kwargs["pk"])


class _ConfirmView(RuledView, DetailView[Contact]):
    permission = CARE
    writes = ("post",)
    queryset = Contact.objects.select_related("organisation")
    title: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.object.get_absolute_url()
        return super().get_context_data(
            crumbs=crumbs((str(self.object), here), (str(self.title), "")), **kwargs
        )


class WithdrawView(_ConfirmView):
    """The person takes back the consent: what is known of them goes at once."""

    title = gettext_lazy("Einwilligung widerrufen")
    template_name = "network/contact_withdraw.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = self.get_object()
        withdraw_consent(contact=contact, by=request.user)
        messages.success(request, _("Die Einwilligung ist widerrufen, die Angaben zur Person sind gelöscht."))
        return redirect(contact)


class RemoveView(_ConfirmView):
    title = gettext_lazy("Kontakt löschen")
    template_name = "network/contact_remove.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        remove_contact(contact=self.get_object(), by=request.user)
        messages.success(request, _("Der Kontakt ist gelöscht, auch aus dem Verlauf."))
        return redirect("contacts")


class ContactJsonView(RuledView):
    """What is stored of one contact, for the person."""

    permission = CARE

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        contact = get_object_or_404(Contact.objects.with_details(), pk=pk)
        audit.note(audit.Kind.PERSONAL_EXPORT, by=request.user, what=f"contact:{pk}")
        (kind,) = (each for each in data_types() if each.key == "contacts")
        row = {str(label): in_words(value) for label, value in kind.told(contact).items()}
        response = JsonResponse(
            {"daten": as_plain([Stored(kind, [row])])}, json_dumps_params={"ensure_ascii": False}
        )
        response["Content-Disposition"] = f'attachment; filename="kontakt-{pk}.json"'
        return response
