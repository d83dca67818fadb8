"""Stored files: the form field that takes one in, what a row keeps of it, the answer that gives it out."""

import hashlib
from typing import Any, Final, Protocol

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smartregion.base.uploads import KINDS, LARGEST, MEGABYTE, Refused, Upload, checked, names_of_kinds

FILE_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


class StoredFile(Protocol):
    """A row with the bytes of an upload, as `stored` gave them."""

    name: Any
    kind: Any
    content: Any
    sha256: Any


class UploadField(forms.FileField):
    """A file that `smartregion.base.uploads` takes; its value is an `Upload`."""

    def __init__(self, **kwargs: Any) -> None:
        hint = _("%(kinds)s, höchstens %(size)s MB, ohne Makros.")
        kwargs.setdefault("help_text", hint % {"kinds": names_of_kinds(), "size": LARGEST // MEGABYTE})
        accept = ",".join(f".{ending}" for ending in [*KINDS, "jpeg"])
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload:
        try:
            return checked(super().clean(data, initial))
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def upload_field() -> UploadField:
    return UploadField(
        label=gettext_lazy("Datei"),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "max_length": gettext_lazy("Der Dateiname ist zu lang."),
        },
    )


def stored(file: Upload) -> dict[str, Any]:
    """What a row keeps of an upload."""
    return {
        "name": file.safe_name,
        "kind": file.kind,
        "content": file.content,
        "size": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
    }


def file_answer(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """A file as it was uploaded.

    It is never shown within the portal: the browser is told to save it, not to guess its type, and not to
    run anything, should it open it all the same.
    """
    etag = f'"{file.sha256}"'
    response: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(bytes(file.content), content_type=KINDS[file.kind].content_type)
        disposition = content_disposition_header(as_attachment=True, filename=file.name)
        response["Content-Disposition"] = disposition
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, no-cache"
    return response
