"""A session ends 12 hours after the sign-in, whatever is written to it meanwhile."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.timezone import now


@receiver(user_logged_in)
def set_end(request: HttpRequest, **_signal: Any) -> None:
    """A moment instead of a duration, which each write would begin anew."""
    request.session.set_expiry(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
