"""Pages of a list that may be very long: what is far behind is found by filters and search."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST: Final = 1_000
"""Rows that are counted and leafed through; more of them cost no more."""


class BoundedPaginator(Paginator[Any]):
    @cached_property
    def found(self) -> int:
        """How many there are, or `MOST` + 1 where there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST)

    @property
    def are_more(self) -> bool:
        return self.found > MOST


def bounded_page(request: HttpRequest, rows: Any, *, size: int = 20) -> Page[Any]:
    """One page of rows by `?page=`; a page that does not exist gives the nearest one."""
    return BoundedPaginator(rows, size).get_page(request.GET.get("page"))
