"""The description of all interfaces as OpenAPI 3.1, made from what the answers are made from.

The schema of a row comes from its columns, the parameters from the filters with the choices that they have at
this moment, so that the description cannot say anything else than the interface does.
"""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import BooleanFilter, ChoiceFilter, Filter, MultipleChoiceFilter

from monitoring.api import MOST_VALUES
from network.models import Region
from smartregion.opendata import licence
from smartregion.opendata.answers import JSON, LONGEST_VALUE, PROBLEM
from smartregion.opendata.resource import Resource, collections, resources

GEOJSON: Final = "application/geo+json"
Part = dict[str, Any]


def description() -> Part:
    region = Region.objects.first()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": region.portal_title if region else _("Portal"),
            "version": "1",
            "description": _(
                "Offene Daten zum Lesen, dieselben für alle. Schreiben können nur Programme mit einem "
                "Zugang, und nur Werte von Indikatoren."
            ),
            "license": {"name": licence.NAME, "url": licence.TEXT_URL},
        },
        "servers": [{"url": settings.PORTAL_URL}],
        "paths": {**_api_paths(), **_values_path(), **_map_paths()},
        "components": {
            "schemas": {
                **{_name(row): _record(row) for row in resources().values()},
                "Problem": PROBLEM_SCHEMA,
                "Geometry": {"type": ["object", "null"], "description": "GeoJSON, WGS 84 (CRS84)"},
                "ValuesError": VALUES_ERROR,
            },
            "responses": {code: _problem_response(code) for code in PROBLEMS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


PROBLEMS: Final = {"400": "BadRequest", "404": "NotFound", "429": "TooManyRequests"}
PROBLEM_SCHEMA: Final[Part] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
VALUES_ERROR: Final[Part] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "message_en"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "message_en": {"type": "string"},
                "index": {"type": "integer"},
            },
        }
    },
}


def _problem_response(code: str) -> Part:
    return {"description": PROBLEMS[code], "content": {PROBLEM: {"schema": _ref("Problem")}}}


def _ref(name: str, kind: str = "schemas") -> Part:
    return {"$ref": f"#/components/{kind}/{name}"}


def _name(resource: Resource) -> str:
    return f"{resource.name[:1].upper()}{resource.name[1:]}Row"


def _record(resource: Resource) -> Part:
    return _object({column.key: column.schema() for column in resource.columns})


def _object(properties: Part, optional: Iterable[str] = ()) -> Part:
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
        "additionalProperties": False,
    }


def _get(
    summary: Any,
    operation: str,
    schema: Part,
    *,
    refused: Iterable[str],
    parameters: Any = (),
    kind: str = JSON,
) -> Part:
    """The description of a reading operation; `refused` are the codes that it may answer with besides."""
    responses: Part = {"200": {"description": "OK", "content": {kind: {"schema": schema}}}}
    responses |= {code: _ref(code, "responses") for code in [*refused, "429"]}
    return {
        "get": {
            "summary": str(summary),
            "operationId": operation,
            "parameters": list(parameters),
            "responses": responses,
        }
    }


def _api_paths() -> Part:
    paths: Part = {}
    for row in resources().values():
        filters = row.filters({})
        parameters = [_parameter(name, entry) for name, entry in (filters.filters if filters else {}).items()]
        page = _object(
            {
                **{name: {"type": "integer"} for name in ("total", "limit", "offset")},
                "links": {"type": "object", "additionalProperties": {"type": "string"}},
                "data": {"type": "array", "items": _ref(_name(row))},
            }
        )
        address = reverse("api_list", args=[row.name])
        paths[address] = _get(
            row.title, f"list_{row.name}", page, refused=["400"], parameters=[*parameters, *PAGING]
        )
        key = {"name": "key", "in": "path", "required": True, "schema": KEY}
        paths[f"{address}/{{key}}"] = _get(
            row.title, f"read_{row.name}", _ref(_name(row)), refused=["400", "404"], parameters=[key]
        )
    return paths


KEY: Final[Part] = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 100}
PAGING: Final[list[Part]] = [
    {
        "name": "limit",
        "in": "query",
        "description": "Rows of a page; of more than 1000 only 1000 are given.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 100},
    },
    {
        "name": "offset",
        "in": "query",
        "description": "Rows that are passed over.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
    },
]


def _parameter(name: str, entry: Filter) -> Part:
    parameter: Part = {"name": name, "in": "query", "description": str(entry.label or "")}
    return {**parameter, "schema": _schema_of(entry)}


def _schema_of(entry: Filter) -> Part:
    codes = [code for code, _label in entry.extra.get("choices", ())]
    if isinstance(entry, MultipleChoiceFilter):
        return {"type": "array", "items": _codes(codes)}
    if isinstance(entry, ChoiceFilter):
        return _codes(codes)
    if isinstance(entry, BooleanFilter):
        return {"type": "string", "enum": ["true", "false"]}
    if entry.field_class is forms.IntegerField:
        least, most = entry.extra["min_value"], entry.extra["max_value"]
        return {"type": "integer", "minimum": least, "maximum": most}
    return {"type": "string", "maxLength": entry.extra.get("max_length", LONGEST_VALUE)}


def _codes(codes: list[str]) -> Part:
    """A filter that has nothing to choose from at the moment takes no value."""
    return {"type": "string", "enum": codes} if codes else {"type": "string", "maxLength": 0}


def _values_path() -> Part:
    """The address by which programs write (docs/api.md); it is older and has errors of its own form."""
    errors = {JSON: {"schema": _ref("ValuesError")}}
    error = {"description": "error", "content": errors}
    nothing = {"description": "error", "content": {**errors, PROBLEM: {"schema": _ref("Problem")}}}
    told = {"indicator": {"type": "string"}, "unit": {"type": "string"}}
    value = _object(
        {
            "on": {"type": "string", "format": "date"},
            "value": {"type": ["string", "null"]},
            "municipality": {"type": ["string", "null"]},
            "note": {"type": "string"},
        }
    )
    counts = _object({name: {"type": "integer"} for name in ("new", "changed", "same")})
    read = _object({**told, "values": {"type": "array", "items": value}})
    return {
        "/api/v1/indicators/{indicator}/values": {
            "parameters": [{"name": "indicator", "in": "path", "required": True, "schema": KEY}],
            "get": {
                "summary": _("Werte eines Indikators lesen, mit einem Zugang"),
                "operationId": "read_own_values",
                "security": [{"token": []}],
                "responses": {
                    "200": {"description": "OK", "content": {JSON: {"schema": read}}},
                    **dict.fromkeys(("401", "403", "429"), error),
                    "404": nothing,
                },
            },
            "post": {
                "summary": _("Werte eines Indikators melden"),
                "operationId": "report_values",
                "security": [{"token": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        JSON: {"schema": {"type": "array", "items": REPORTED, "maxItems": MOST_VALUES}}
                    },
                },
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {JSON: {"schema": _object({**told, "stored": counts})}},
                    },
                    **dict.fromkeys(("400", "401", "403", "409", "413", "415", "429"), error),
                    "404": nothing,
                },
            },
        }
    }


REPORTED: Final = _object(
    {
        "on": {"type": "string", "format": "date"},
        "value": {"type": ["number", "string", "null"]},
        "municipality": {"type": ["string", "null"]},
        "note": {"type": ["string", "null"], "maxLength": 300},
        "reason": {"type": ["string", "null"], "maxLength": 300},
    },
    optional=["municipality", "note", "reason"],
)


def _map_paths() -> Part:
    """OGC API – Features."""
    anything = {"type": "object"}
    root = reverse("ogc_landing")
    paths: Part = {
        root: _get(_("Kartendienst"), "ogc_landing", anything, refused=["400"], parameters=[FORM]),
        f"{root}conformance": _get(
            _("Was der Dienst kann"), "ogc_conformance", anything, refused=["400"], parameters=[FORM]
        ),
        f"{root}collections": _get(
            _("Was es gibt"), "ogc_collections", anything, refused=["400"], parameters=[FORM]
        ),
    }
    for row in collections().values():
        feature = _feature(row)
        listed = _object(
            {
                "type": {"const": "FeatureCollection"},
                "features": {"type": "array", "items": feature},
                **{name: {"type": "integer"} for name in ("numberMatched", "numberReturned")},
                "links": LINKS,
            }
        )
        own = f"{root}collections/{row.name}"
        paths[own] = _get(row.title, f"ogc_{row.name}", anything, refused=["400"], parameters=[FORM])
        paths[f"{own}/items"] = _get(
            row.title,
            f"ogc_{row.name}_items",
            listed,
            refused=["400"],
            kind=GEOJSON,
            parameters=[*PAGING, BBOX, DATETIME, FORM, *_properties(row)],
        )
        paths[f"{own}/items/{{key}}"] = _get(
            row.title,
            f"ogc_{row.name}_item",
            {**feature, "required": [*feature["required"], "links"]},
            refused=["400", "404"],
            kind=GEOJSON,
            parameters=[{"name": "key", "in": "path", "required": True, "schema": KEY}, FORM],
        )
    return paths


LINKS: Final[Part] = {"type": "array", "items": {"type": "object", "required": ["href", "rel"]}}
FORM: Final[Part] = {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["json"]}}
"""With `html` a page for people is answered, which is no matter of this description."""
BBOX: Final[Part] = {
    "name": "bbox",
    "in": "query",
    "style": "form",
    "explode": False,
    "description": "West, south, east, north in degrees (CRS84).",
    "schema": {
        "type": "array",
        "minItems": 4,
        "maxItems": 4,
        "items": {"type": "number", "minimum": -180, "maximum": 180},
    },
}
DATETIME: Final[Part] = {
    "name": "datetime",
    "in": "query",
    "description": "Accepted and without effect: no feature has a time of its own.",
    "schema": {"type": "string", "format": "date-time"},
}


def _feature(resource: Resource) -> Part:
    return _object(
        {
            "type": {"const": "Feature"},
            "id": {"type": ["string", "integer"]},
            "geometry": _ref("Geometry"),
            "properties": _ref(_name(resource)),
            "links": LINKS,
        },
        optional=["links"],
    )


def _properties(resource: Resource) -> list[Part]:
    if resource.spatial is None:
        return []
    columns = {column.key: column for column in resource.columns}
    return [
        {
            "name": name,
            "in": "query",
            "description": str(columns[name].label),
            "schema": _codes([code for code, _label in columns[name].codes])
            if columns[name].choices
            else {"type": "string", "maxLength": LONGEST_VALUE},
        }
        for name in resource.spatial.properties
    ]
