"""The addresses of OParl: read by machines, the same answer for everybody."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from governance.documents.files import WRITERS
from governance.models import Committee, MinutesFile, PaperFile
from governance.oparl import objects
from governance.oparl.catalogue import ANYBODY, Catalogue
from governance.oparl.lists import BadFilter, Query, list_page
from network.models import Region
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.uploads import KINDS

FILE_POLICY = "default-src 'none'; sandbox"


class OParlView(RuledView):
    """Answers in JSON, also where something is missing or wrong; any website may read it."""

    permission = PUBLIC
    http_method_names = ["get", "head", "options"]

    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return _answer(request, self.content(Catalogue()))
        except (Http404, Region.DoesNotExist):  # an empty portal has no region yet
            return _error(404, _("Unter dieser Adresse gibt es nichts."))
        except BadFilter as error:
            return _error(400, str(error))


class SystemView(OParlView):
    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        return objects.system(catalogue)


class BodyListView(OParlView):
    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        return list_page(
            catalogue.bodies,
            Query.of(self.request.GET),
            objects.address("body"),
            lambda keys: [objects.body_or_tombstone(key, catalogue) for key in keys],
        )


class BodyView(OParlView):
    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        return objects.body_or_tombstone(_body(catalogue, self.kwargs["body"]), catalogue)


class ObjectView(OParlView):
    word: str = ""

    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        found = objects.build(self.word, [self.kwargs["pk"]], catalogue)
        if not found:
            raise Http404
        return found[0]


class ObjectListView(OParlView):
    """All objects of a type that belong to a body or an organization."""

    word: str = ""
    name: str = ""

    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        belongs, owner = self.owner(catalogue)
        lives = {
            objects.Key(word, pk): life
            for word in objects.LISTED_AS.get(self.word, (self.word,))
            for model in [objects.TYPES[word].model]
            for pk in catalogue.lives(model)
            if belongs(model, pk) and (life := objects.exists(word, pk, catalogue))
        }
        return list_page(
            lives,
            Query.of(self.request.GET),
            objects.address(*owner, self.name),
            lambda keys: objects.build_listed(keys, catalogue),
        )

    def owner(self, catalogue: Catalogue) -> tuple[Any, tuple[str, object]]:
        raise NotImplementedError


class ListOfBodyView(ObjectListView):
    def owner(self, catalogue: Catalogue) -> tuple[Any, tuple[str, object]]:
        key = _body(catalogue, self.kwargs["body"])
        return lambda model, pk: catalogue.body_of(catalogue.committee_of(model, pk)) == key, ("body", key)


class ListOfOrganizationView(ObjectListView):
    def owner(self, catalogue: Catalogue) -> tuple[Any, tuple[str, object]]:
        organization = self.kwargs["pk"]
        if organization not in catalogue.lives(Committee):
            raise Http404
        last, owner = catalogue.history.last, ("organization", organization)
        return lambda model, pk: last(model, pk)["committee_id"] == organization, owner


class FileContentView(OParlView):
    """An attachment's bytes. No browser shows it within the portal, guesses its type or runs anything."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = PaperFile.objects.visible_to(ANYBODY).filter(pk=self.kwargs["pk"]).first()
        if file is None:
            return _error(404, _("Diese Datei gibt es nicht oder nicht mehr."))
        response = _file(bytes(file.content), KINDS[file.kind].content_type, file.name)
        return _conditional(request, response, file.sha256)


class ProtocolContentView(OParlView):
    """The bytes of the public edition of sealed minutes."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        files = MinutesFile.objects.visible_to(ANYBODY).for_all().filter(minutes=self.kwargs["pk"])
        file = files.select_related("minutes__meeting__committee").first()
        if file is None:
            return _error(404, _("Diese Datei gibt es nicht oder nicht mehr."))
        kind, name = WRITERS[file.format].content_type, objects.public_name(file.minutes)
        return _conditional(request, _file(bytes(file.content), kind, name), file.sha256)


class NothingView(OParlView):
    """Every other address: a machine is answered in JSON there too."""

    def content(self, catalogue: Catalogue) -> dict[str, Any]:
        raise Http404


def _body(catalogue: Catalogue, key: str) -> str:
    if key not in catalogue.bodies:
        raise Http404
    return key


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return response


def _answer(request: HttpRequest, content: dict[str, Any]) -> HttpResponseBase:
    text = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    return _conditional(request, response, hashlib.sha256(text.encode()).hexdigest())


def _conditional(request: HttpRequest, response: HttpResponse, digest: str) -> HttpResponseBase:
    etag = f'"{digest}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    answer = get_conditional_response(request, etag=etag, response=response) or response
    return _for_any_website(answer)


def _error(status: int, message: str) -> HttpResponseBase:
    content = {"type": f"{objects.SCHEMA}Error", "message": message}
    text = json.dumps(content, ensure_ascii=False)
    return _for_any_website(HttpResponse(text, status=status, content_type="application/json"))


def _for_any_website(response: HttpResponseBase) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    return response
