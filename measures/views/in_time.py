"""Pages that show themselves as of a day: `?stand=2025-06-30` in the address, answered from the history.

The whole answer is made within `as_of`, so that the view, its queries and its templates need not know of it.
While it is being made nobody has a right to change anything (`User.has_perm`), and PostgreSQL refuses to.
"""

import hashlib
import re
from datetime import date
from functools import lru_cache
from html import escape, unescape
from tempfile import TemporaryFile
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.db import OperationalError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from measures.filters import query_with
from measures.models.measure import visibilities_for
from measures.time_machine import NotShown, TimeMachine, read_day
from smartregion.base import written
from smartregion.base.access import RuledView
from smartregion.base.as_of import NoPast, as_of
from smartregion.base.clock import DAY_IN_ADDRESS

LINK: Final = re.compile(r'(?<= href=")(/(?!/)[^"#]*)')


class InTimeView(RuledView):
    """A page of the present that can also be shown as of a past day."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        machine = TimeMachine(request)
        request.time_machine = machine  # type: ignore[attr-defined]
        wish = self.day_asked_for()
        if not wish or request.method not in ("GET", "HEAD"):
            if DAY_IN_ADDRESS in request.GET and request.method == "GET":
                return HttpResponseRedirect(
                    f"{request.path}{query_with(request.GET, stand=None)}".rstrip("?")
                )
            return super().dispatch(request, *args, **kwargs)
        try:
            day = read_day(wish, first=machine.first_day)
            return self._as_of(day, machine, *args, **kwargs)
        except NotShown as problem:
            return self.shown_today(machine, str(problem), *args, **kwargs)

    def day_asked_for(self) -> str:
        return self.request.GET.get(DAY_IN_ADDRESS, "")

    def shown_today(self, machine: TimeMachine, problem: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The present page, which tells why it is not that of the day that was asked for."""
        machine.day, machine.problem = None, problem
        return super().dispatch(self.request, *args, **kwargs)

    def _as_of(self, day: date, machine: TimeMachine, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer of that day.

        Raises:
            NotShown: there was no such page yet, or it took too long, or the past is not to be had just now.
        """
        machine.day, user = day, self.request.user
        sees = visibilities_for(user)
        if user.is_authenticated:
            user.municipality  # noqa: B018 - who reads is of today, so it is asked before the past begins
        try:
            with as_of(day, sees):
                return _finished(super().dispatch(self.request, *args, **kwargs), machine)
        except Http404 as error:
            raise NotShown(_("Für den %s ist diese Seite nicht zu sehen.") % written.day(day)) from error
        except (NoPast, OperationalError) as error:
            raise NotShown(why_not(error)) from error


def why_not(error: NoPast | OperationalError) -> str:
    """What to tell of the past that could not be read; another error of the database is raised again."""
    if isinstance(error, NoPast):
        return _("Frühere Stände sind gerade nicht zu haben. Bitte versuchen Sie es später.")
    if isinstance(error.__cause__, QueryCanceled):
        return _("Das Zusammenstellen dauert zu lange. Bitte wählen Sie weniger aus.")
    raise error


def _finished(response: Any, machine: TimeMachine) -> HttpResponseBase:
    """The answer with nothing left to be read from the database, and with links that keep the day."""
    day = f"{machine.day:%Y-%m-%d}"
    if isinstance(response, StreamingHttpResponse):
        return response if isinstance(response, FileResponse) else _as_file(response)
    if isinstance(response, HttpResponseRedirect):
        response["Location"] = keep_day(response["Location"], day)
        return response
    if response.get("Content-Type", "").startswith("text/html"):
        text = response.content.decode()
        response.content = LINK.sub(lambda link: escape(keep_day(unescape(link[1]), day)), text)
    if "HX-Push-Url" in response:
        response["HX-Push-Url"] = keep_day(response["HX-Push-Url"], day)
    return (
        response if machine.request.user.is_authenticated else _checked_each_time(response, machine.request)
    )


def _as_file(response: StreamingHttpResponse) -> FileResponse:
    """What would be made while it is sent, made now: later there is no past to read from."""
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    for piece in response:
        target.write(piece)
    target.seek(0)
    return FileResponse(target, headers=dict(response.items()))


def _checked_each_time(response: HttpResponse, request: HttpRequest) -> HttpResponseBase:
    """A visitor's cache asks each time: what is taken back has to vanish from the past at once."""
    response["Cache-Control"] = "no-cache"
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def keep_day(address: str, day: str) -> str:
    """The address with the day, if it leads to a page that knows of days and says nothing of one itself."""
    parts = urlsplit(address)
    if not _knows_days(parts.path) or DAY_IN_ADDRESS in parse_qs(parts.query, keep_blank_values=True):
        return address
    query = "&".join(filter(None, (parts.query, f"{DAY_IN_ADDRESS}={day}")))
    return parts._replace(query=query).geturl()


@lru_cache(maxsize=4096)
def _knows_days(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return issubclass(getattr(view, "view_class", RuledView), InTimeView)
