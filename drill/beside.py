"""What goes on beside the drill's own steps: clients, and who watches."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Self


class Beside:
    """A context manager: its work goes on in threads until the block ends, which `ended` tells them."""

    def work(self) -> Sequence[Callable[[], None]]:
        """What is done, each in a thread of its own."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.ended = threading.Event()
        self._threads = [threading.Thread(target=each) for each in self.work()]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join()
