"""A municipality's one-page profile as PDF, the same for every reader."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.profile import compile_profile, profile_of, tag_of
from network.models import Municipality
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.typst import CompileError


class ProfileView(RuledView):
    """Asks nothing about the reader, so any cache may keep it and ask by its tag whether it still holds."""

    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        municipality, on = get_object_or_404(Municipality, slug=slug), localdate()
        try:
            profile = profile_of(municipality, on)
            etag = f'"{tag_of(profile)}"'
            response = self._unchanged(request, etag) or HttpResponse(
                compile_profile(profile, on), content_type="application/pdf"
            )
        except CompileError as error:
            messages.error(request, str(error))
            return redirect(municipality)
        name = _("profil-%(slug)s-%(day)s.pdf") % {"slug": municipality.slug, "day": on.isoformat()}
        response["Content-Disposition"] = str(content_disposition_header(as_attachment=False, filename=name))
        response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        return response

    def _unchanged(self, request: HttpRequest, etag: str) -> HttpResponse | None:
        known = etag in request.headers.get("If-None-Match", "")
        return HttpResponseNotModified() if known else None
