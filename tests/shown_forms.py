"""The forms of a page as a browser would send them, read from its HTML; and the queries of its links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.participation.open import stamp

Attributes = dict[str, str]
TYPED: dict[str, Any] = {
    "no": "M-77",
    "stamp": stamp()["stamp"],
    "overall": 2,
    "subject": "Hinweis",
    "title": "Titel",
    "summary": "Text",
    "planned_date": "2024-05-01",
    "weight": 1,
    "sector": "science",
    "function": "Leitung",
    "on": "2024-05-01",
    "text": "Text",
    "group": "county",
    "starts_at": "2024-05-01T10:00",
    "kind": "motion",
    "wording": "Wortlaut",
    "outcome": "adopted",
    "reason": "Grund",
    "period": "eigener",
    "start": "2024-01-01",
    "end": "2024-12-31",
    "reason_for_change": "Grund",
    "reference": "DR-1",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "due_on": "2024-05-01",
    "amount": "1.573,45",
    "note": "Auftrag",
    "name": "Programm",
    "funding_body": "Land",
    "endpoint": "https://ris.example.org/system",
    "url": "https://example.org/",
    "owner": "Leitung",
    "present": "Leitung",
    "again": "ein langes Passwort 15",
    "review_comment": "Bitte ergänzen",
    "likelihood": 3,
    "impact": 3,
    "at": "09:00",
    "count": 3,
    "what": "Bericht",
    "evidence": "Bericht liegt vor",
    "reported_on": "2024-05-01",
    "unit": "Stück",
    "source": "Statistik",
    "collected_from": "2024-01-01",
    "value": "5",
    "decimals": 0,
    "expires_on": "2024-05-01",
}
"""What somebody could type into a form that is empty."""
TYPED_BY_KIND = {
    "date": "2024-05-01",
    "datetime-local": "2024-05-01T10:00",
    "time": "09:00",
    "email": "wer@example.org",
    "url": "https://example.org/",
    "number": "1",
    "hidden": "",
    "checkbox": "",
}
TOO_YOUNG = {"stamp"}
"""Refused in a form that was shown just now."""


@dataclass
class ShownField:
    """`values` are sent as the page stands, `choices` can be."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def filled(self) -> list[str]:
        """As somebody would leave it who fills in the form."""
        if any(self.values) and self.name not in TOO_YOUNG:
            return self.values
        if self.kind == "checkbox":
            return []
        known = TYPED.get(self.name) or next(filter(None, self.choices), None)
        return [str(known if known is not None else TYPED_BY_KIND.get(self.kind, "Text"))]


@dataclass
class ShownForm:
    action: str
    method: str
    fields: dict[str, ShownField] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, frozenset[str]]:
        return self.action, self.method, frozenset(self.fields)

    def add(self, tag: str, attributes: Attributes) -> ShownField:
        """One more control of this name; a button is a choice, the first one is pressed."""
        kind = attributes.get("type", "text" if tag == "input" else tag)
        name, value = attributes["name"], attributes.get("value", "")
        found = self.fields.setdefault(name, ShownField(name, kind))
        if kind in {"radio", "checkbox", "submit", "button"}:
            found.choices.append(value or "on")
            if "checked" in attributes or (tag == "button" and not found.values):
                found.values.append(value or "on")
        elif tag == "input":
            found.values.append(value)
        return found


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[ShownForm] = []
        self.by_id: dict[str, ShownForm] = {}
        self.open_form: ShownForm | None = None
        self.open_field: ShownField | None = None
        self.queries: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(attributes)
        elif tag in {"input", "select", "textarea", "button"} and attributes.get("name"):
            form = self.by_id.get(attributes.get("form", ""), self.open_form)
            self.open_field = form.add(tag, attributes) if form else None
        elif tag == "option" and self.open_field:
            self.open_field.choices.append(attributes.get("value", ""))
            if "selected" in attributes:
                self.open_field.values.append(attributes.get("value", ""))
        elif tag == "a":
            self.queries.append(attributes.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open_form = None
        elif tag in {"select", "textarea"}:
            self.open_field = None

    def handle_data(self, data: str) -> None:
        if self.open_field and self.open_field.kind == "textarea":
            self.open_field.values = ["".join([*self.open_field.values, data]).lstrip("\n")]

    def _begin(self, attributes: Attributes) -> None:
        """A form that keeps drafts sends the same to their address."""
        action = urljoin(self.address, attributes.get("action") or self.address)
        self.open_form = ShownForm(action, attributes.get("method", "get").lower())
        self.forms.append(self.open_form)
        self.by_id[attributes.get("id", "")] = self.open_form
        if draft := attributes.get("data-draft"):
            self.forms.append(ShownForm(draft, "post", self.open_form.fields))


def forms_on(html: str, address: str) -> list[ShownForm]:
    """Those that are sent somewhere."""
    return [form for form in _read(html, address).forms if form.method in {"get", "post"}]


def queries_on(html: str, address: str) -> Iterator[tuple[str, list[str]]]:
    """Paths to which the page leads with a query, and the names in it."""
    reader = _read(html, address)
    for href in reader.queries:
        target = urlsplit(urljoin(f"http://testserver{address}", href))
        if target.hostname == "testserver" and target.query:
            yield target.path, [name for name, _value in parse_qsl(target.query, keep_blank_values=True)]
    for form in reader.forms:
        if form.method == "get" and form.fields:
            yield urlsplit(form.action).path, list(form.fields)


def _read(html: str, address: str) -> _Reader:
    reader = _Reader(address)
    reader.feed(html)
    return reader
