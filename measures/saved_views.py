"""The saved views above a list, and which queries its filters understand."""

from collections.abc import Callable
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.http import urlencode

from measures.filters import MatrixFilter, filter_for
from measures.models import Measure, SavedView
from measures.windows import Quarter, Zoom

EVERYTHING: Final = "alle"
"""In the address of a page with a default view: all measures, not the default."""


class SavedViews:
    """What a page offers to an account; one query, none for visitors."""

    def __init__(self, page: str, user: Any) -> None:
        self.page, self.user = page, user

    @cached_property
    def all(self) -> list[SavedView]:
        return list(SavedView.objects.offered_to(self.user)) if self.user.is_authenticated else []

    @property
    def default(self) -> SavedView | None:
        own = (view for view in self.all if view.owner_id == self.user.pk and view.page == self.page)
        return next((view for view in own if view.is_default), None)

    def without_default(self, address: str) -> str:
        """The address, so changed that it does not lead to the default view."""
        if not self.default or "?" in address:
            return address
        return f"{address}?{EVERYTHING}=1"


def understood(page: str, query: str, user: Any) -> str:
    """What of the query the page's filters understand, in their order; "" where that is nothing."""
    data = QueryDict(query[:5000].replace("\0", ""))
    return urlencode(READERS[page](data, user), doseq=True)


def _of_measures(data: QueryDict, user: Any) -> dict[str, Any]:
    chosen = filter_for(user, data)
    return dict(QueryDict(chosen.query.removeprefix("?")).items())


def _of_timeline(data: QueryDict, user: Any) -> dict[str, Any]:
    kept = _of_measures(data, user)
    if data.get("zoom") in Zoom.values:
        kept["zoom"] = data["zoom"]
    if quarter := Quarter.named(data.get("von", "")):
        kept["von"] = str(quarter)
    return kept


def _of_matrix(data: QueryDict, user: Any) -> dict[str, Any]:
    active = MatrixFilter(data, Measure.objects.none(), user=user).active
    return {name: data.getlist(name) for name in active}


READERS: Final[dict[str, Callable[[QueryDict, Any], dict[str, Any]]]] = {
    SavedView.Page.LIST: _of_measures,
    SavedView.Page.BOARD: _of_measures,
    SavedView.Page.TIMELINE: _of_timeline,
    SavedView.Page.MATRIX: _of_matrix,
}
