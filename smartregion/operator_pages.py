"""What programs of the operator ask: whether this process may be given requests, and figures to watch.

They answer who has the token of SMARTREGION_METRICS_TOKEN, or a program on this machine that did not come
through the proxy. To everybody else there are no such pages.
"""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from smartregion.base.access import PUBLIC, RuledView
from smartregion.metrics import exposition
from smartregion.operation import queue_answers

DOCTOR: Final = "smartregion.doctor"
BELIEVED_FOR: Final = timedelta(minutes=1)


class OperatorView(RuledView):
    """Open only to the operator's own programs, whoever is signed in."""

    permission = PUBLIC
    is_kept = False
    only_german = True
    http_method_names = ["get", "head", "options"]

    def check_permission(self) -> None:
        super().check_permission()
        if not (has_token(self.request) or comes_from_this_machine(self.request)):
            raise Http404


def _token(request: HttpRequest) -> str:
    word, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if word.lower() == "bearer" else ""


def has_token(request: HttpRequest) -> bool:
    return bool(settings.METRICS_TOKEN) and constant_time_compare(_token(request), settings.METRICS_TOKEN)


def doctors_token() -> str:
    """By this the portal knows `manage.py doctor`, which comes through the proxies as everybody does."""
    return signing.dumps("", salt=DOCTOR)


def is_doctor(request: HttpRequest) -> bool:
    try:
        signing.loads(_token(request), salt=DOCTOR, max_age=BELIEVED_FOR)
    except signing.BadSignature:
        return False
    return True


def comes_from_this_machine(request: HttpRequest) -> bool:
    """What the proxy passes on comes from this machine too, but says for whom."""
    if any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class ReadyView(OperatorView):
    """200 when this process can serve people: database, queue, and no migration to come; else 503."""

    def get(self, request: HttpRequest) -> JsonResponse:
        state = {
            "database": _state(applied := migrations_applied()),
            "migrations": "ok" if applied else "ausstehend" if applied is False else "unbekannt",
            "queue": "ok" if queue_answers() else "antwortet nicht",
        }
        is_ready = all(value == "ok" for value in state.values())
        return JsonResponse(state, status=200 if is_ready else 503)


def _state(applied: bool | None) -> str:
    return "antwortet nicht" if applied is None else "ok"


def migrations_applied() -> bool | None:
    """None where the database does not say."""
    try:
        loader = MigrationLoader(connection)
    except DatabaseError:
        return None
    known: Any = loader.disk_migrations
    return set(known) <= set(loader.applied_migrations) | _replaced(loader)


def _replaced(loader: MigrationLoader) -> set[Any]:
    return {key for squashed in loader.replacements.values() for key in squashed.replaces}


class MetricsView(OperatorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
