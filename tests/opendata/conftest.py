"""Requests are counted anew in each test."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        for key in store.scan_iter("opendata:*"):
            store.delete(key)
    yield
