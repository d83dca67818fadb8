"""Memory and connections of the portal's processes over time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import psutil
from django.db import connection

from drill.beside import Beside
from drill.machine import Machine

SAMPLE_SECONDS = 10


@dataclass
class Watch(Beside):
    """A context manager that samples each child of the machine and its own children."""

    machine: Machine
    memory: dict[str, list[float]] = field(default_factory=dict)
    """Megabytes by process: resident for our own programs, unshared for PostgreSQL, whose cache is shared."""
    connections: list[float] = field(default_factory=list)

    def work(self) -> list[Callable[[], None]]:
        return [self._sample_often]

    def _sample_often(self) -> None:
        while not self.ended.wait(SAMPLE_SECONDS):
            for name, child in self.machine.children.items():
                self.memory.setdefault(name, []).append(_megabytes(child.process.pid))
            with connection.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
                self.connections.append(cursor.fetchone()[0])
        connection.close()

    def lines(self) -> list[str]:
        """Per process the medians of the second and the last sixth: the first is the warming up."""
        series = {**{f"{name}, MB": values for name, values in self.memory.items()}}
        series["connections to PostgreSQL"] = self.connections
        lines = [f"{'over time':<28}{'early':>8}{'late':>8}{'ratio':>8}"]
        for name, values in series.items():
            sixth = max(1, len(values) // 6)
            early, late = median(values[sixth : 2 * sixth] or values), median(values[-sixth:])
            lines.append(f"{name:<28}{early:>8.1f}{late:>8.1f}{late / early:>8.2f}")
        return lines


def _megabytes(pid: int) -> float:
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            memory = process.memory_full_info()
            total += memory.uss
    except psutil.NoSuchProcess:
        pass
    return total / 1e6
