"""What it costs that files lie in the database: serving, room, time of a backup (docs/decisions/0031)."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import FileResponse, HttpRequest
from django.test import override_settings
from django.urls import path, reverse
from django.views import View

from bench.database import UNKEPT
from bench.measure_list import answer
from bench.measuring import Figure, Side, peak_memory, ratio
from measures.models import Document, Measure
from measures.services.documents import add_document
from smartregion.backup.keys import make_key
from smartregion.backup.making import make_backup
from smartregion.base.access import PUBLIC
from smartregion.base.erasure_log import begin_log
from smartregion.base.uploads import LARGEST, Upload
from smartregion.urls import urlpatterns as portal

FILES = 50
ROUNDS, TIMES = 9, 4


class DiskView(View):
    """The same bytes from a file of the machine. The policy is for the portal's middleware."""

    permission = PUBLIC
    file: Path

    def get(self, request: HttpRequest) -> FileResponse:
        return FileResponse(self.file.open("rb"))


urlpatterns = [*portal, path("bare/disk/", DiskView.as_view())]


def figures() -> Iterator[Figure]:
    with _places() as folder, override_settings(ROOT_URLCONF="bench.files", MIDDLEWARE=UNKEPT):
        empty, before = _bytes_of_database(), _seconds_of_backup(folder)
        content = _fill()
        gigabytes = FILES * len(content) / 1e9
        DiskView.file = folder / "file"
        DiskView.file.write_bytes(content)
        yield from _serving()
        yield Figure("room for 1 GB of files", (_bytes_of_database() - empty) / gigabytes / 1e6, "MB")
        after = _seconds_of_backup(folder)
        yield Figure("backup of the example", 1000 * before, "ms")
        yield Figure("backup, for each GB of files more", (after - before) / gigabytes, "s")
        size = max(made.stat().st_size for made in folder.glob("*.age"))
        yield Figure("its size, for each GB of files", size / gigabytes / 1e6, "MB")


def _serving() -> Iterator[Figure]:
    get = partial(answer, WSGIHandler())
    assert get(_address()) == get("/bare/disk/")
    stored, disk = (Side(partial(get, address), times=TIMES) for address in (_address(), "/bare/disk/"))
    yield Figure("10 MB from the database", LARGEST / 1e6 / stored.seconds(), "MB/s")
    yield Figure("10 MB from the database to the disk", ratio(stored, disk, rounds=ROUNDS), "x")
    memory = peak_memory("bench.files", str(connection.settings_dict["NAME"])) / 1e6
    yield Figure("a process that serves 10 MB, most memory", memory, "MB")


def _fill() -> bytes:
    """Documents of the largest size, of bytes that no compression makes smaller."""
    measure = Measure.objects.filter(visibility="public").earliest("pk")
    content = b""
    for number in range(FILES):
        content = os.urandom(LARGEST)
        document = Document(measure=measure, title=f"Plan {number}", visibility="public")
        add_document(document=document, file=Upload(f"plan-{number}.pdf", "pdf", content), by=None)
    return content


def _address() -> str:
    document = Document.objects.latest("pk")
    return reverse("document_file", args=[document.measure.slug, document.pk])


def _bytes_of_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _seconds_of_backup(folder: Path) -> float:
    start = time.perf_counter()
    make_backup(folder, keep=1)
    return time.perf_counter() - start


@contextmanager
def _places() -> Iterator[Path]:
    """A folder for backups, their key and the log of erasures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "backup.key"
        with override_settings(BACKUP_KEY=str(key), ERASURE_LOG=folder / "erasures.jsonl"):
            make_key(key)
            begin_log()
            yield folder


def whole_work() -> None:
    """What `peak_memory` lets a process do."""
    answer(WSGIHandler(), _address())
