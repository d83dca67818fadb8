"""Files of a meeting: pack and draft minutes compiled on request, sealed minutes as they stand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.utils.translation import gettext as _

from governance.documents.content import Document
from governance.documents.files import IN_ADDRESS, WRITERS, editions_of, file_name, reader_of
from governance.documents.minutes import minutes_of
from governance.documents.pack import pack_of
from governance.models import Edition, MinutesFile
from governance.views.base import CHANGE
from governance.views.minutes import OfMeeting, files_for
from smartregion.base.access import PUBLIC
from smartregion.base.typst import CompileError

FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
IN_QUERY = "fassung"


class CompiledFile(OfMeeting):
    """Compiled for the reader of this moment, so nobody keeps it for another one."""

    permission = PUBLIC

    def compile(self, *, is_public: bool) -> tuple[str, Document]:
        """The file's kind, as its name begins, and what it says."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file_format = kwargs["file_format"]
        if file_format not in WRITERS:
            raise Http404
        is_public = self._wants_public()
        kind, document = self.compile(is_public=is_public)
        try:
            content = WRITERS[file_format].write(document)
        except CompileError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.meeting.get_absolute_url())
        further = [IN_ADDRESS[Edition.PUBLIC]] if is_public else []
        name = file_name(kind, self.meeting, *further, file_format=file_format)
        response = _download(content, file_format, name)
        response["Cache-Control"] = "private, no-store"
        return response

    def _wants_public(self) -> bool:
        """Whether the public version is asked for, which only a public meeting has."""
        if self.request.GET.get(IN_QUERY) != IN_ADDRESS[Edition.PUBLIC]:
            return False
        if Edition.PUBLIC not in editions_of(self.meeting):
            raise Http404
        return True


class PackFile(CompiledFile):
    """The meeting pack: what this reader may see, or with `?fassung=oeffentlich` what a visitor may."""

    def compile(self, *, is_public: bool) -> tuple[str, Document]:
        user: Any = AnonymousUser() if is_public else self.request.user
        moment = now().replace(second=0, microsecond=0)
        return _("sitzungsmappe"), pack_of(self.meeting, user, edition=self._edition(user), moment=moment)

    def _edition(self, user: Any) -> str:
        if user.has_perm(CHANGE):
            return _("Fassung der Koordinierungsstelle, mit Entwürfen")
        is_member = (
            self.meeting.committee in type(self.committee).objects.with_member(user) if user.pk else False
        )
        return str((Edition.INTERNAL if is_member else Edition.PUBLIC).label)


class DraftMinutesFile(CompiledFile):
    """The minutes before they are approved, for the coordinator and, once presented, for members."""

    def compile(self, *, is_public: bool) -> tuple[str, Document]:
        if self.minutes.is_approved:
            raise Http404
        edition = Edition.PUBLIC if is_public else Edition.INTERNAL
        moment = now().replace(second=0, microsecond=0)
        reader = reader_of(edition, self.meeting)
        return _("niederschrift-entwurf"), minutes_of(self.minutes, reader, edition=edition, moment=moment)


class SealedMinutesFile(OfMeeting):
    """A sealed file as it stands in the database. It never changes, so its checksum is its ETag."""

    permission = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = self._file(kwargs["edition"], kwargs["file_format"])
        etag = f'"{file.sha256}"'
        response: HttpResponse
        if etag in request.headers.get("If-None-Match", ""):
            response = HttpResponseNotModified()
        else:
            name = file_name(_("niederschrift"), self.meeting, kwargs["edition"], file_format=file.format)
            response = _download(bytes(file.content), file.format, name)
        response["ETag"] = etag
        if not request.user.is_authenticated:
            response["Cache-Control"] = "private, no-cache"
        return response

    def _file(self, edition: str, file_format: str) -> MinutesFile:
        editions = {word: value for value, word in IN_ADDRESS.items()}
        files = files_for(self.minutes, self.request.user)
        return get_object_or_404(files, edition=editions.get(edition, ""), format=file_format)


def _download(content: bytes, file_format: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WRITERS[file_format].content_type)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return response
