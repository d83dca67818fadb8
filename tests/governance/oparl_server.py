"""A foreign OParl endpoint on this machine: it answers what a test tells it to, well-behaved or not."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCHEMA = "https://schema.oparl.org/1.1/"
Answer = tuple[int, dict[str, str], bytes]


class Endpoint:
    """`answers` by path with query; what is no tuple is sent as JSON. `asked`: the paths in their order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.answers: dict[str, Any] = {}
        self.otherwise: Callable[[str], Any] | None = None
        self.before: Callable[[str], None] = lambda path: None
        self.body = self.object("Body", "/body/1", name="Kreis", **self._lists())
        self.answers["/system"] = self.object("System", "/system", oparlVersion=SCHEMA, body=f"{url}/bodies")
        self.answers["/bodies"] = self.page([self.body])
        self.answers["/body/1"] = self.body
        for name in ("organization", "meeting", "paper"):
            self.answers[f"/{name}"] = self.page([])

    @property
    def system(self) -> str:
        return f"{self.url}/system"

    def object(self, word: str, path: str, **values: Any) -> dict[str, Any]:
        times = {"created": "2026-01-01T00:00:00+01:00", "modified": "2026-01-01T00:00:00+01:00"}
        return {"id": f"{self.url}{path}", "type": f"{SCHEMA}{word}", **times, **values}

    def page(self, entries: list[dict[str, Any]], following: str = "") -> dict[str, Any]:
        links = {"next": f"{self.url}{following}"} if following else {}
        return {"data": entries, "pagination": {}, "links": links}

    def serve_list(self, name: str, word: str, pages: int) -> None:
        """So many pages with two objects each."""
        for number in range(1, pages + 1):
            entries = [
                self.object(word, f"/{name}/{2 * number + place}", name=f"{word} {number}")
                for place in (0, 1)
            ]
            path = f"/{name}" if number == 1 else f"/{name}?page={number}"
            following = f"/{name}?page={number + 1}" if number < pages else ""
            self.answers[path] = self.page(entries, following)

    def answer(self, path: str) -> Answer:
        plain = path.partition("modified_since=")[0].rstrip("?&")
        found = self.answers.get(path, self.answers.get(plain))
        if found is None and self.otherwise:
            found = self.otherwise(path)
        if callable(found):
            found = found()
        if found is None:
            return 404, {}, b""
        if isinstance(found, tuple):
            return found
        return 200, {"Content-Type": "application/json"}, json.dumps(found).encode()

    def _lists(self) -> dict[str, str]:
        return {name: f"{self.url}/{name}" for name in ("organization", "meeting", "paper", "person")}


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            there.asked.append(self.path)
            there.agents.add(self.headers["User-Agent"])
            there.before(self.path)
            status, headers, body = there.answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    there = Endpoint(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
