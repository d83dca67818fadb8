"""Pages of no single subject: home, health, legal texts, the answer to a forged or aged form."""

from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from smartregion.base.access import PUBLIC, RuledView


class HealthView(RuledView):
    """200 with {"web": "ok", "database": "ok", "queue": "ok"}, or 503 naming what does not answer."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> JsonResponse:
        state = {"web": "ok", "database": _state(_ask_database), "queue": _state(_ask_queue)}
        healthy = all(value == "ok" for value in state.values())
        return JsonResponse(state, status=200 if healthy else 503)


def _state(ask: Any) -> str:
    try:
        ask()
    except Exception:
        return "antwortet nicht"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_queue() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as queue:
        queue.ping()


class HomeView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "smartregion/home.html"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent from elsewhere or had aged: say what to do, lose nothing."""
    return render(request, "403_csrf.html", status=403)
