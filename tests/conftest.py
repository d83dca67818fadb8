"""What all tests share."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import standards
from tests.mailing_worker import sink, start_worker
from tests.scale import IS_FULL

__all__ = ["sink", "start_worker"]


@pytest.fixture
def count_queries() -> Callable[[], object]:
    """`with count_queries() as queries: …` and then `len(queries)`."""

    @contextmanager
    def capture() -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as queries:
            yield queries

    return capture


@pytest.fixture
def keys(db: None) -> dict[str, Any]:
    """A row of each kind, by the word before its key in the address."""
    from tests.addresses import keys_of_rows  # needs Django's models, which stand after this file is read

    return keys_of_rows()


TOGETHER = {
    "tests/e2e/test_pages.py": "pages",
    "tests/e2e/": "browser",
    "tests/stack/": "processes",
    "tests/measures/test_round_mails.py": "processes",
    "tests/measures/test_invitation_mails.py": "processes",
    "tests/smartregion/test_digest_mails.py": "processes",
    "tests/monitoring/test_worker_killed.py": "processes",
    "tests/governance/test_minutes_worker_killed.py": "processes",
    "tests/governance/test_no_leak.py": "leaks",
}
"""Tests that share a portal, a folder, a queue or costly rows run in one process, one after the other."""


def pytest_report_header() -> list[str]:
    return [
        f"tests that count in thousands: {'full size' if IS_FULL else 'a tenth'} (tests/scale.py)",
        f"Word files, XLSX and ODS are opened by LibreOffice: {'yes' if shutil.which('soffice') else 'no, it is absent'}",
        standards.told(),
    ]


class Scheduling(LoadScopeScheduling):
    """Gives each process what belongs together as a whole, the largest first, and then test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for place, group in TOGETHER.items() if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)
