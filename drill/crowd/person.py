"""One signed-in person: reads pages, edits cells of the roll-out, and notes what the portal acknowledged."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from random import Random

import requests

SHARE_OF_WRITES = 0.2
PATIENCE = 60


class Fields(HTMLParser):
    """What a browser would send of the form that posts to `path`, if nobody changed anything."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.values: dict[str, str] = {}
        self._is_ours = False
        self._name = ""
        self._is_select = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._is_ours = words.get("method", "").lower() == "post" and words.get("action", "") in {
                "",
                self.path,
            }
        elif self._is_ours and tag == "input" and words.get("type") not in {"submit", "checkbox", "radio"}:
            self.values[words.get("name", "")] = words.get("value", "")
        elif self._is_ours and tag in {"select", "textarea"}:
            self._name, self._is_select = words.get("name", ""), tag == "select"
            self.values[self._name] = ""
        elif self._is_ours and tag == "option" and self._is_select and "selected" in words:
            self.values[self._name] = words.get("value", "")

    def handle_data(self, text: str) -> None:
        if self._name and not self._is_select:
            self.values[self._name] += text

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._name, self._is_select = "", False
        elif tag == "form":
            self._is_ours = False


@dataclass
class Journal:
    """What a person saw: when each answer came and after how many seconds, notes that were sent, and of these
    the ones that the portal said it had saved, and faults."""

    answers: list[tuple[datetime, float]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    conflicts: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """What each answer took."""
        return [taken for _at, taken in self.answers]


class Person:
    patience: float = PATIENCE

    def __init__(self, portal: str, account: str, pages: list[str], cells: list[str], seed: int) -> None:
        self.portal, self.account, self.pages, self.cells = portal, account, pages, cells
        self.rng = Random(seed)
        self.browser = requests.Session()
        # Seconds lie between two steps, so a server has closed by then what a browser would open anew.
        self.browser.headers["Connection"] = "close"
        self.journal = Journal()

    def sign_in(self) -> None:
        """By the demo's button."""
        page = self.browser.get(f"{self.portal}/anmelden/", timeout=self.patience)
        form = Fields("/anmelden/demo/")
        form.feed(page.text)
        answer = self.browser.post(
            f"{self.portal}/anmelden/demo/", {**form.values, "account": self.account}, timeout=self.patience
        )
        answer.raise_for_status()

    def act(self) -> None:
        """One step: mostly a page is read, sometimes a cell is edited."""
        try:
            if self.cells and self.rng.random() < SHARE_OF_WRITES:
                self._write(self.rng.choice(self.cells))
            else:
                self._ask("GET", self.rng.choice(self.pages))
        except requests.RequestException as error:
            self.journal.faults.append(f"{type(error).__name__} {error}"[:200])

    def _write(self, path: str) -> None:
        form = Fields(path)
        form.feed(self._ask("GET", path).text)
        note = f"Drill {uuid.uuid4()}"
        self.journal.sent.append(note)
        answer = self._ask("POST", path, {**form.values, "note": note})
        if answer.status_code == requests.codes.found:
            self.journal.saved.append(note)
        elif answer.status_code == requests.codes.conflict:
            self.journal.conflicts += 1
        else:
            self.journal.faults.append(f"{answer.status_code} POST {path}")

    def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> requests.Response:
        begin = time.perf_counter()
        answer = self.browser.request(
            method, self.portal + path, data=data, timeout=self.patience, allow_redirects=False
        )
        self.journal.answers.append((datetime.now(UTC), time.perf_counter() - begin))
        if method == "GET" and answer.status_code != requests.codes.ok:
            self.journal.faults.append(f"{answer.status_code} GET {path}")
        return answer
