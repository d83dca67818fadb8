"""Deny by default: a view without a policy answers nobody, a reading method cannot write.

A view's policy is `permission`: PUBLIC, SIGNED_IN, or the name of a rule that the user must pass. What
belongs to one object is decided with `require`, after the object was found among those visible to the user.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views import View

from smartregion.base import audit
from smartregion.base.acting import acting, actor_of
from smartregion.base.clock import DAY_IN_ADDRESS

PUBLIC = "public"
SIGNED_IN = "signed-in"
CHANGING_STATEMENT = re.compile(
    r'\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE) "(?!django_session"|base_auditentry")'
)
"""All but what notes who reads: the session, and the audit log."""
SENT = "abgesendet"
READING_METHODS = ("GET", "HEAD", "OPTIONS")


class SignInNeeded(Exception):
    """Raised where a visitor without an account reached something that an account may open."""


class NotForThisAccount(Http404):
    """Raised where an account reached an object that it must not tell from a missing one."""


class WriteOnRead(RuntimeError):
    """Raised when a method that is not among a view's `writes` tries to change the database."""


def reading_only() -> AbstractContextManager[Any]:
    """Refuse every changing statement but those of session and audit log, as long as the context lasts."""

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if CHANGING_STATEMENT.search(sql):
            raise WriteOnRead(sql[:200])
        return execute(sql, params, many, context)

    return connection.execute_wrapper(refuse)


def streamed_reading_only(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces; the one that is being made cannot write, though its view returned long ago."""
    iterator, ended = iter(pieces), object()
    try:
        while True:
            with reading_only():
                piece = next(iterator, ended)
            if piece is ended:
                return
            yield piece  # type: ignore[misc]
    finally:
        if hasattr(iterator, "close"):
            iterator.close()


class RuledView(View):
    """The base of every page. `writes` names the methods that may change the database.

    A public page is also to be had in the other languages, but for one that is `only_german`, since it is for
    people who work here, for programs, or a file.

    Whatever is sent to an address that names a past day is refused.
    """

    permission: str
    writes: tuple[str, ...] = ()
    is_kept = True
    """Whether a visitor's answer stays the same until something is written (`page_cache`)."""
    only_german = False
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READING_METHODS and DAY_IN_ADDRESS in request.GET:
            return render(request, "base/past_is_fixed.html", status=409)
        may_write = (request.method or "").lower() in self.writes
        try:
            self.check_permission()
            if (request.method or "").lower() not in self.http_method_names:
                return self.http_method_not_allowed(request, *args, **kwargs)
            with acting(actor_of(request.user)) if may_write else reading_only():
                response = super().dispatch(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
                if isinstance(response, StreamingHttpResponse) and not may_write:
                    _guard_stream(response)
                return response
        except SignInNeeded:
            return to_sign_in(request)
        except (PermissionDenied, NotForThisAccount):
            note_denied_write(request)
            raise

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever opens a form's address by hand or after signing in gets a page that leads on."""
        refusal: HttpResponse = super().http_method_not_allowed(request, *args, **kwargs)
        if request.method != "GET":
            return refusal
        page = render(request, "405.html", status=refusal.status_code)
        page["Allow"] = refusal["Allow"]
        return page

    def check_permission(self) -> None:
        if self.permission == PUBLIC:
            return
        if not self.request.user.is_authenticated:
            raise SignInNeeded
        if self.permission != SIGNED_IN and not self.request.user.has_perm(self.permission):
            raise PermissionDenied

    def require(self, permission: str, subject: Any) -> None:
        """Let the request go on only if the user may do this to `subject`.

        Raises:
            SignInNeeded: a visitor without an account; they are sent to the sign-in page.
            NotForThisAccount: anyone else (a 404); a foreign object cannot be told from a missing one.
        """
        if self.request.user.has_perm(permission, subject):
            return
        if not self.request.user.is_authenticated:
            raise SignInNeeded
        raise NotForThisAccount


def note_denied_write(request: HttpRequest) -> None:
    """By its name, since an address may hold a secret."""
    match = request.resolver_match
    if request.method not in READING_METHODS and match is not None:
        audit.note(
            audit.Kind.DENIED,
            by=request.user,
            page=match.view_name or "",
            method=str(request.method).lower(),
        )


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Whoever sent a form is told there that it is not saved."""
    door = reverse(settings.LOGIN_URL)
    return redirect_to_login(
        page_asked_for(request), f"{door}?{SENT}=ja" if request.method == "POST" else door
    )


def page_asked_for(request: HttpRequest) -> str:
    """Where to lead after signing in: a sent form's own address may have no page, so the page it stood on."""
    came_from = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return request.get_full_path()


def next_url(request: HttpRequest) -> str:
    """Where the sent form wants to lead afterwards: an address of this portal, or "".

    A word without a slash would be taken for the name of a view by `redirect`.
    """
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours and target.startswith("/") else ""


def page_beside(request: Any) -> str:
    """The path and query of the page on which htmx asks; "" for anyone else, and if they cannot be read."""
    try:
        return request.htmx.current_url_abs_path or ""
    except ValueError:
        return ""


def _guard_stream(response: StreamingHttpResponse) -> None:
    """A stream is made after its view has returned; an open file is finished and asks nothing any more."""
    if getattr(response, "file_to_stream", None) is None:
        response.streaming_content = streamed_reading_only(response.streaming_content)  # type: ignore[arg-type]


class PolicyMiddleware:
    """Refuse each view that states no policy. Views of libraries get theirs from the settings.

    What a signed-in person was shown is kept by no cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy_of_library_view = import_string(settings.POLICY_OF_LIBRARY_VIEW)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # An answer for which nobody asked who it is for is the same for all; asking would cost a query.
        if request.session.accessed and request.user.is_authenticated:
            keep_private(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if policy_of(view) is not None:
            return None
        match = request.resolver_match
        policy = self.policy_of_library_view(match) if match else None
        if policy is None:
            raise ImproperlyConfigured(f"No policy for {request.path}")
        if policy == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if policy != SIGNED_IN and not request.user.has_perm(policy):
            note_denied_write(request)
            raise PermissionDenied
        return None


def keep_private(response: HttpResponse) -> None:
    """After signing out, "Back" must not show the page again. An answer with its own rule is only private."""
    if response.has_header("Cache-Control"):
        patch_cache_control(response, private=True)
    else:
        patch_cache_control(response, private=True, no_store=True)


def policy_of(view: Callable[..., Any]) -> str | None:
    """The policy that a view class states, or None for a view that states none."""
    return getattr(getattr(view, "view_class", None), "permission", None)


def is_kept(view: Callable[..., Any]) -> bool:
    """Whether the answer to visitors may be kept: public, made by reading alone, and of nothing but rows."""
    view_class: Any = getattr(view, "view_class", None)
    return policy_of(view) == PUBLIC and view_class.is_kept and "get" not in view_class.writes
