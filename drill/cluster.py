"""A portal on several nodes: two of web, three of worker, the last with beat, one PostgreSQL and Redis."""

import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from drill.machine import START, Machine
from drill.network import Network
from smartregion.stack import postgres
from smartregion.stack.portal import GUNICORN, WORKER

WEB = ["web-1", "web-2"]
WORKERS = ["worker-1", "worker-2", "worker-3"]
WITH_BEAT = WORKERS[-1]
LEASE_SECONDS = 3
PORT = 8000
HOLD = ".hold"
"""Ending of the file that stops a worker between compiling and publishing."""
NAME = "127.0.0.1"
"""By which the portal in demo mode is asked, whatever the address of its node."""
NOTING = """
import django; django.setup()
from pathlib import Path
from drill.worker_notes import keep
keep(Path({notes!r}))
"""


class Cluster(Machine):
    """What runs here itself, such as migrations, works as the owner of the tables; the nodes do not."""

    def __init__(self, *parts: Any, network: Network) -> None:
        self.network = network
        self.host = network.address
        self.parameters = (*super().parameters, "-c", f"listen_addresses={network.address}")
        super().__init__(*parts)
        owner = self.environment["DATABASE_URL"]
        self.environment |= {
            "SMARTREGION_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "SMARTREGION_OWNER_DATABASE_URL": owner,
            "DATABASE_URL": owner.replace(f"user={postgres.DATABASE}", f"user={postgres.APP_ROLE}"),
        }
        self.of_nodes = {
            "DATABASE_URL": f"postgresql://{postgres.APP_ROLE}@{self.host}/{postgres.DATABASE}",
            "SMARTREGION_OWNER_DATABASE_URL": "",
        }

    def start_services(self) -> None:
        self._server.provide()
        with (self._server.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {self.network.all_addresses} trust\n")
        self.start_postgres()
        postgres.make_app_role(self.environment["DATABASE_URL"].replace(postgres.APP_ROLE, "postgres"))
        self.start_redis()

    def start_on(self, node: str, words: list[str]) -> None:
        """`PGAPPNAME` lets one see at PostgreSQL whose connection it is."""
        environment = {**self.of_nodes, "PGAPPNAME": node}
        self._start(node, [*self.network.within(node), *words], environment)

    def start_web_on(self, node: str) -> None:
        bind = ["--bind", f"{self.network.address_of(node)}:{PORT}", "smartregion.wsgi:application"]
        self.start_on(node, [sys.executable, "-m", *GUNICORN.split(), *bind])
        self._wait(node, lambda: self.answers(node))

    def start_worker_on(self, node: str, prelude: str = "") -> None:
        self.notes_of(node).touch()
        code = prelude + NOTING.format(notes=str(self.notes_of(node))) + START
        name = ["--hostname", f"celery@{node}"]
        self.start_on(
            node, [sys.executable, "-c", code, "--app", "smartregion.celery", *WORKER.split(), *name]
        )

    def start_beat_on(self, node: str) -> None:
        schedule = ["--schedule", str(self.supervisor.instance.folder / "beat-schedule")]
        words = [sys.executable, "-c", START, "--app", "smartregion.celery", "beat", *schedule]
        environment = {**self.of_nodes, "PGAPPNAME": "beat"}
        self._start("beat", [*self.network.within(node), *words], environment)

    def portal_of(self, node: str) -> str:
        return f"http://{self.network.address_of(node)}:{PORT}"

    def answers(self, node: str) -> bool:
        connection = HTTPConnection(self.network.address_of(node), PORT, timeout=2)
        try:
            connection.request("GET", "/gesundheit/", headers={"Host": NAME})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def notes_of(self, node: str) -> Path:
        return self._temporary / f"{node}.notes"

    def noted(self, node: str) -> list[tuple[str, int]]:
        """What that worker began and how it ended: claimed, holds, ended, refused, failed; and which job."""
        lines = (line.split() for line in self.notes_of(node).read_text().splitlines())
        return [(word, int(key)) for word, key in lines]

    def hold(self, node: str) -> None:
        self.notes_of(node).with_suffix(HOLD).touch()

    def let_go(self, node: str) -> None:
        self.notes_of(node).with_suffix(HOLD).unlink()
