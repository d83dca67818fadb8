"""Reads a JSON file entry by entry; every mistake becomes one German sentence with the place in the file."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from smartregion.base.uploads import Refused, Upload, kind_of

Row = TypeVar("Row")


class RegionFileError(Exception):
    """What is wrong in a region or example file, with the place inside it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


class Entry:
    """An object of the file. It knows its place, and `finish` complains about keys that nobody read."""

    def __init__(self, raw: Any, place: str) -> None:
        if not isinstance(raw, dict):
            raise RegionFileError(place, _("Hier muss ein Objekt in geschweiften Klammern stehen."))
        self.raw: dict[str, Any] = raw
        self.place = place
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def wrong(self, key: str, problem: str) -> RegionFileError:
        return RegionFileError(f"{self.place}.{key}", problem)

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """The value of a key, of this JSON type.

        Raises:
            RegionFileError: the key is missing and has no default, or its value is of another type.
        """
        self._read.add(key)
        if key not in self.raw:
            if default is ...:
                raise self.wrong(key, _("Die Angabe fehlt."))
            return default
        value = self.raw[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, _("Hier muss %(kind)s stehen.") % {"kind": KINDS[kind]})
        return value

    def entry(self, key: str) -> "Entry":
        return Entry(self.take(key, dict), f"{self.place}.{key}")

    def entries(self, key: str) -> "Iterator[Entry]":
        for index, raw in enumerate(self.take(key, list, []), start=1):
            yield Entry(raw, f"{self.place}.{key}[{index}]")

    def named(self, key: str, rows: dict[str, Row]) -> Row:
        """The row that the value names.

        Raises:
            RegionFileError: there is none of that name.
        """
        name = self.take(key, str)
        if name not in rows:
            raise self.unknown(key, name)
        return rows[name]

    def named_if_given(self, key: str, rows: dict[str, Row]) -> Row | None:
        return self.named(key, rows) if key in self else None

    def unknown(self, key: str, name: str) -> RegionFileError:
        return self.wrong(key, _("„%(name)s“ ist nicht bekannt.") % {"name": name})

    def values(self, model: type[models.Model], names: Iterable[str]) -> dict[str, Any]:
        """The values of these model fields, checked by the model; what may be left out keeps its default."""
        found = {}
        for name in names:
            field: Any = model._meta.get_field(name)
            optional = field.blank or field.null or field.has_default()
            raw = self.take(name, _kind_of(field), None if optional else ...)
            if raw is not None:
                found[name] = self.check(name, field, raw)
            elif not field.has_default():
                found[name] = None if field.null else ""
        return found

    def check(self, key: str, field: Any, raw: Any) -> Any:
        try:
            return field.clean(str(raw) if isinstance(field, models.DecimalField) else raw, None)
        except ValidationError as error:
            raise self.wrong(key, " ".join(error.messages)) from error

    def finish(self) -> None:
        unknown = sorted(set(self.raw) - self._read)
        if unknown:
            raise self.wrong(unknown[0], _("Diese Angabe ist nicht bekannt. Stimmt die Schreibweise?"))


KINDS: dict[Any, str] = {
    str: "ein Text in Anführungszeichen",
    int: "eine ganze Zahl",
    (int, float): "eine Zahl",
    bool: "true oder false",
    list: "eine Liste in eckigen Klammern",
    dict: "ein Objekt in geschweiften Klammern",
}


def _kind_of(field: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, models.IntegerField):
        return int
    if isinstance(field, models.DecimalField):
        return (int, float)
    return str


def file_beside(entry: Entry, key: str, folder: Path, name: str) -> Upload:
    """A file that lies beside the JSON file, checked as an upload is.

    Raises:
        RegionFileError: there is none, or it would not be taken.
    """
    try:
        content = (folder / Path(name).name).read_bytes()
        return Upload(name, kind_of(name, content), content)
    except (OSError, Refused) as error:
        raise entry.wrong(key, str(error)) from error


def read_file(path: Path) -> Entry:
    """The file's outermost object.

    Raises:
        RegionFileError: the file is missing, is not readable or is not JSON.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RegionFileError(
            path.name, _("Zeile %(line)s ist kein gültiges JSON.") % {"line": error.lineno}
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RegionFileError(str(path), _("Die Datei lässt sich nicht lesen.")) from error
    return Entry(raw, path.name)
