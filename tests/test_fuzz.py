"""Whatever is sent to the portal, it answers, and soon: no exception, no answer of 500 and above, no hang.

Forms are those that pages really show to each kind of reader, filled in and then spoiled.

Each request is taken back, after the database has checked what it would check at a commit.
"""

import logging
import signal
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.timezone import localdate
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from measures.models import SavedView
from monitoring.models import Indicator
from monitoring.services.tokens import create_token
from network.models import Municipality
from smartregion.views import PreviewView
from tests.odd_requests import URLENCODED, OddRequest, odd_forms, odd_json, odd_pages
from tests.permission_matrix import Matrix
from tests.scale import TURN, by_turns, scaled
from tests.shown_forms import ShownField, ShownForm, forms_on, queries_on

pytestmark = pytest.mark.django_db
Record = Callable[[str, object], None]
PATIENCE = 30
"""Seconds that an answer may take on a machine that does much else; most take some hundredths."""
OF_ROUTES = 12
REPORTED = {"on": "2024-12-31", "value": "1", "note": "", "reason": "Zählfehler"}


class Hang(BaseException):
    """No code of the portal catches it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def ring(_number: int, _frame: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except Hang:
        raise AssertionError(f"No answer within {seconds} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Portal:
    """The portal with a row of each kind, asked by each kind of reader; it counts what it was sent."""

    def __init__(self) -> None:
        self.matrix = Matrix()
        self.readers = [actor for actor in self.matrix.clients if actor != "disabled"]
        self.keys = sorted({str(key) for key in self.matrix.keys.values()})
        self.addresses = dict(by_turns(self.matrix.addresses.items(), of=OF_ROUTES))
        self.forms, self.queries = self._shown()
        self.names = sorted({name for form, _readers in self.forms for name in form.fields})
        self.forms += self._not_shown()

    def client(self, reader: str) -> Client:
        client = self.matrix.clients[reader]
        client.raise_request_exception = True
        client.cookies = SimpleCookie()
        if session := self.matrix.cookies[reader]:
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        return client

    def _shown(self) -> tuple[list[tuple[ShownForm, list[str]]], dict[str, list[str]]]:
        """Forms with the readers who are shown them, and the parameters of each page."""
        shown: dict[Any, tuple[ShownForm, list[str]]] = {}
        queries: dict[str, set[str]] = defaultdict(set)
        for number, address in enumerate(self.addresses.values()):
            for reader in by_turns(self.readers, of=len(self.readers), first=number):
                html = self._page(reader, address)
                for form in forms_on(html, address):
                    shown.setdefault(form.key, (form, []))[1].append(reader)
                for path, names in queries_on(html, address):
                    queries[path] |= set(names)
                queries[address] |= set()
        return list(shown.values()), {path: sorted(names) for path, names in queries.items()}

    def _not_shown(self) -> list[tuple[ShownForm, list[str]]]:
        """For addresses that take POST though no page shows their form: one with the fields of all others."""
        sent_to = {route_of(form.action) for form, _readers in self.forms if form.method == "post"}
        return [
            (
                ShownForm(address, "post", {name: ShownField(name, "text") for name in self.names}),
                self.readers,
            )
            for route, address in self.addresses.items()
            if takes_post(address) and route not in sent_to
        ]

    def _page(self, reader: str, address: str) -> str:
        with transaction.atomic():
            response = self.client(reader).get(address)
            transaction.set_rollback(True)
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        return response.content.decode() if is_page else ""


def route_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return address


def takes_post(address: str) -> bool:
    """A view of a library takes it if it does not say otherwise."""
    view = resolve(address).func
    return hasattr(getattr(view, "view_class", view), "post") or not hasattr(view, "view_class")


def ask(client: Client, request: OddRequest, patience: float = PATIENCE) -> int:
    """The status of the whole answer. What it wrote is checked as at a commit, and taken back.

    Raises:
        AssertionError: it is a server error, or there was no answer in time.
        Exception: what the portal failed with.
    """
    more = {"CONTENT_LENGTH": str(len(request.body)), "wsgi.input": BytesIO(request.body)}
    more |= {"QUERY_STRING": request.query.decode("latin-1")}
    with transaction.atomic():
        with limited(patience):
            response = client.generic(
                request.method,
                request.path.decode("latin-1"),
                request.body,
                request.content_type,
                headers={**request.headers},
                **more,
            )
            b"".join(response)
            connection.check_constraints()
        transaction.set_rollback(True)
    assert response.status_code < 500, response.status_code
    return int(response.status_code)


class Sent:
    """Sends so many cases of each strategy; remembers what came back and what failed."""

    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self.failures: list[str] = []
        self.last, self.slowest = "", (0.0, "")

    def fuzz(
        self,
        cases: int,
        requests: st.SearchStrategy[OddRequest],
        client: Callable[[str], Client],
        readers: st.SearchStrategy[str],
    ) -> None:
        @hypothesis.seed(TURN)
        @hypothesis.settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(request=requests, reader=readers)
        def attempt(request: OddRequest, reader: str) -> None:
            self.last, begun = f"{reader}: {request}", time.monotonic()
            self.answers[ask(client(reader), request)] += 1
            self.slowest = max(self.slowest, (time.monotonic() - begun, repr(request)[:200]))

        try:
            attempt()
        except Exception as failure:
            told = "".join(traceback.format_exception(failure))[-4000:]
            self.failures.append(f"{told}\n{self.last}")  # the smallest that fails comes last

    def __str__(self) -> str:
        seconds, request = self.slowest
        answers = dict(sorted(self.answers.items()))
        return f"{self.answers.total()} requests, {answers}, slowest {seconds:.2f} s: {request}"


@pytest.fixture(scope="module")
def portal(rows_of_module: None) -> Iterator[Portal]:
    logging.disable(logging.CRITICAL)
    yield Portal()
    logging.disable(logging.NOTSET)


def each(cases: int, of: Sequence[Any]) -> int:
    return -(-cases // len(of))


def test_no_spoiled_form_breaks_the_portal(portal: Portal, record_property: Record) -> None:
    sent, cases = Sent(), scaled(10_000)

    for form, readers in portal.forms:
        asking = st.sampled_from(readers * 4 + portal.readers)
        requests = odd_forms(form, portal.names, portal.keys)
        sent.fuzz(each(cases, portal.forms), requests, portal.client, asking)

    shown = sum(readers is not portal.readers for _form, readers in portal.forms)
    record_property(f"{len(portal.forms)} forms, {shown} of them shown", str(sent))
    assert not sent.failures, "\n".join(sent.failures)
    assert sent.answers.total() >= cases


def test_no_odd_parameter_breaks_a_page(portal: Portal, record_property: Record) -> None:
    sent, cases = Sent(), scaled(3_000)

    for path, names in portal.queries.items():
        requests = odd_pages(path, names, portal.names)
        sent.fuzz(each(cases, portal.queries), requests, portal.client, st.sampled_from(portal.readers))

    record_property(f"{len(portal.queries)} pages", str(sent))
    assert not sent.failures, "\n".join(sent.failures)
    assert sent.answers.total() >= cases


def test_no_odd_json_breaks_the_interface_that_writes(portal: Portal, record_property: Record) -> None:
    indicator = Indicator.objects.get(key=portal.matrix.keys["indikatoren"])
    expires_on = localdate() + timedelta(days=9)
    _token, secret = create_token(
        name="Zähler",
        indicators=[indicator],
        expires_on=expires_on,
        by=portal.matrix.accounts["coordination"],
    )
    sent, cases = Sent(), scaled(1_000)
    path = f"/api/v1/indicators/{indicator.key}/values".encode()
    headers = {"Authorization": f"Bearer {secret}"}
    place = Municipality.objects.get(slug=portal.matrix.keys["kommunen"])
    requests = odd_json({**REPORTED, "municipality": place.ags}).map(
        lambda body: OddRequest("post", path, body=body, content_type="application/json", headers=headers)
    )

    sent.fuzz(cases, requests, portal.client, st.just("visitor"))

    record_property("values as JSON", str(sent))
    assert not sent.failures, "\n".join(sent.failures)
    assert sent.answers.total() >= cases
    assert sent.answers[200] > 0


def fails(_view: Any, request: HttpRequest) -> HttpResponse:
    return HttpResponse(int(request.POST["zahl"]))


def is_an_error(_view: Any, _request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503)


def hangs(_view: Any, _request: HttpRequest) -> HttpResponse:
    while True:
        pass


def writes_what_no_commit_takes(_view: Any, _request: HttpRequest) -> HttpResponse:
    SavedView.objects.update(owner=2**40)
    return HttpResponse()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (fails, "invalid literal for int"),
        (is_an_error, "503"),
        (hangs, "No answer within"),
        (writes_what_no_commit_takes, "violates foreign key constraint"),
    ],
)
def test_each_kind_of_fault_is_found(
    fault: Callable[..., HttpResponse], told: str, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PreviewView, "post", fault)
    request = OddRequest("post", b"/vorschau/", body=b"zahl=eins", content_type=URLENCODED)

    with pytest.raises((AssertionError, ValueError, IntegrityError), match=told):
        ask(portal.client("coordination"), request, patience=0.2)


def test_the_value_that_breaks_a_view_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    form = ShownForm("/vorschau/", "post", {"zahl": ShownField("zahl", "number", values=["1"])})
    requests, reader = odd_forms(form, portal.names, portal.keys), st.just("coordination")
    right, broken = Sent(), Sent()

    right.fuzz(50, requests, portal.client, reader)
    monkeypatch.setattr(PreviewView, "post", fails)
    broken.fuzz(50, requests, portal.client, reader)

    assert right.failures == []
    assert len(broken.failures) == 1
    assert "coordination: POST b'/vorschau/'" in broken.failures[0]
