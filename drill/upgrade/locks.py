"""Who waits for a lock, for how long and because of whom, asked many times a second."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import psycopg

from drill.beside import Beside

SAMPLE_SECONDS: Final = 0.02
WAITING: Final = """
SELECT waits.application_name, extract(epoch FROM clock_timestamp() - lock.waitstart)::float,
    left(waits.query, 90), holds.application_name, left(holds.query, 90)
FROM pg_locks lock JOIN pg_stat_activity waits USING (pid)
LEFT JOIN pg_stat_activity holds ON holds.pid = (pg_blocking_pids(lock.pid))[1]
WHERE NOT lock.granted AND lock.waitstart IS NOT NULL
"""


@dataclass(frozen=True)
class Wait:
    seconds: float
    who: str = "nobody"
    query: str = ""
    holder: str = ""
    held_by: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s: {self.who} ({self.query}) for {self.holder} ({self.held_by})"


@dataclass
class Watch(Beside):
    """A context manager; `longest` is the longest wait of each program that was seen."""

    address: str
    longest: dict[str, Wait] = field(default_factory=dict)
    samples: int = 0

    def work(self) -> list[Callable[[], None]]:
        return [self._sample_often]

    def _sample_often(self) -> None:
        with psycopg.connect(self.address, autocommit=True) as database:
            while not self.ended.wait(SAMPLE_SECONDS):
                self.samples += 1
                for who, seconds, query, holder, held_by in database.execute(WAITING).fetchall():
                    wait = Wait(seconds, who, _line(query), holder or "", _line(held_by or ""))
                    if seconds > self.longest.get(who, Wait(0)).seconds:
                        self.longest[who] = wait

    @property
    def worst(self) -> Wait:
        return max(self.longest.values(), key=lambda wait: wait.seconds, default=Wait(0))


def _line(text: str) -> str:
    return " ".join(text.split())
