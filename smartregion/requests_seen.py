"""Every request gets a number, is counted and timed, and leaves a line in the log that names nobody."""

import logging
import re
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

from smartregion.logs import REQUEST_ID, route_of

log = logging.getLogger(__name__)
GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
"""A number that a proxy has given already is kept, if it looks like one."""
OF_LIBRARY: Final = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
SECONDS: Final = Histogram(
    "smartregion_request_seconds",
    "Answered requests and how long they took.",
    ["view", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class RequestsSeenMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if GIVEN.fullmatch(given) else uuid4().hex
        token = REQUEST_ID.set(number)
        start = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - start
            _tell(request, response.status_code, seconds)
        finally:
            REQUEST_ID.reset(token)
        response["X-Request-ID"] = number
        return response


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    view = (match.view_name or "?") if match else "-"
    method = request.method if request.method in OF_LIBRARY else "?"
    SECONDS.labels(view, method, f"{status // 100}xx").observe(seconds)
    milliseconds = round(seconds * 1000, 1)
    route = route_of(request) if match else "-"
    fields = {"method": method, "route": route, "status": status, "milliseconds": milliseconds}
    log.info("%s %s %s %s ms", method, route, status, milliseconds, extra={"fields": fields})
