"""What a resource is, and the register of all. A new one is one file in `datasets/`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, ClassVar, Final, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django_filters import FilterSet

from smartregion.opendata.columns import Column, Record, Words
from smartregion.opendata.modified import Source, last_change

ANYBODY: Final = AnonymousUser()
"""Everybody gets what a visitor may see, whoever is signed in: the answers are the same for all."""
ROWS_AT_ONCE: Final = 2000


@dataclass(frozen=True)
class Spatial:
    """How a resource stands on the map.

    Attributes:
        place: lookup of the municipality's key (AGS), by which a row gets its geometry.
        properties: by column, the lookup for what can be asked for in the map interface.
    """

    place: str
    properties: Mapping[str, str]


class Resource:
    """Rows that everybody may see.

    Attributes:
        name: its word in the API.
        slug: its word in the address of the dataset's page; "" for what only helps to read other datasets.
        key: the column by which a single row is asked for.
        rules: how things are counted, as term and sentence.
        themes: codes of the EU's list of themes.
        frequency: code of the EU's list of frequencies.
        page: name of the address where people find the same rows.
    """

    name: ClassVar[str]
    slug: ClassVar[str] = ""
    title: ClassVar[Words]
    description: ClassVar[Words]
    columns: ClassVar[Sequence[Column]]
    key: ClassVar[str]
    key_lookup: ClassVar[str]
    rules: ClassVar[Sequence[tuple[Words, Words]]] = ()
    themes: ClassVar[Sequence[str]] = ("GOVE", "REGI")
    keywords: ClassVar[Sequence[Words]] = ()
    frequency: ClassVar[str] = "UPDATE_CONT"
    page: ClassVar[str]
    place_column: ClassVar[str] = ""
    """The column with the key (AGS) of the municipality, for those that have one."""
    spatial: ClassVar[Spatial | None] = None
    position: ClassVar[int]

    def filters(self, query: Mapping[str, Any]) -> FilterSet | None:
        """The page's own filters with what the address asks for; None where there are none."""
        return None

    def rows(self, chosen: FilterSet | None) -> Any:
        """The rows in their order, as a queryset or as a list."""
        raise NotImplementedError

    def records(self, rows: Any) -> Iterator[Record]:
        raise NotImplementedError

    def sources(self) -> Iterable[Source]:
        """Whose changes change what is told."""
        raise NotImplementedError

    def with_key(self, rows: Any, key: str) -> Any:
        return rows.filter(**{self.key_lookup: key})

    def one(self, key: str) -> Record | None:
        try:
            found = self.with_key(self.rows(self.filters({})), key)
        except ValueError:  # a key that no row can have
            return None
        return next(iter(self.records(found)), None)

    def every(self) -> Iterator[Record]:
        return self.records(self.rows(self.filters({})))

    def has_examples(self) -> bool:
        raise NotImplementedError

    @property
    def modified(self) -> date | None:
        return last_change(self.sources())

    def get_absolute_url(self) -> str:
        return reverse("open_dataset", args=[self.slug])


def count_of(rows: Any) -> int:
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def absolute(path: str) -> str:
    return f"{settings.PORTAL_URL}{path}"


_registered: list[Resource] = []
Class = TypeVar("Class", bound=type[Resource])


def registered(resource: Class) -> Class:
    _registered.append(resource())
    return resource


@cache
def resources() -> dict[str, Resource]:
    """All, by their word in the API."""
    package = import_module("smartregion.opendata.datasets")
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    return {row.name: row for row in sorted(_registered, key=lambda row: row.position)}


def datasets() -> dict[str, Resource]:
    """Those that have a page of their own, by its word in the address."""
    return {row.slug: row for row in resources().values() if row.slug}


def collections() -> dict[str, Resource]:
    """Those that stand on the map, by their word."""
    return {row.name: row for row in resources().values() if row.spatial}
