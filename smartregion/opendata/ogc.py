"""OGC API – Features, part 1: what stands on the map, as GeoJSON for map programs and as pages for people."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from network.models import Region
from smartregion.opendata import licence
from smartregion.opendata.answers import JSON, OpenView, Refused, answer, only, shown, whole
from smartregion.opendata.api import AT_ONCE, MOST_AT_ONCE, page_links
from smartregion.opendata.formats import features
from smartregion.opendata.geometry import Box, box_of, geometries, meets
from smartregion.opendata.openapi import GEOJSON
from smartregion.opendata.resource import Resource, absolute, collections, count_of

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
HTML: Final = "text/html"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.1"
CLASSES: Final = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "html", "geojson")
]
FORMS: Final = ("json", "html")
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
Link = dict[str, str]


class MapView(OpenView):
    """One content in two forms; `f` in the address decides, else what the asker prefers."""

    kind = JSON
    parameters: tuple[str, ...] = ()

    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        raise NotImplementedError

    def check(self, request: HttpRequest, **kwargs: str) -> None:
        only(request, ("f", *self.parameters))

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        self.check(request, **kwargs)
        is_page = self._is_page(request)
        content = self.content(request, **kwargs)
        content["links"] = [*self._own_links(request, is_page), *content["links"]]
        response: HttpResponseBase
        if is_page:
            response = render(request, "opendata/ogc.html", self._context(content, **kwargs))
        else:
            response = answer(request, content, self.kind)
        patch_vary_headers(response, ["Accept"])
        return response

    def _is_page(self, request: HttpRequest) -> bool:
        form = request.GET.get("f")
        if form is not None and form not in FORMS:
            raise Refused(_("„f“ ist json oder html."))
        wanted = request.get_preferred_type([JSON, GEOJSON, HTML])
        return form == "html" or (form is None and wanted == HTML)

    def _own_links(self, request: HttpRequest, is_page: bool) -> list[Link]:
        own, other = (HTML, self.kind) if is_page else (self.kind, HTML)
        return [
            link("self", _here(request), own, _("Diese Angaben")),
            link("alternate", _here(request, f="json" if is_page else "html"), other, _("Andere Form")),
        ]

    def _context(self, content: dict[str, Any], **kwargs: str) -> dict[str, Any]:
        known = collections().get(kwargs.get("collection", ""))
        return {"content": content, "shown": known, "table": _table(known, content) if known else []}


def link(rel: str, url: str, kind: str, title: str) -> Link:
    return {"rel": rel, "href": url, "type": kind, "title": title}


def _here(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return absolute(f"{request.path}?{query.urlencode()}" if query else request.path)


class LandingView(MapView):
    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        region = Region.objects.first()
        pages = [
            ("conformance", "ogc_conformance", _("Was der Dienst kann")),
            ("data", "ogc_collections", _("Was es gibt")),
        ]
        return {
            "title": region.portal_title if region else _("Portal"),
            "description": _(
                "Roll-out der Maßnahmen in den Kommunen und Maßnahmen je Kommune, mit deren Grenzen."
            ),
            "attribution": licence.source_note(region, with_outlines=True) if region else "",
            "links": [
                link("service-desc", absolute(reverse("api_openapi")), OPENAPI, _("Beschreibung (OpenAPI)")),
                link("service-doc", absolute(reverse("open_data")), HTML, _("Offene Daten")),
                *(link(rel, absolute(reverse(name)), JSON, title) for rel, name, title in pages),
                link("license", licence.TEXT_URL, HTML, licence.NAME),
            ],
        }


class ConformanceView(MapView):
    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        return {"conformsTo": CLASSES, "links": []}


class CollectionsView(MapView):
    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        extent = box_of(geometries().values())
        return {"collections": [_collection(row, extent) for row in collections().values()], "links": []}


class CollectionView(MapView):
    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        return _collection(_called(kwargs["collection"]), box_of(geometries().values()))


def _called(name: str) -> Resource:
    if name not in collections():
        raise Http404
    return collections()[name]


def _collection(resource: Resource, extent: Box | None) -> dict[str, Any]:
    own = reverse("ogc_collection", args=[resource.name])
    items = reverse("ogc_items", args=[resource.name])
    told: dict[str, Any] = {
        "id": resource.name,
        "title": str(resource.title),
        "description": str(resource.description),
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link("collection", absolute(own), JSON, str(resource.title)),
            link("items", absolute(items), GEOJSON, _("Objekte als GeoJSON")),
            link("items", absolute(f"{items}?f=html"), HTML, _("Objekte als Seite")),
            link("describedby", absolute(resource.get_absolute_url()), HTML, _("Datenfelder und Zählregeln")),
            link("license", licence.TEXT_URL, HTML, licence.NAME),
        ],
    }
    if extent:
        told["extent"] = {"spatial": {"bbox": [list(extent)], "crs": CRS84}}
    return told


class ItemsView(MapView):
    kind = GEOJSON
    beside = ("f", "limit", "offset", "bbox", "datetime")

    def check(self, request: HttpRequest, **kwargs: str) -> None:
        only(request, (*self.beside, *_properties(_called(kwargs["collection"]))))

    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        resource = _called(kwargs["collection"])
        limit = min(whole(request, "limit", AT_ONCE, 1), MOST_AT_ONCE)
        offset = whole(request, "offset", 0, 0)
        _check_moment(request.GET.get("datetime"))
        rows = _rows(resource, request)
        total = count_of(rows)
        found = list(features(resource, resource.records(rows[offset : offset + limit])))
        path = reverse("ogc_items", args=[resource.name])
        ways = page_links(request, path, limit, offset, total)
        return {
            "type": "FeatureCollection",
            "features": found,
            "numberMatched": total,
            "numberReturned": len(found),
            "links": [
                link(rel, ways[rel], GEOJSON, title)
                for rel, title in (("next", _("Weitere")), ("prev", _("Vorherige")))
                if rel in ways
            ],
        }


class ItemView(MapView):
    kind = GEOJSON

    def content(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        resource = _called(kwargs["collection"])
        record = resource.one(kwargs["feature"])
        if record is None:
            raise Http404
        (feature,) = features(resource, iter([record]))
        own = absolute(reverse("ogc_collection", args=[resource.name]))
        return {**feature, "links": [link("collection", own, JSON, str(resource.title))]}


def _properties(resource: Resource) -> Mapping[str, str]:
    return resource.spatial.properties if resource.spatial else {}


def _rows(resource: Resource, request: HttpRequest) -> Any:
    """All rows that stand on the map, or those with the wanted properties in the wanted rectangle."""
    rows = resource.rows(resource.filters({}))
    columns = {column.key: column for column in resource.columns}
    for name, lookup in _properties(resource).items():
        if name not in request.GET:
            continue
        value, choices = request.GET[name], columns[name].choices
        if "\0" in value or (choices and value not in choices.values):
            raise Refused(
                _("„%(name)s“ kennt den Wert „%(value)s“ nicht.") % {"name": name, "value": shown(value)}
            )
        rows = rows.filter(**{lookup: value})
    if "bbox" in request.GET and resource.spatial:
        box = _box(request.GET["bbox"])
        places = [ags for ags, outline in geometries().items() if any(meets(outline, part) for part in box)]
        rows = rows.filter(**{f"{resource.spatial.place}__in": places})
    return rows


def _box(text: str) -> list[Box]:
    """One rectangle, or two where it reaches over the 180th meridian; heights are left aside."""
    try:
        numbers = [float(number) for number in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(isfinite, numbers)) or numbers[1] > numbers[3]:
        raise Refused(_("„bbox“ braucht vier Zahlen: Westen, Süden, Osten, Norden."))
    west, south, east, north = numbers
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _check_moment(text: str | None) -> None:
    """A moment or a span of time, open at most at one of its ends (part 1, 7.15.4)."""
    if text is None:
        return
    ends = text.split("/")
    is_span = len(ends) == 2 and any(end not in ("", "..") for end in ends)
    moments = [end for end in ends if not (is_span and end in ("", ".."))]
    if len(ends) > 2 or not all(map(_is_moment, moments)):
        raise Refused(_("„datetime“ braucht einen Zeitpunkt wie 2026-01-31T00:00:00Z oder eine Spanne."))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(MOMENT.fullmatch(text))


def _table(resource: Resource, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The features for people: where each leads, and its values in words."""
    rows = content.get("features") or ([content] if "properties" in content else [])
    return [
        {
            "url": reverse("ogc_item", args=[resource.name, row["id"]]),
            "cells": [
                (column.label, column.in_words(row["properties"][column.key])) for column in resource.columns
            ],
        }
        for row in rows
    ]
