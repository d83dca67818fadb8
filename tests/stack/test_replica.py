"""Visitors' pages from a streaming replica: what is read where, and what happens when it lags or is away."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from unittest import mock

import psycopg
import pytest
import requests

from drill.machine import running_as
from drill.replica import SECONDS, WithReplica
from smartregion.bootstrap import ROOT
from smartregion.stack import postgres
from smartregion.stack.supervisor import wait_for
from tests.scale import on_its_turn

pytestmark = on_its_turn(1, of=4)
PATIENCE = 60
ACCOUNT = {"sessionid": "foreign"}
"""Whoever sends a cookie of the portal may be signed in."""
LIST = "/massnahmen/"


class Portal(WithReplica):
    address = ""

    def shows(self, title: str, cookies: dict[str, str] | None = None) -> bool:
        return title in self.reads(LIST, cookies)

    def reads(self, path: str, cookies: dict[str, str] | None = None) -> str:
        answer = requests.get(self.address + path, cookies=cookies, timeout=PATIENCE)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def call_it(self, title: str) -> None:
        """Give the first measure of the list another title."""
        self.write(
            "UPDATE measures_measure SET title = %s WHERE no = (SELECT min(no) FROM measures_measure "
            "WHERE visibility = 'public' AND archived_at IS NULL)",
            title,
        )

    @contextmanager
    def line_cut_between(self, before: str, after: str) -> Iterator[None]:
        """The replica knows the first title and does not hear of the second."""
        self.call_it(before)
        self.catch_up()
        self.pause(paused=True)
        try:
            self.call_it(after)
            yield
        finally:
            self.pause(paused=False)
            self.catch_up()

    def is_read_from_replica(self) -> bool:
        with self.line_cut_between("Replikatprobe", "Datenbankprobe"):
            return self.shows("Replikatprobe")


def doctor() -> str:
    words = [sys.executable, "manage.py", "doctor"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def running_portal() -> Iterator[Portal]:
    with (
        mock.patch.dict(os.environ),
        closing(socket.create_server(("127.0.0.1", 0))) as web,
        running_as(Portal) as portal,
    ):
        portal.start_web(web)
        portal.address = f"http://127.0.0.1:{web.getsockname()[1]}"
        yield portal


@pytest.fixture
def portal(running_portal: Portal) -> Portal:
    """After whatever a test did to it the replica is asked again within seconds."""
    assert wait_for(running_portal.is_read_from_replica, PATIENCE)
    return running_portal


def test_visitors_read_from_the_replica_and_accounts_from_the_database(portal: Portal) -> None:
    with portal.line_cut_between("Altes Netz", "Neues Netz"):
        shown = [
            portal.shows(title, who) for who in (None, ACCOUNT) for title in ("Altes Netz", "Neues Netz")
        ]

    assert shown == [True, False, False, True]


def test_a_replica_that_is_too_far_behind_is_not_asked(portal: Portal) -> None:
    with portal.line_cut_between("Altes Rad", "Neues Rad"):
        was_behind = portal.shows("Altes Rad")
        assert wait_for(lambda: portal.shows("Neues Rad"), 2 * SECONDS)

    assert was_behind


def test_a_kept_page_is_as_new_as_the_replica(portal: Portal) -> None:
    portal.call_it("Erste Bank")
    portal.catch_up()
    kept = portal.shows("Erste Bank"), portal.shows("Erste Bank")

    portal.call_it("Zweite Bank")
    portal.catch_up()

    assert (kept, portal.shows("Erste Bank"), portal.shows("Zweite Bank")) == ((True, True), False, True)


def test_the_snapshot_of_a_replica_stays_the_same_though_other_rows_are_seen(portal: Portal) -> None:
    """Why `page_cache` asks a replica for something else: with this it would show what is hidden."""
    state = "SELECT pg_current_snapshot()::text, pg_last_wal_replay_lsn()::text, (SELECT title {})".format(
        "FROM measures_measure WHERE title LIKE 'Brücke%'"
    )
    portal.call_it("Brücke 1")
    with portal.replica() as replica, portal.database() as oldest, portal.database() as other:
        oldest.execute("BEGIN")
        oldest.execute("CREATE TABLE never ()")
        other.execute("BEGIN")
        other.execute("UPDATE measures_measure SET title = 'Brücke 2' WHERE title = 'Brücke 1'")
        portal.write("CREATE TABLE later ()")
        portal.catch_up()
        before = replica.execute(state).fetchone()
        other.execute("COMMIT")
        portal.catch_up()
        after = replica.execute(state).fetchone()
        oldest.execute("ROLLBACK")
    portal.write("DROP TABLE later")

    assert before and after
    assert (before[0], before[2], after[2]) == (after[0], "Brücke 1", "Brücke 2")
    assert before[1] != after[1]


def test_a_write_is_refused_there(portal: Portal) -> None:
    with portal.replica(postgres.APP_ROLE) as replica, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        replica.execute("UPDATE measures_measure SET title = 'x'")


def test_without_the_replica_the_database_answers(portal: Portal) -> None:
    portal.call_it("Vor dem Ausfall")
    portal.catch_up()
    assert portal.shows("Vor dem Ausfall")

    portal.kill("replica")
    portal.call_it("Nach dem Ausfall")

    assert portal.shows("Nach dem Ausfall")
    assert re.search(r"fail +Kopie zum Lesen", doctor())
    portal.start_replica()


def test_every_public_page_can_be_read_there(portal: Portal) -> None:
    addresses = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", portal.reads("/sitemap.xml"))
    said = len(portal.children["web"].log.read_text())
    for number, address in enumerate(addresses):
        portal.call_it(f"Seite {number}")
        portal.reads(address)

    assert len(addresses) > 60
    assert "replica" not in portal.children["web"].log.read_text()[said:]
