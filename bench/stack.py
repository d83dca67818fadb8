"""The real `make run` in a copy of this tree: what a first visit transfers, and how much memory it takes."""

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from bench.measuring import Figure
from smartregion.bootstrap import VAR
from tests.stack.portal import Portal, copy_project, running

PUBLIC_PAGES = {"home": "/", "list": "/massnahmen/", "matrix": "/roll-out/"}
SAMPLE_SECONDS = 0.5
REPORT_SECONDS = 60


def figures() -> Iterator[Figure]:
    """One portal and one browser for both; the memory is watched from the first page to the sealed report."""
    with portal() as running_portal, browser() as chromium, Memory(running_portal) as memory:
        address = f"http://127.0.0.1:{running_portal.port}"
        sizes = {name: first_visit(chromium, address + path) for name, path in PUBLIC_PAGES.items()}
        largest = max(sizes, key=lambda name: sizes[name])
        yield Figure(
            f"first visit, largest of {len(sizes)} pages ({largest})", sizes[largest] / 1e3, "kB", 250
        )
        compile_report(chromium, address)
    yield Figure("whole stack, most memory in use", memory.peak / 1e6, "MB", 700)


@contextmanager
def portal() -> Iterator[Portal]:
    (VAR / "test").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=VAR / "test"))
    folder.chmod(0o755)
    try:
        with running(copy_project(folder / "copy")) as started:
            yield started
    finally:
        shutil.rmtree(folder)


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ["SMARTREGION_CHROMIUM"]
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def first_visit(chromium: Browser, address: str) -> int:
    """The bytes that come over the line, heads included, for a browser that knows nothing of the portal."""
    sizes: list[float] = []
    context = chromium.new_context()
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    context.close()
    return round(sum(sizes))


def compile_report(chromium: Browser, address: str) -> None:
    """Ask for a report as the coordinator and wait until it is sealed."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/anmelden/")
    page.get_by_role("button", name=re.compile("Koordin")).click()
    page.goto(f"{address}/berichte/neu/")
    page.get_by_role("button", name="Entwurf anlegen").click()
    page.get_by_role("button", name="Zusammenstellen").click()
    page.locator("a[href$='bericht.pdf']").first.wait_for(timeout=REPORT_SECONDS * 1000)
    context.close()


class Memory:
    """Samples the memory of all processes of a portal; a page that several share counts once (PSS)."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.peak = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.ended.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, self.in_use())

    def in_use(self) -> int:
        make = psutil.Process(self.portal.process.pid)
        return sum(map(_proportional_bytes, [make, *self.portal.everything()]))


def _proportional_bytes(process: psutil.Process) -> int:
    """0 for a process that has just ended."""
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0
