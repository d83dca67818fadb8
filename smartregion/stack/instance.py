"""One set of services with its own folder, logs and lock: the portal's own, or a throw-away one."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from smartregion.bootstrap import VAR

PORTAL = "portal"


@dataclass(frozen=True)
class Instance:
    """`name` is `portal` for the data that must survive; any other is emptied at every start."""

    name: str

    @property
    def durable(self) -> bool:
        return self.name == PORTAL

    @property
    def folder(self) -> Path:
        return VAR if self.durable else VAR / self.name

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def addresses(self) -> Path:
        """Where a running instance writes the addresses of its services for `make manage`."""
        return self.folder / "addresses.json"

    @contextmanager
    def claimed(self) -> Iterator[bool]:
        """Hold the instance's lock for the block; the value says whether we got it."""
        self.log.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "instance.lock", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    @contextmanager
    def announced(self, environment: dict[str, str]) -> Iterator[None]:
        self.addresses.touch(mode=0o600)
        self.addresses.write_text(json.dumps(environment))
        try:
            yield
        finally:
            self.addresses.unlink(missing_ok=True)

    def announcement(self) -> dict[str, str] | None:
        with suppress(FileNotFoundError, ValueError):
            return dict(json.loads(self.addresses.read_text()))
        return None

    def open_log(self, name: str) -> Path:
        """An empty log file; the one of the last start stays beside it as `.1`."""
        path = self.log / f"{name}.log"
        if path.exists():
            shutil.move(path, path.with_suffix(".log.1"))
        path.touch()
        return path


@contextmanager
def throw_away(base: str) -> Iterator[Instance]:
    """A free instance called `base`, `base-2`, …: two runs at the same time do not meet."""
    for number in count(1):
        instance = Instance(base if number == 1 else f"{base}-{number}")
        with instance.claimed() as mine:
            if mine:
                yield instance
                return
