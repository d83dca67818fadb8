"""From the first release to this version while people are served, back, and again."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import django
import psycopg

from drill.filling import fill
from drill.outcome import Options, Outcome
from drill.release import FIRST, Release, changed_migrations, checked_out
from drill.upgrade import visits
from drill.upgrade.holding import (
    Columns,
    Scope,
    demanding_columns,
    differences,
    holding,
    known_columns,
    what_was_there,
)
from drill.upgrade.locks import Wait, Watch
from drill.upgrade.visits import Phase, Visits
from smartregion.bootstrap import ROOT, VAR, Failure, step
from smartregion.environment import local_secret_key
from smartregion.stack import postgres, redis
from smartregion.stack.instance import throw_away
from smartregion.stack.supervisor import Supervisor

GOAL_SECONDS: Final = 2.0
ROWS, SHORT_ROWS = 1_000_000, 20_000
COLUMNS: Final = "{:<28}{:>9}{:>8}{:>8}{:>11}"
CALM, SETTLED = 10, 20
"""Seconds of visits before the migration, and after it."""
BACK: Final = """
import django
django.setup()
from django.core.management import call_command
for app, name in {targets}:
    call_command("migrate", app, name, interactive=False, verbosity=0)
"""


@dataclass
class Course:
    """What was seen on the way."""

    rows: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    samples: int = 0
    """How often somebody looked at who waits."""
    broken: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        begin = time.monotonic()
        with step(label):
            yield
        self.seconds[label] = time.monotonic() - begin

    @property
    def worst(self) -> Wait:
        return max(self.waits, key=lambda wait: wait.seconds, default=Wait(0))


class Session:
    def __init__(self, supervisor: Supervisor, revision: str) -> None:
        self.supervisor = supervisor
        self.course = Course()
        folder = supervisor.instance.folder
        both = {
            "DJANGO_SETTINGS_MODULE": "smartregion.settings",
            "SMARTREGION_DEMO": "1",
            "SMARTREGION_ERASURE_LOG": str(folder / "erasures.jsonl"),
            **redis.start(supervisor),
        }
        addresses = postgres.start(supervisor)
        owner, app = addresses["SMARTREGION_OWNER_DATABASE_URL"], addresses["DATABASE_URL"]
        os.environ.update({**both, "DATABASE_URL": app})
        local_secret_key(VAR)
        django.setup()  # for the addresses of pages
        # The first release knew one role of the database.
        self.first = Release("first", checked_out(revision, folder / "first"), owner, owner, both)
        self.head = Release("head", ROOT, owner, app, both)
        self.database = psycopg.connect(owner, autocommit=True)
        self.watcher = owner.replace(f"user={postgres.DATABASE}", "user=postgres")

    def prepare(self, rows: int) -> None:
        with self.course.step("First release installed"):
            self.first.module("smartregion.assets")
            self.first.manage("collectstatic", "--noinput")
        with self.course.step("Its tables and examples"):
            self.first.manage("migrate")
            self.first.manage("load_data")
        with self.course.step("History"):
            self.course.rows = fill(self.database, rows)
        with self.course.step("Reports sealed"):
            self.first.seal_reports([0, 1, 2])
            self.first.manage("verify_reports")

    def there(self, first_web: socket.socket, head_web: socket.socket) -> None:
        """Without interruption: migrations run while the first release serves, then both serve."""
        course = self.course
        self.first.serve(self.supervisor, first_web)
        cells = visits.cells(self.database)
        paths = [path for _key, path in cells]
        people = visits.people(self.database, _portal(first_web), paths[::2])
        before_demanding = demanding_columns(self.database)
        scope = what_was_there(self.database, [key for key, _path in cells])
        before = holding(self.database, scope)
        with Watch(self.watcher) as watch, Visits(people, "first release") as run:
            run.pause(CALM)
            run.begin("while migrating")
            with course.step("Migrated to this version"):
                self.head.manage("migrate")
            run.begin("first release, new tables")
            run.pause(SETTLED)
            self.head.serve(self.supervisor, head_web)
            others = visits.people(self.database, _portal(head_web), paths[1::2])
            run.begin("first release, both serve")
            with Visits(others, "this version, both serve") as beside:
                run.pause(SETTLED)
        course.waits.append(watch.worst)
        course.samples += watch.samples
        self._count(run)
        self._count(beside)
        course.broken += differences(before, holding(self.database, scope), "upgraded")
        course.broken += [
            f"the first release cannot add rows: {name} wants a value"
            for name in sorted(demanding_columns(self.database) - before_demanding)
            if name.split(".")[0] in scope.columns
        ]
        with course.step("Old program, new tables"):
            self.first.seal_reports([3])
            self.first.manage("verify_reports")
        self.first.stop(self.supervisor)
        self.head.stop(self.supervisor)

    def back_and_again(self, columns: Columns, targets: list[tuple[str, str]], web: socket.socket) -> None:
        course, whole = self.course, Scope(columns, {})
        new = known_columns(self.database)
        before = holding(self.database, whole)
        with course.step("Back to the first release"):
            self.head.python(BACK.format(targets=json.dumps(targets)))
            self.first.manage("migrate")
        if known_columns(self.database) != columns:
            course.broken.append("back: the tables are not those of the first release")
        course.broken += differences(before, holding(self.database, whole), "back")
        self.first.manage("verify_reports")
        self.first.serve(self.supervisor, web)
        cells = visits.cells(self.database)
        people = visits.people(self.database, _portal(web), [path for _key, path in cells])
        with Visits(people, "first release again") as run:
            run.pause(CALM)
        self._count(run)
        self.first.stop(self.supervisor)
        before = holding(self.database, whole)
        with course.step("This version again"):
            self.head.manage("migrate")
        course.broken += differences(before, holding(self.database, whole), "again")
        if known_columns(self.database) != new:
            course.broken.append("again: the tables are not those of the first upgrade")
        self.head.manage("verify_reports")

    def _count(self, run: Visits) -> None:
        self.course.phases += run.phases
        for phase in run.phases:
            self.course.broken += [f"{phase.name}: {fault}" for fault in phase.faults]
            self.course.broken += visits.lost(self.database, phase.saved)


def upgrade(revision: str, rows: int) -> Course:
    if changed := changed_migrations(revision):
        raise Failure(f"Migrations of {revision} have changed since: {', '.join(changed)}")
    with throw_away("drill-upgrade") as instance, Supervisor(instance) as supervisor:
        session = Session(supervisor, revision)
        with session.database, _sockets(2) as (first_web, head_web):
            session.prepare(rows)
            columns, targets = known_columns(session.database), _applied(session.database)
            session.there(first_web, head_web)
            present = _applied(session.database)
            back = [
                (app, targets.get(app, "zero")) for app, name in present.items() if targets.get(app) != name
            ]
            session.back_and_again(columns, back, first_web)
        course = session.course
        if course.worst.seconds >= GOAL_SECONDS:
            course.broken.append(f"waited for a lock for {course.worst}")
        return course


def _applied(database: psycopg.Connection) -> dict[str, str]:
    """The last migration of each app."""
    return dict(database.execute("SELECT app, max(name) FROM django_migrations GROUP BY app").fetchall())


@contextmanager
def _sockets(number: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    try:
        yield sockets
    finally:
        for each in sockets:
            each.close()


def _portal(web: socket.socket) -> str:
    return f"http://127.0.0.1:{web.getsockname()[1]}"


def run(options: Options) -> Outcome:
    """Counted are the answers that people got all the while."""
    course = upgrade(FIRST, SHORT_ROWS if options.short else ROWS)
    print("\n".join(lines(course)), flush=True)
    answers = sum(phase.answers for phase in course.phases)
    return Outcome(answers, "answers meanwhile", course.broken, max(phase.longest for phase in course.phases))


def lines(course: Course) -> list[str]:
    table = [COLUMNS.format("people are served by", "answers", "saved", "failed", "longest s")]
    table += [
        COLUMNS.format(phase.name, phase.answers, len(phase.saved), len(phase.faults), f"{phase.longest:.2f}")
        for phase in course.phases
    ]
    waited = f"longest wait for a lock, of {course.samples} looks: {course.worst}"
    return ["", *table, "", f"{course.rows} rows of history; {waited}"]
