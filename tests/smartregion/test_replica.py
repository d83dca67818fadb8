"""Which requests may be answered from a replica, and what becomes of one that it fails."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connections
from django.test import RequestFactory
from django.urls import resolve

from smartregion.base.replica import ReplicaMiddleware, is_for_all
from tests.factories import make_measure, make_region

ASKED = RequestFactory()


@pytest.mark.parametrize(
    ("path", "headers", "method", "is_one"),
    [
        ("/massnahmen/", {}, "get", True),
        ("/en/massnahmen/", {}, "get", True),
        ("/massnahmen/", {"HTTP_COOKIE": "consent=yes"}, "get", True),
        ("/massnahmen/", {"HTTP_COOKIE": "sessionid=x"}, "get", False),
        ("/massnahmen/", {"HTTP_AUTHORIZATION": "Bearer x"}, "get", False),
        ("/massnahmen/", {}, "post", False),
        ("/arbeitsplatz/", {}, "get", False),
        ("/gesundheit/", {}, "get", False),
        ("/ideen/neu/", {}, "get", False),
        ("/gibt/es/nicht/", {}, "get", False),
    ],
)
def test_only_what_anybody_could_ask_and_what_writes_nothing_is_read_there(
    path: str, headers: dict[str, Any], method: str, is_one: bool
) -> None:
    assert is_for_all(getattr(ASKED, method)(path, **headers)) == is_one


def test_without_a_replica_there_is_no_middleware() -> None:
    with pytest.raises(MiddlewareNotUsed):
        ReplicaMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(("error", "is_answered"), [(OperationalError("away"), True), (ValueError(), False)])
def test_a_page_in_whose_middle_the_replica_fails_comes_from_the_database(
    db: None, settings: Any, error: Exception, is_answered: bool
) -> None:
    make_region()
    make_measure("Sensornetz")
    settings.DATABASES = {**settings.DATABASES, "replica": {}}
    middleware = ReplicaMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    request: Any = ASKED.get("/massnahmen/")
    request.resolver_match, request.database = resolve(request.path), connections["default"]
    request.user, request.session, request.htmx = AnonymousUser(), {}, False

    answer: Any = middleware.process_exception(request, error)

    assert (answer is not None) == is_answered
    assert answer is None or "Sensornetz" in answer.content.decode()
    assert (middleware.rests_until > 0) == is_answered
