"""What all addresses for programs have in common: who may ask how often, and how they answer.

Everybody gets the same answer, so any website may read it. An answer carries an ETag; what cannot be answered
is told in German as a "problem" (RFC 9457).
"""

import hashlib
import json
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from network.often import PER_SECONDS, is_too_often
from smartregion.base.access import PUBLIC, RuledView

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
READING: Final = ("GET", "HEAD", "OPTIONS")
LONGEST_VALUE: Final = 200
TITLES: Final = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("Die Anfrage ist nicht zu verstehen."),
    HTTPStatus.NOT_FOUND: gettext_lazy("Das gibt es nicht."),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("Das geht hier nicht."),
    HTTPStatus.NOT_ACCEPTABLE: gettext_lazy("Dieses Format gibt es nicht."),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_lazy("Das waren zu viele Anfragen."),
}


class Refused(Exception):
    """The request cannot be answered; the German sentence says why."""

    def __init__(self, sentence: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.status = status


@method_decorator(csrf_exempt, name="dispatch")
class OpenView(RuledView):
    """An address that only answers; whoever is signed in gets what a visitor gets."""

    permission = PUBLIC
    only_german = True
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _admit(request)
            return for_any_website(super().dispatch(request, *args, **kwargs))
        except Refused as refusal:
            return problem(refusal.status, str(refusal))
        except Http404:
            return nothing_here()

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["Allow"] = ", ".join(READING)
        response["Access-Control-Allow-Methods"] = ", ".join(READING)
        response["Access-Control-Allow-Headers"] = "If-None-Match"
        response["Access-Control-Max-Age"] = "86400"
        return response


def _admit(request: HttpRequest) -> None:
    if request.method not in READING:
        raise Refused(_("Diese Adresse lässt sich nur lesen."), HTTPStatus.METHOD_NOT_ALLOWED)
    if request.method != "OPTIONS" and is_too_often(
        request, "opendata", settings.OPEN_DATA_REQUESTS_A_MINUTE
    ):
        raise Refused(
            _("Von Ihrem Anschluss kamen sehr viele Anfragen. Bitte warten Sie eine Minute."),
            HTTPStatus.TOO_MANY_REQUESTS,
        )


@method_decorator(csrf_exempt, name="dispatch")
class NothingView(OpenView):
    """Every other address below: a program is answered for a program there too, whatever it sends."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return nothing_here()


def only(request: HttpRequest, known: Collection[str]) -> None:
    """Raises:
    Refused: the address has a parameter that is not known, or a value of a length that nothing has.
    """
    for name, values in request.GET.lists():
        if name not in known:
            raise Refused(_("Den Parameter „%s“ gibt es hier nicht.") % shown(name))
        if any(len(value) > LONGEST_VALUE for value in values):
            raise Refused(_("Der Wert von „%s“ ist zu lang.") % shown(name))


def shown(text: str) -> str:
    """As much of what was sent as a sentence can bear."""
    return text[:60].replace("\0", "")


def whole(request: HttpRequest, name: str, default: int, least: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < least:
        raise Refused(_("„%(name)s“ braucht eine ganze Zahl ab %(least)d.") % {"name": name, "least": least})
    return int(text)


def answer(request: HttpRequest, content: Any, content_type: str = JSON, links: str = "") -> HttpResponseBase:
    """The content as JSON, or that it is still what the asker has."""
    text = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(text, content_type=content_type)
    if links:
        response["Link"] = links
    return with_etag(request, response)


def with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def problem(status: HTTPStatus, sentence: str) -> HttpResponseBase:
    told = {"type": "about:blank", "title": str(TITLES[status]), "status": status, "detail": sentence}
    response = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=PROBLEM)
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(PER_SECONDS)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response["Allow"] = ", ".join(READING)
    return for_any_website(response)


def nothing_here() -> HttpResponseBase:
    return problem(HTTPStatus.NOT_FOUND, _("Unter dieser Adresse gibt es nichts."))


def for_any_website(response: HttpResponseBase) -> HttpResponseBase:
    """Scripts of other websites may read it; without credentials, as there are none to be sent."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    return response
