"""The portal's addresses, and bare pages beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from measures.models import Measure
from measures.views.measures import PER_PAGE
from smartregion.base.access import PUBLIC, RuledView
from smartregion.urls import urlpatterns as portal


class BareView(RuledView):
    """One SQL query, the list's own for a page of rows or a trivial one, and bytes that are there already."""

    permission = PUBLIC
    reads_rows = True
    content = b""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.reads_rows:
            list(Measure.objects.visible_to(request.user).order_by("no")[:PER_PAGE].for_list())
        else:
            Measure.objects.values_list("pk").first()
        return HttpResponse(self.content)


urlpatterns = [
    *portal,
    path("bare/rows/", BareView.as_view()),
    path("bare/", BareView.as_view(reads_rows=False)),
]
