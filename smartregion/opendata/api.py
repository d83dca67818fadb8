"""The API for reading: every resource as a list in pages, and each row by its key."""

from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import FilterSet

from network.models import Region
from smartregion.opendata import licence
from smartregion.opendata.answers import OpenView, Refused, answer, only, shown, whole
from smartregion.opendata.columns import as_json
from smartregion.opendata.openapi import description
from smartregion.opendata.resource import Resource, absolute, count_of, resources

AT_ONCE: Final = 100
MOST_AT_ONCE: Final = 1000
PAGING: Final = ("limit", "offset")


class IndexView(OpenView):
    """Where a program begins."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        only(request, ())
        region = Region.objects.first()
        return answer(
            request,
            {
                "title": region.portal_title if region else "",
                "openapi": absolute(reverse("api_openapi")),
                "documentation": absolute(reverse("open_data")),
                "licence": licence.NAME,
                "licence_url": licence.TEXT_URL,
                "resources": [
                    {"name": row.name, "title": str(row.title), "url": absolute(_list_of(row))}
                    for row in resources().values()
                ],
            },
        )


class OpenApiView(OpenView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        only(request, ())
        return answer(request, description())


class ListView(OpenView):
    """A page of a resource's rows that the filters leave, in the order of the portal's own page."""

    def get(self, request: HttpRequest, resource: str) -> HttpResponseBase:
        asked = resource_called(resource)
        chosen = filters_in(request, asked, PAGING)
        limit = min(whole(request, "limit", AT_ONCE, 1), MOST_AT_ONCE)
        offset = whole(request, "offset", 0, 0)
        rows = asked.rows(chosen)
        total = count_of(rows)
        links = page_links(request, _list_of(asked), limit, offset, total)
        content = {
            "total": total,
            "limit": limit,
            "offset": offset,
            "links": links,
            "data": [as_json(record) for record in asked.records(rows[offset : offset + limit])],
        }
        return answer(
            request, content, links=", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        )


class RowView(OpenView):
    def get(self, request: HttpRequest, resource: str, row: str) -> HttpResponseBase:
        only(request, ())
        record = resource_called(resource).one(row)
        if record is None:
            raise Http404
        return answer(request, as_json(record))


def resource_called(name: str) -> Resource:
    try:
        return resources()[name]
    except KeyError:
        raise Http404 from None


def filters_in(request: HttpRequest, resource: Resource, beside: tuple[str, ...]) -> FilterSet | None:
    """The page's own filters; but what a page ignores with a remark is refused here.

    Raises:
        Refused: a parameter or a value that is not known.
    """
    chosen = resource.filters(request.GET)
    only(request, [*(chosen.filters if chosen else ()), *beside])
    if chosen and chosen.form.errors:
        name = next(iter(chosen.form.errors))
        value = shown(request.GET.get(name, ""))
        raise Refused(_("„%(name)s“ kennt den Wert „%(value)s“ nicht.") % {"name": name, "value": value})
    return chosen


def page_links(request: HttpRequest, path: str, limit: int, offset: int, total: int) -> dict[str, str]:
    def beginning_at(place: int) -> str:
        query = {name: values for name, values in request.GET.lists() if name != "offset"}
        kept = urlencode({**query, **({"offset": place} if place else {})}, doseq=True)
        return absolute(f"{path}?{kept}" if kept else path)

    links = {"self": beginning_at(offset)}
    if offset + limit < total:
        links["next"] = beginning_at(offset + limit)
    if offset:
        links["prev"] = beginning_at(max(0, min(offset, total) - limit))
    return links


def _list_of(resource: Resource) -> str:
    return reverse("api_list", args=[resource.name])
