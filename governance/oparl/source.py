"""Asks a foreign OParl endpoint, one page at a time, politely and with mistrust.

Nothing that the endpoint answers leads anywhere but to its own host; what it sends is limited in size and
time. Unless whoever runs the server allows it, an address inside the own network is not asked at all: the
connection is refused before a word was sent, whatever name led to it.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

LARGEST: Final = 10 * 1_048_576
SLOWEST_SECONDS: Final = 60
TIMEOUTS: Final = (10, 30)
MOST_REDIRECTS: Final = 3
PIECE: Final = 65_536
NAT64: Final = IPv6Network("64:ff9b::/96")
POLITE = Retry(
    total=4,
    redirect=0,
    status_forcelist=[429, 503],
    allowed_methods=["GET"],
    backoff_factor=1,
    respect_retry_after_header=True,
    retry_after_max=60,
    raise_on_status=False,
)
SLOW = gettext_lazy("Eine Antwort dauert länger als %d Sekunden.")
Origin = tuple[str, str | None, int | None]


class SourceError(Exception):
    """The source cannot be copied; the German message says why."""


class PrivateAddress(Exception):
    """The name led to an address that is not of the public internet."""


class TooSlow(Exception):
    """The greeting or the head of an answer took too long; asking again would take as long."""


def is_public(address: str) -> bool:
    """Whether it is of the public internet, and so is the one that it wraps for a translator on the way."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        in_nat64 = IPv4Address(found.packed[-4:]) if found in NAT64 else None
        wrapped = found.ipv4_mapped or found.sixtofour or in_nat64
        return wrapped.is_global if wrapped else found.is_global
    return found.is_global


def _only_public(connection: socket.socket) -> socket.socket:
    if not is_public(connection.getpeername()[0]):
        connection.close()
        raise PrivateAddress
    return connection


class Public:
    def _new_conn(self) -> socket.socket:
        return _only_public(super()._new_conn())  # type: ignore[misc]


class Timed:
    """Limits the time of greeting and of an answer's head as a whole.

    A socket's own timeout begins anew with each byte. A second handle of the line ends it for whoever reads
    from it, be it the library of TLS.
    """

    line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.line = connection.dup()
        return connection

    def connect(self) -> None:
        with self.in_time():
            super().connect()  # type: ignore[misc]

    def getresponse(self) -> Any:
        with self.in_time():
            return super().getresponse()  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self.line:
            self.line.close()

    @contextmanager
    def in_time(self) -> Iterator[None]:
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            with suppress(OSError):  # it ended meanwhile
                if self.line:
                    self.line.shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(SLOWEST_SECONDS, end)
        clock.daemon = True
        clock.start()
        try:
            yield
        except (OSError, HTTPException, HTTPError):
            if not is_late.is_set():
                raise
        finally:
            clock.cancel()
        if is_late.is_set():
            raise TooSlow


class TimedHTTP(Timed, HTTPConnection):
    pass


class TimedHTTPS(Timed, HTTPSConnection):
    pass


class PublicHTTP(Timed, Public, HTTPConnection):
    pass


class PublicHTTPS(Timed, Public, HTTPSConnection):
    pass


class Adapter(HTTPAdapter):
    """Asks over such connections."""

    def __init__(self, http: type[HTTPConnection], https: type[HTTPConnection]) -> None:
        self.pools = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }
        super().__init__(max_retries=POLITE)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools


def origin_of(address: str) -> Origin:
    """Raises:
    SourceError: no address of the web, or one with a password in it.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        raise SourceError(_("„%s“ ist keine Adresse.") % address[:200]) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise SourceError(_("„%s“ ist keine Adresse mit http:// oder https://.") % address[:200])
    return parts.scheme, parts.hostname, port


class Source:
    """One endpoint. Everything is asked of its own origin, one request after the other."""

    def __init__(self, endpoint: str, *, is_internal: bool) -> None:
        self.origin = origin_of(endpoint)
        self.session = requests.Session()
        self.session.trust_env = False  # no passwords from a file of the server's account
        self.session.headers["User-Agent"] = f"SmartRegion (+{settings.PORTAL_URL}/)"
        self.session.headers["Accept"] = "application/json"
        adapter = Adapter(TimedHTTP, TimedHTTPS) if is_internal else Adapter(PublicHTTP, PublicHTTPS)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)
        self._has_asked = False

    def get(self, address: str) -> dict[str, Any]:
        """The object or page that stands there.

        Raises:
            SourceError: it cannot be had, leads elsewhere, or is not what OParl promises.
        """
        for _redirect in range(MOST_REDIRECTS + 1):
            self._check(address)
            with self._ask(address) as response:
                if response.is_redirect:
                    address = urljoin(address, response.headers["Location"])
                    continue
                if response.status_code != 200:
                    values = {"address": address[:200], "status": response.status_code}
                    raise SourceError(_("%(address)s antwortet mit dem Fehler %(status)s.") % values)
                return _parsed(_body(response), address)
        raise SourceError(_("%s leitet immer wieder weiter.") % address[:200])

    def _check(self, address: str) -> None:
        if origin_of(address) != self.origin:
            problem = _("Die Quelle verweist auf einen fremden Rechner (%s); dem folgt der Abgleich nicht.")
            raise SourceError(problem % address[:200])

    def _ask(self, address: str) -> requests.Response:
        if self._has_asked:
            time.sleep(settings.OPARL_PAUSE_SECONDS)
        self._has_asked = True
        try:
            return self.session.get(address, timeout=TIMEOUTS, stream=True, allow_redirects=False)
        except TooSlow as error:
            raise SourceError(SLOW % SLOWEST_SECONDS) from error
        except PrivateAddress as error:
            problem = _("„%s“ liegt nicht im öffentlichen Internet und wird deshalb nicht gefragt.")
            raise SourceError(problem % urlsplit(address).hostname) from error
        except (requests.RequestException, ValueError, OSError) as error:
            raise SourceError(_("%s ist nicht erreichbar.") % address[:200]) from error


def _body(response: requests.Response) -> bytes:
    """The whole answer, unpacked, as long as it is neither too long nor too slow."""
    ends, body = time.monotonic() + SLOWEST_SECONDS, bytearray()
    try:
        while piece := response.raw.read1(PIECE, decode_content=True):  # what has come, be it one byte
            body += piece
            if len(body) > LARGEST:
                raise SourceError(_("Eine Antwort ist größer als %d MB.") % (LARGEST // 1_048_576))
            if time.monotonic() > ends:
                raise SourceError(SLOW % SLOWEST_SECONDS)
    except (HTTPError, OSError) as error:
        raise SourceError(_("Die Verbindung brach ab.")) from error
    return bytes(body)


def _parsed(body: bytes, address: str) -> dict[str, Any]:
    try:
        found = json.loads(body, parse_constant=_no_number)
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        text.encode()  # a lone surrogate cannot be stored
    except (ValueError, RecursionError):
        found, text = None, ""
    if not isinstance(found, dict) or "\\u0000" in text:
        raise SourceError(_("%s liefert kein JSON-Objekt.") % address[:200])
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)
