"""What is stored about an address, for its person without an account: by a link in a mail."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from network.models import Region
from participation.forms.access import AccessForm
from participation.links import row_of
from participation.models import AccessRequest, Idea
from participation.open_forms import OpenFormView
from participation.services.access import READ, ask_for_access, erase_own_data
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.personal import Person, Stored, data_types, stored_about
from smartregion.base.personal_files import as_data, as_pdf, as_plain
from smartregion.base.secret_pages import SecretPage
from smartregion.base.typst import CompileError


class AccessAskView(OpenFormView):
    """The answer is the same whether or not anything is stored; so is the time it takes."""

    purpose = "access"
    form_class = AccessForm
    template_name = "participation/access_ask.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(crumbs=[(_("Auskunft und Löschung"), "")], **kwargs)

    def form_valid(self, form: AccessForm) -> HttpResponse:
        ask_for_access(email=form.cleaned_data["email"].lower())
        return redirect(self.sent_url())

    def sent_url(self) -> str:
        return reverse("access_sent")


class AccessSentView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "participation/access_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(days=AccessRequest.VALID_FOR.days, **kwargs)


class _LinkView(SecretPage):
    @cached_property
    def asked(self) -> AccessRequest:
        return row_of(AccessRequest.objects.open(), self.kwargs["link"], READ)

    @property
    def stored(self) -> list[Stored]:
        return stored_about(Person.of(self.asked.email), data_types(of_visitors=True))


class AccessDataView(_LinkView, TemplateView):
    template_name = "participation/access_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(stored=self.stored, email=self.asked.email, **kwargs)


class AccessFileView(_LinkView):
    """The same as file."""

    def get(self, request: HttpRequest, link: str, file_format: str) -> HttpResponse:
        return file_of(request, self.stored, self.asked.email, file_format)


class AccessEraseView(_LinkView):
    """GET asks, POST erases what was left without an account."""

    writes = ("post",)

    def get(self, request: HttpRequest, link: str) -> HttpResponse:
        published = Idea.objects.published_by(self.asked.email)
        context = {"email": self.asked.email, "link": link, "published": published}
        return render(request, "participation/access_erase.html", context)

    def post(self, request: HttpRequest, link: str) -> HttpResponse:
        erase_own_data(request=self.asked, with_published="with_published" in request.POST)
        return render(request, "participation/access_erased.html")


def file_of(request: HttpRequest, stored: list[Stored], email: str, file_format: str) -> HttpResponse:
    """What is stored, as JSON or as PDF; where a PDF cannot be set the answer says so."""
    response: HttpResponse
    if file_format not in {"json", "pdf"}:
        raise Http404
    if file_format == "json":
        content = {"adresse": email, "erstellt": as_data(now()), "daten": as_plain(stored)}
        response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    else:
        region = Region.objects.first()
        office = region.coordination_office if region else ""
        try:
            content_pdf = as_pdf(stored, email=email, office=office, moment=now())
        except CompileError as error:
            return render(request, "participation/access_no_file.html", {"problem": error}, status=503)
        response = HttpResponse(content_pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="meine-daten.{file_format}"'
    response["Cache-Control"] = "no-store"
    return response
