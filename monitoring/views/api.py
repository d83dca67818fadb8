"""The address by which programs report values. It answers in JSON, whatever happens."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from monitoring.api import LARGEST_BODY, Problem, indicator_of, take, token_of, too_large, values_seen_by
from monitoring.models import ApiToken, Indicator
from smartregion.base.access import PUBLIC, RuledView


@method_decorator(csrf_exempt, name="dispatch")
class ValuesView(RuledView):
    """The token in the header is the whole permission; no cookie counts, hence no CSRF check.

    GET writes too: when the token was last used, and how often it asks.
    """

    permission = PUBLIC
    writes = ("get", "post")

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        return self._answer(request, lambda token, row: {"values": values_seen_by(token, row)})

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        return self._answer(request, lambda token, row: {"stored": self._take(token, row)})

    def _take(self, token: ApiToken, indicator: Indicator) -> dict[str, int]:
        try:
            body = self.request.body
        except RequestDataTooBig:
            raise too_large() from None
        if len(body) > LARGEST_BODY:
            raise too_large()
        return take(body, self.request.content_type or "", token, indicator)

    def _answer(self, request: HttpRequest, content: Any) -> HttpResponse:
        try:
            token = token_of(request.headers.get("Authorization", ""))
            indicator = indicator_of(token, self.kwargs["indicator"])
            return _json({"indicator": indicator.key, "unit": indicator.unit, **content(token, indicator)})
        except Problem as problem:
            response = _json(problem.as_json(), problem.status)
            if problem.status == HTTPStatus.UNAUTHORIZED:
                response["WWW-Authenticate"] = "Bearer"
            return response


def _json(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response
