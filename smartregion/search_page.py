"""The search page: one field, hits of all kinds, and how many there are of each kind and field of action."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from fields.models import ActionField
from network.often import CountedView
from smartregion.base.access import PUBLIC
from smartregion.base.search import kinds
from smartregion.base.search_hits import Asked, Found, search
from smartregion.base.search_words import LONGEST, NoIndex
from smartregion.base.text import german_key

LAST_PAGE: Final = 9999
"""No search has so many; a number of any length would be none for PostgreSQL."""


@dataclass(frozen=True)
class Facet:
    """One choice that narrows the search, and how many hits it leaves."""

    label: str
    query: str
    number: int
    is_chosen: bool


class SearchView(CountedView, TemplateView):
    permission = PUBLIC
    template_name = "smartregion/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = Asked(
            words=" ".join(self._given("q").split())[:LONGEST],
            kind=self._given("art"),
            field=self._given("feld"),
            page=_number(self._given("page")),
        )
        context = super().get_context_data(words=asked.words, **kwargs)
        try:
            return context | self._results(asked)
        except NoIndex:
            return context | {"is_away": True}

    def _given(self, name: str) -> str:
        return self.request.GET.get(name, "").replace("\0", "")

    def _results(self, asked: Asked) -> dict[str, Any]:
        found = search(asked, self.request.user)
        pages = Paginator(range(found.total), asked.per_page)
        if asked.page > pages.num_pages:
            found = search(replace(asked, page=pages.num_pages), self.request.user)
        facets = [
            (_("Treffer nach Art"), list(_kinds(asked, found))),
            (_("Treffer nach Handlungsfeld"), _fields(asked, found)),
        ]
        return {
            "found": found,
            "facets": [(name, choices) for name, choices in facets if len(choices) > 1],
            "page_obj": pages.get_page(asked.page),
            "page_query": _query(asked),
            "is_narrowed": bool(asked.kind or asked.field),
            "everything": f"{reverse('search')}?{_query(replace(asked, kind='', field=''))}",
        }


def _number(page: str) -> int:
    return min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 9 else 1


def _query(asked: Asked) -> str:
    given = {"q": asked.words, "art": asked.kind, "feld": asked.field}
    return urlencode({name: value for name, value in given.items() if value})


def _kinds(asked: Asked, found: Found) -> Iterator[Facet]:
    """All, and each kind of which there is any, in alphabetical order."""
    yield Facet(_("Alle Arten"), _query(replace(asked, kind="")), found.kinds.total(), not asked.kind)
    for kind in sorted(kinds(), key=lambda kind: german_key(str(kind.label))):
        if number := found.kinds[kind.key]:
            query = _query(replace(asked, kind=kind.key))
            yield Facet(str(kind.label), query, number, asked.kind == kind.key)


def _fields(asked: Asked, found: Found) -> list[Facet]:
    """All, and each field of action to which hits belong, in the order of the concept."""
    choices = [
        Facet(field.name, _query(replace(asked, field=field.slug)), number, asked.field == field.slug)
        for field in ActionField.objects.all()
        if (number := found.fields[field.slug])
    ]
    query = _query(replace(asked, field=""))
    return [Facet(_("Alle Handlungsfelder"), query, found.fields.total(), not asked.field), *choices]
