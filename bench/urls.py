"""The portal's addresses, and bare pages beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View

from measures.matrix import CELL_VALUES
from measures.models import Measure, RolloutCell
from measures.views.measures import PER_PAGE
from measures.views.rollout import ROWS_PER_PAGE
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


class BareMatrixView(RuledView):
    """One SQL query for the values of a page of cells, and bytes that are there already."""

    permission = PUBLIC
    content = b""

    def get(self, request: HttpRequest) -> HttpResponse:
        measures = Measure.objects.visible_to(request.user).order_by("no")[:ROWS_PER_PAGE]
        list(RolloutCell.objects.filter(measure__in=measures).order_by().values_list(*CELL_VALUES))
        return HttpResponse(self.content)


class NothingView(View):
    """Bytes that are there already, and nothing else. The policy is for the portal's middleware."""

    permission = PUBLIC
    content = b""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(self.content)


urlpatterns = [
    *portal,
    path("bare/matrix/", BareMatrixView.as_view()),
    path("bare/rows/", BareView.as_view()),
    path("bare/nothing/", NothingView.as_view()),
    path("bare/", BareView.as_view(reads_rows=False)),
]
