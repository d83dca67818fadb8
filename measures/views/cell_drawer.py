"""One cell beside the matrix: what is known of it, and for its editors the way to confirm or change it."""

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from measures.models import RolloutCell
from measures.views.in_time import InTimeView
from smartregion.base.access import PUBLIC, page_beside
from smartregion.base.changes import changes_of
from smartregion.base.clock import DAY_IN_ADDRESS


def drawer_of(user: Any, place: str, measure: str, *, page: str) -> dict[str, Any]:
    """What `_cell_drawer.html` shows.

    Args:
        page: the address of the matrix beside which it stands; confirming leads back to it.

    Raises:
        Http404: the user sees no such cell.
    """
    cell = (
        RolloutCell.objects.visible_to(user)
        .filter(municipality__slug=place.replace("\0", ""), measure__slug=measure.replace("\0", ""))
        .select_related("measure__field", "municipality", "confirmed_by")
        .first()
    )
    if cell is None:
        raise Http404
    may_edit = user.has_perm("measures.change_cell", cell)
    return {
        "cell": cell,
        "may_edit": may_edit,
        "changes": changes_of(cell) if may_edit else None,
        "cell_page": f"{cell.municipality.get_absolute_url()}#{cell.measure.slug}",
        "back": _with_drawer(page, place, measure),
        "closed": _with_drawer(page),
    }


def _with_drawer(page: str, *cell: str) -> str:
    """The matrix's address with this cell open, or with none."""
    query = QueryDict(urlsplit(page).query, mutable=True)
    query.pop("zelle", None)
    if cell:
        query["zelle"] = "/".join(cell)
    return f"{reverse('matrix')}?{query.urlencode(safe='/')}".rstrip("?")


class CellDrawerView(InTimeView):
    """The drawer alone for htmx; anyone else is led to the matrix with the drawer open."""

    permission = PUBLIC

    def day_asked_for(self) -> str:
        """That of the matrix beside which it opens."""
        page = page_beside(self.request) or self.request.get_full_path()
        return QueryDict(urlsplit(page).query).get(DAY_IN_ADDRESS, "")

    def get(self, request: HttpRequest, slug: str, measure_slug: str) -> HttpResponse:
        if request.htmx:  # type: ignore[attr-defined]
            context = drawer_of(request.user, slug, measure_slug, page=page_beside(request))
            response = render(request, "measures/_cell_drawer.html", context)
        else:
            page = _with_drawer("", slug, measure_slug)
            response = redirect(page)
        patch_vary_headers(response, ["HX-Request"])
        return response
