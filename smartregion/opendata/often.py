"""From one network address not too many requests a minute.

The address is stored nowhere: it is counted in memory (Redis) for a minute, under a keyed hash that is
another one each day. So a reading request still writes nothing to the database; without Redis nothing is
counted, since that protects and decides nothing.
"""

from functools import cache
from time import time
from typing import Final

import redis
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from network.accounts import client_address

PER_SECONDS: Final = 60
PATIENCE: Final = 0.2


def is_too_often(request: HttpRequest) -> bool:
    """Count this request, and say whether its address had its share of this minute already."""
    who = salted_hmac(f"opendata.{localdate()}", client_address(request) or "").hexdigest()
    key = f"opendata:{int(time()) // PER_SECONDS}:{who}"
    try:
        pipeline = _store(settings.REDIS_URL).pipeline()
        pipeline.incr(key)
        pipeline.expire(key, PER_SECONDS)
        number, _kept = pipeline.execute()
    except redis.RedisError:
        return False
    return bool(number > settings.OPEN_DATA_REQUESTS_A_MINUTE)


@cache
def _store(address: str) -> "redis.Redis":
    return redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
