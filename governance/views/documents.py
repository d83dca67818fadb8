"""Files of a meeting: pack and draft minutes compiled on request, sealed minutes as they stand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.utils.translation import gettext as _

from governance.documents.content import Document
from governance.documents.files import IN_ADDRESS, WRITERS, editions_of, file_name, reader_of
from governance.documents.minutes import minutes_of
from governance.documents.pack import pack_of
from governance.models import Edition, Meeting, MinutesFile
from governance.views.base import CHANGE
from governance.views.minutes import OfMeeting, files_for
from smartregion.base.access import PUBLIC
from smartregion.base.typst import CompileError

FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
IN_QUERY = "fassung"
EDITIONS = {word: edition for edition, word in IN_ADDRESS.items()}


class CompiledFile(OfMeeting):
    """Compiled for the reader of this moment, so nobody keeps it for another one."""

    permission = PUBLIC

    def compile(self, edition: Edition | None) -> tuple[str, Document]:
        """The file's kind, as its name begins, and what it says.

        Args:
            edition: which one was asked for; None for what this reader may see.
        """
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file_format = kwargs["file_format"]
        if file_format not in WRITERS:
            raise Http404
        edition = self._edition()
        kind, document = self.compile(edition)
        try:
            content = WRITERS[file_format].write(document)
        except CompileError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.meeting.get_absolute_url())
        further = [IN_ADDRESS[edition]] if edition else []
        response = _download(
            content, file_format, file_name(kind, self.meeting, *further, file_format=file_format)
        )
        response["Cache-Control"] = "private, no-store"
        return response

    def _edition(self) -> Edition | None:
        """The edition that the address names, if the meeting has it and the reader may have it."""
        asked = EDITIONS.get(self.request.GET.get(IN_QUERY, ""))
        if asked == Edition.PUBLIC and Edition.PUBLIC not in editions_of(self.meeting):
            raise Http404
        if asked == Edition.INTERNAL and not self.reads_internal:
            raise Http404
        return asked

    @property
    def reads_internal(self) -> bool:
        return Meeting.objects.internal_to(self.request.user).filter(pk=self.meeting.pk).exists()


class PackFile(CompiledFile):
    """The meeting pack: what this reader may see, or an edition that everybody or every member gets."""

    def compile(self, edition: Edition | None) -> tuple[str, Document]:
        reader = reader_of(edition, self.meeting) if edition else self.request.user
        moment = now().replace(second=0, microsecond=0)
        label = str(edition.label) if edition else self._label()
        return _("sitzungsmappe"), pack_of(self.meeting, reader, edition=label, moment=moment)

    def _label(self) -> str:
        """What a pack calls itself that was compiled for this reader alone."""
        if self.request.user.has_perm(CHANGE):
            return _("Fassung der Koordinierungsstelle, mit Entwürfen")
        return str((Edition.INTERNAL if self.reads_internal else Edition.PUBLIC).label)


class DraftMinutesFile(CompiledFile):
    """The minutes before they are approved, for the coordinator and, once presented, for members."""

    def compile(self, edition: Edition | None) -> tuple[str, Document]:
        if self.minutes.is_approved:
            raise Http404
        edition = edition or Edition.INTERNAL
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
        files = files_for(self.minutes, self.request.user)
        return get_object_or_404(files, edition=EDITIONS.get(edition, ""), format=file_format)


def _download(content: bytes, file_format: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WRITERS[file_format].content_type)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return response
