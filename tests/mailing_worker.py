"""A real worker in production settings that hands its mails to a real mail server, as fixtures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mail_server import MailServer, mail_server
from tests.monitoring.worker import Worker, backends, until

WORKERS_KEY = "x" * 25 + "0123456789" * 3
"""What the worker signs links with."""


class MailingWorker(Worker):
    def __init__(self, folder: Path, *, port: int, queue: int) -> None:
        self.port = port
        super().__init__(folder, queue=queue)

    def _environment(self) -> dict[str, str]:
        return {
            **super()._environment(),
            "SMARTREGION_DEMO": "0",
            "SMARTREGION_SECRET_KEY": WORKERS_KEY,
            "SMARTREGION_HOSTS": "portal.example.org",
            "SMARTREGION_SMTP_HOST": "127.0.0.1",
            "SMARTREGION_SMTP_PORT": str(self.port),
            "SMARTREGION_MAIL_FROM": "smart-region@portal.example.org",
        }


@pytest.fixture
def sink() -> Iterator[MailServer]:
    with mail_server() as sink:
        yield sink


@pytest.fixture
def start_worker(tmp_path: Path, sink: MailServer) -> Iterator[Any]:
    workers: list[Worker] = []

    def start(port: int = 0) -> Worker:
        number = len(workers)
        folder = tmp_path / f"worker{number}"
        workers.append(MailingWorker(folder, port=port or sink.port, queue=10 + number))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
    until(lambda: not backends(), "the workers' connections end")
