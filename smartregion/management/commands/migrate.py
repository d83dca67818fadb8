"""`manage.py migrate`, which lets people go first who use the portal meanwhile.

A migration that waits for a lock makes everybody else wait who wants the same table. So it gives up after a
moment, which undoes it, and is tried again.
"""

import time
from typing import Any, Final

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import DeadlockDetected, LockNotAvailable

LOCK_TIMEOUT: Final = "500ms"
"""Less than `deadlock_timeout`: of two who wait for each other it is the migration that gives up."""
PAUSE_SECONDS: Final = 1.0
TRIES: Final = 200


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        database = connections[options["database"]]
        with database.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            self._handle_patiently(*args, **options)
        finally:
            with database.cursor() as cursor:
                cursor.execute("RESET lock_timeout")

    def _handle_patiently(self, *args: Any, **options: Any) -> None:
        for left in reversed(range(TRIES)):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not left or not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return
