"""What all tests share."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from drill.network import why_not
from tests import databases, standards
from tests.mailing_worker import sink, start_worker
from tests.scale import ANOTHER_DAY, COSTLY, SIZE, WITH_PROCESSES, has_day

__all__ = ["sink", "start_worker"]

CHOSEN = "SMARTREGION_TEST_CHOSEN"


def pytest_configure(config: pytest.Config) -> None:
    """No test client reads all static files anew, and passwords of tests need no slow hash; what serves and
    hashes in earnest is tested with real servers."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # A test's transaction idles for minutes while a browser or LibreOffice works.
    connection.settings_dict["OPTIONS"]["options"] = ""
    # Before the processes of the run begin, which are given all arguments.
    os.environ.setdefault(CHOSEN, "yes" if config.args_source is pytest.Config.ArgsSource.ARGS else "")
    databases.empty_quickly()
    Client.request = _as_app_role(Client.request)  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def as_no_owner() -> None:
    """What tests start, and what they ask of the portal's own commands, knows of no other database."""
    os.environ.pop("SMARTREGION_OWNER_DATABASE_URL", None)
    settings.OWNER_DATABASE_URL = ""


def _as_app_role(request: Callable[..., Any]) -> Callable[..., Any]:
    """Each request of a test client is served under the role that the portal has in earnest."""

    def ask(*words: Any, **environ: Any) -> Any:
        with databases.as_app_role():
            return request(*words, **environ)

    return ask


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each of several processes gets a copy of one database that was migrated."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        databases.make_schema()
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.SCHEMA


@pytest.fixture
def count_queries() -> Callable[[], object]:
    """`with count_queries() as queries: …` and then `len(queries)`."""

    @contextmanager
    def capture() -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as queries:
            yield queries

    return capture


@pytest.fixture(autouse=True)
def reading_without_limit(settings: Any) -> None:
    """The tests of all processes come from one address and are counted together."""
    settings.OPEN_DATA_REQUESTS_A_MINUTE = settings.SEARCHES_A_MINUTE = 1_000_000


@pytest.fixture
def without_row_security(db: None) -> None:
    """For negative controls of the application's own rules: the database does not guard them either."""
    # Django's models stand only after this file is read.
    from smartregion.base.row_security import OWNED

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in OWNED:
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE ROW LEVEL SECURITY')


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For rows that all tests of a module share, because none of them changes any."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The shipped data, for modules none of whose tests changes any."""
    databases.make_example()
    with django_db_blocker.unblock(), databases.connected_to_copy(databases.EXAMPLE), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def keys(db: None) -> dict[str, Any]:
    """A row of each kind, by the word before its key in the address."""
    from tests.addresses import keys_of_rows  # needs Django's models, which stand after this file is read

    return keys_of_rows()


FIRST_HALF = ("pages", "report", "round_of_all", "status_round", "events", "people")
"""The beginnings of the names of modules with a browser that take as long as all others of them."""
TOGETHER = {
    **dict.fromkeys([f"tests/e2e/test_{name}" for name in FIRST_HALF], "first browser"),
    "tests/e2e/": "second browser",
    "tests/stack/test_drill.py": "drill",
    "tests/stack/": "stack",
    "tests/smartregion/test_backup.py": "backup",
    "tests/measures/test_round_mails.py": "processes",
    "tests/measures/test_invitation_mails.py": "processes",
    "tests/smartregion/test_digest_mails.py": "processes",
    "tests/participation/test_mails.py": "processes",
    "tests/participation/test_weekly.py": "processes",
    "tests/smartregion/test_signs.py": "processes",
    "tests/monitoring/test_worker_killed.py": "processes",
    "tests/governance/test_minutes_worker_killed.py": "processes",
    "tests/governance/test_no_leak.py": "leaks",
    "tests/test_public_pages.py": "public",
    "tests/smartregion/test_translations.py": "translations",
    "tests/smartregion/test_regions_example.py": "example",
    "tests/smartregion/test_search_recall.py": "recall",
}
"""Tests that share a portal, a folder, a queue or costly rows run in one process, one after the other."""

LONG = tuple(
    f"tests/{name}.py"
    for name in (
        *("test_query_counts", "test_time_machine_property", "governance/test_circular_secrecy"),
        *("governance/test_pages", "governance/test_votes", "monitoring/test_formats"),
        *("monitoring/test_every_hour", "opendata/test_openapi", "opendata/test_embed"),
    )
)
"""Come early, so that in the end no process works alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if not os.environ[CHOSEN]:
        give_turns(items)


def give_turns(items: list[pytest.Item]) -> None:
    """To whole modules; whoever names what to run gets it."""
    names = {item: item.nodeid.partition("::")[0] for item in items}
    with_processes = sorted({name for name in names.values() if name.startswith(WITH_PROCESSES)})
    places = {name: place for costly in (COSTLY, with_processes) for place, name in enumerate(costly)}
    for item, name in names.items():
        if name in places and not has_day(places[name]):
            item.add_marker(pytest.mark.skip(reason=ANOTHER_DAY))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not go through it again."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    return [
        f"size of costly tests: {SIZE} (tests/scale.py)",
        f"office files are opened by LibreOffice: {'yes' if shutil.which('soffice') else 'no, it is absent'}",
        f"the map interface is read by GDAL: {'yes' if shutil.which('ogrinfo') else 'no, it is absent'}",
        f"nodes are cut off in network namespaces: {f'no, {why}' if (why := why_not()) else 'yes'}",
        *standards.told(),
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted, such as how many requests they sent (`record_property`)."""
    for report in terminalreporter.stats.get("passed", []):
        for name, figures in report.user_properties:
            terminalreporter.write_line(f"{name}: {figures}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        databases.drop_all()


class Scheduling(LoadScopeScheduling):
    """Gives each process what belongs together as a whole, the largest first, and then test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for place, group in TOGETHER.items() if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)
