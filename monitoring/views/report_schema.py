"""The documented form of a report's data file."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from monitoring.snapshot.json_schema import json_schema
from smartregion.base.access import PUBLIC, RuledView


class ReportSchemaView(RuledView):
    """The JSON Schema that every data file of the current format version meets."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        options = {"ensure_ascii": False, "indent": 2}
        return JsonResponse(json_schema(), json_dumps_params=options, content_type="application/schema+json")
