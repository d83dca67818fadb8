"""The JSON Schema of a report's data file, made from the TypedDicts of `monitoring.snapshot.schema`.

So the two cannot differ. The descriptions are the docstrings; docs/report-format.md says more.
"""

import inspect
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from monitoring.snapshot.schema import FORMAT_VERSION, Snapshot

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
NUMBER: Final = r"^-?\d+(\.\d+)?$"
DAYS: Final = {"on", "date", "as_of", "since", "confirmed_at", "period_start", "period_end", "residents_date"}
"""Keys of days that do not end like one."""

Json = dict[str, Any]


@lru_cache(maxsize=1)
def json_schema() -> Json:
    """The schema of the current format version."""
    definitions: Json = {}
    root = _of(Snapshot, definitions)
    definitions["Snapshot"]["properties"]["format_version"] = {"const": FORMAT_VERSION}
    return {
        "$schema": DIALECT,
        "title": f"Bericht der Smart Region, Datenstand, Formatversion {FORMAT_VERSION}",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _of(kind: Any, definitions: Json) -> Json:
    """The schema of a type; that of a TypedDict goes into the definitions."""
    if is_typeddict(kind):
        return _reference(kind, definitions)
    if kind in PLAIN:
        return dict(PLAIN[kind])
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin in (Union, UnionType):
            return {"anyOf": [_of(one, definitions) for one in arguments]}
        case origin if origin is list:
            return {"type": "array", "items": _of(arguments[0], definitions)}
        case origin if origin is Literal:
            return {"enum": list(arguments)}
    raise TypeError(kind)


PLAIN: Final[dict[Any, Json]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


def _reference(kind: Any, definitions: Json) -> Json:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}  # so that a type may contain itself
        hints = get_type_hints(kind)
        definitions[name] = {
            "type": "object",
            "description": inspect.cleandoc(kind.__doc__ or ""),
            "properties": {key: _property(key, hint, definitions) for key, hint in hints.items()},
            "required": sorted(kind.__required_keys__),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _property(key: str, hint: Any, definitions: Json) -> Json:
    """Days and measured values are strings of a form that their type does not tell."""
    form = _form(key)
    if form is None or not {str} <= {hint, *get_args(hint)}:
        return _of(hint, definitions)
    text = {"type": "string", "pattern": form}
    return {"anyOf": [text, {"type": "null"}]} if NoneType in get_args(hint) else text


def _form(key: str) -> str | None:
    if key in DAYS or key.endswith(("_on", "_date")):
        return DAY
    return NUMBER if key == "value" else None
