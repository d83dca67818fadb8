"""A session ends 12 hours after the sign-in, whatever is written to it; the sign-in page then says so."""

import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions import middleware
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.timezone import now

COOKIE_OUTLIVES: Final = 60 * 60 * 24
"""Seconds by which the cookie outlives its session, so that the browser still sends it the next morning."""


@receiver(user_logged_in)
def set_end(request: HttpRequest, **_signal: Any) -> None:
    """A moment instead of a duration, which each write would begin anew."""
    request.session.set_expiry(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))


@receiver(user_logged_out)
def forget_cookie(request: HttpRequest, **_signal: Any) -> None:
    request.has_signed_out = True  # type: ignore[attr-defined]


class SessionMiddleware(middleware.SessionMiddleware):
    """Leaves the cookie to whoever was signed out without asking for it; without its row it opens nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is None:
            return response
        if not cookie.value and not getattr(request, "has_signed_out", False):
            del response.cookies[settings.SESSION_COOKIE_NAME]
        elif cookie.value and cookie["max-age"]:
            cookie["max-age"] += COOKIE_OUTLIVES
            cookie["expires"] = http_date(time.time() + cookie["max-age"])
        return response


def session_has_ended(request: HttpRequest) -> bool:
    """Whether the browser sent the cookie of a session that lets nobody in any more."""
    if request.user.is_authenticated or not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        return False
    return request.session.session_key is None or SESSION_KEY in request.session
