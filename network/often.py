"""From one line not too many requests a minute.

Its network address is stored nowhere: it is counted in memory (Redis) for a minute, under a keyed hash that
is another one each day. So a reading request still writes nothing to the database; without Redis nothing is
counted, since that protects and decides nothing.
"""

from functools import cache
from http import HTTPStatus
from time import time
from typing import Any, Final

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from network.accounts import counted_address
from smartregion.base.access import RuledView

PER_SECONDS: Final = 60
PATIENCE: Final = 0.2


def is_too_often(request: HttpRequest, purpose: str, most: int) -> bool:
    """Count this request, and say whether its line had its share of this minute already."""
    who = salted_hmac(f"{purpose}.{localdate()}", counted_address(request)).hexdigest()
    key = f"{purpose}:{int(time()) // PER_SECONDS}:{who}"
    try:
        pipeline = _store(settings.REDIS_URL).pipeline()
        pipeline.incr(key)
        pipeline.expire(key, PER_SECONDS)
        number, _kept = pipeline.execute()
    except redis.RedisError:
        return False
    return bool(number > most)


class CountedView(RuledView):
    """A page whose answer costs much more than others, as each searches: generous, but with an end."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_too_often(request, "searches", settings.SEARCHES_A_MINUTE):
            page = render(request, "too_often.html", status=HTTPStatus.TOO_MANY_REQUESTS)
            page["Retry-After"] = str(PER_SECONDS)
            return page
        return super().dispatch(request, *args, **kwargs)


@cache
def _store(address: str) -> "redis.Redis":
    return redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
