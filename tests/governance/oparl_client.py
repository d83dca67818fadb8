"""A reader of OParl that knows the specification and nothing of this portal: it follows every link."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

import jsonschema
import requests

from tests.standards import OPARL

SCHEMA = "https://schema.oparl.org/1.1/"
Json = dict[str, Any]
ERRATA = {("Paper", "body"): "paper"}
"""Where the published schema names the wrong counterpart (it says "meeting")."""


def schema_of(type_url: str) -> Json:
    schema: Json = json.loads((OPARL / f"{type_url.removeprefix(SCHEMA)}.json").read_text())
    return schema


class Reader:
    """`objects` holds all that was met, by address: what a link leads to and what is told within another."""

    def __init__(self, system: str) -> None:
        self.objects: dict[str, Json] = {}
        self.references: list[tuple[str, str, str]] = []
        self.lists: dict[str, list[Json]] = {}
        self.told_elsewhere: list[Json] = []
        self._waiting = deque([system])
        while self._waiting:
            self._visit(self._waiting.popleft())

    def of(self, word: str) -> list[Json]:
        return [entry for entry in self.objects.values() if entry["type"] == f"{SCHEMA}{word}"]

    def _visit(self, address: str) -> None:
        if address not in self.objects:
            found = get(address)
            assert found["id"] == address
            self._take(found)

    def _take(self, found: Json) -> None:
        self.objects[found["id"]] = found
        properties = schema_of(found["type"])["properties"]
        for name, value in found.items():
            if name in properties:
                self._follow(found["id"], name, value, properties[name])

    def _follow(self, source: str, name: str, value: Any, rule: Json) -> None:
        if rule.get("references") == "externalList":
            self.lists[value] = list(pages(value))
            for entry in self.lists[value]:
                self._meet(entry)
            return
        item = rule.get("items", rule)
        for one in value if isinstance(value, list) else [value]:
            if "schema" in item and isinstance(one, dict):
                self._meet(one)
            elif "references" in rule or "references" in item:
                self.references.append((source, name, one))
                self._waiting.append(one)

    def _meet(self, entry: Json) -> None:
        """An object within another one or in a list has an address of its own."""
        self.told_elsewhere.append(entry)
        self._waiting.append(entry["id"])

    def unlike(self) -> list[str]:
        """Objects that are told otherwise within another one or in a list than at their own address."""
        return [entry["id"] for entry in self.told_elsewhere if entry != self.objects[entry["id"]]]

    def invalid(self) -> list[str]:
        problems = []
        for entry in self.objects.values():
            schema = {key: rule for key, rule in schema_of(entry["type"]).items() if key != "title"}
            checker = jsonschema.Draft7Validator(schema)
            problems += [f"{entry['id']}: {error.message}" for error in checker.iter_errors(entry)]
            problems += [
                f"{entry['id']}: without {name}" for name in ("created", "modified") if name not in entry
            ]
        return problems

    def one_sided(self) -> list[str]:
        """References whose counterpart, which the schema names, does not lead back."""
        found = []
        for source, name, target in self.references:
            word = self.objects[source]["type"].removeprefix(SCHEMA)
            rule = schema_of(self.objects[source]["type"])["properties"][name]
            back = ERRATA.get((word, name), rule.get("backreference"))
            is_known = back and back in schema_of(self.objects[target]["type"])["properties"]
            if is_known and source not in self._targets(target, back):
                found.append(f"{source} {name} {target} {back}")
        return found

    def _targets(self, source: str, name: str) -> set[str]:
        value = self.objects[source].get(name, [])
        if isinstance(value, str) and value in self.lists:
            return {entry["id"] for entry in self.lists[value]}
        values = value if isinstance(value, list) else [value]
        return {one["id"] if isinstance(one, dict) else one for one in values}


def get(address: str) -> Json:
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found: Json = answer.json()
    return found


def pages(address: str) -> Iterator[Json]:
    """All objects of a list, by the links from page to page."""
    following: str | None = address
    while following:
        page = get(following)
        yield from page["data"]
        following = page["links"].get("next")
