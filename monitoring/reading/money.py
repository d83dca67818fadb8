"""Money on a report's page: tables whose every figure leads to the rows that it adds up."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.compile.figures import all_measures
from monitoring.reading.evidence import Evidence, Row
from monitoring.snapshot.schema import Money, MoneyEntry, MoneyFigures, Snapshot

KINDS: Final = {
    "plan": gettext_lazy("geplant"),
    "committed": gettext_lazy("gebunden"),
    "spent": gettext_lazy("abgeflossen"),
}


@dataclass(frozen=True)
class Amount:
    """Cents, or None where nobody has said anything; `evidence` is the key of the rows."""

    cents: int | None
    evidence: str


@dataclass(frozen=True)
class MoneyTable:
    key: str
    head: str
    rows: list[tuple[str, list[Amount]]]


def money_tables(money: Money | None) -> list[MoneyTable]:
    """By year, field and measure."""
    if money is None:
        return []
    years = [(str(row["year"]), str(row["year"]), row["figures"]) for row in money["years"]]
    fields = [(row["key"], row["label"], row["figures"]) for row in money["fields"]]
    measures = [(row["key"], row["label"], row["figures"]) for row in money["measures"]]
    return [
        _table("jahre", _("Jahr"), years),
        _table("felder", _("Handlungsfeld"), fields),
        _table("massnahmen", _("Maßnahme"), measures),
    ]


def sources_of(money: Money | None) -> list[tuple[str, Amount]]:
    """What is planned, by its origin."""
    rows = money["sources"] if money else []
    return [(row["label"], Amount(row["plan"], _key(row["label"], "plan"))) for row in rows]


def _table(key: str, head: str, rows: Iterable[tuple[str, str, MoneyFigures]]) -> MoneyTable:
    return MoneyTable(key, head, [(label, list(_amounts(group, figures))) for group, label, figures in rows])


def _amounts(group: str, figures: MoneyFigures) -> Iterator[Amount]:
    for kind, cents in (
        ("plan", figures["plan"]),
        ("committed", figures["committed"]),
        ("spent", figures["spent"]),
    ):
        yield Amount(cents, _key(group, kind))


def _key(group: str, kind: str) -> str:
    return f"mittel-{slugify(group)}-{kind}"


def evidence_of_money(snapshot: Snapshot) -> Iterator[Evidence]:
    """Of years, fields and origins the measures, of a measure its years and origins."""
    money = snapshot["money"]
    if money is None:
        return
    titles = {each["no"]: f"{each['no']} {each['title']}" for each in all_measures(snapshot)}
    field_of = {each["no"]: field for field in snapshot["fields"] for each in field["measures"]}
    for kind in KINDS:
        entries = [entry for entry in money["entries"] if entry["kind"] == kind]
        for year in sorted({entry["year"] for entry in entries}):
            found = [entry for entry in entries if entry["year"] == year]
            yield _by_measure(str(year), str(year), kind, found, titles)
        for field in snapshot["fields"]:
            found = [entry for entry in entries if field_of[entry["measure_no"]] is field]
            yield _by_measure(field["slug"], field["name"], kind, found, titles)
        for source in money["sources"]:
            found = [entry for entry in entries if entry["source"] == source["label"]]
            yield _by_measure(source["label"], source["label"], kind, found, titles)
        for no, title in titles.items():
            found = [entry for entry in entries if entry["measure_no"] == no]
            yield _evidence(
                no, title, kind, [Row(_of_entry(entry), "", "", entry["amount"]) for entry in found]
            )


def _by_measure(
    group: str, label: str, kind: str, entries: list[MoneyEntry], titles: dict[str, str]
) -> Evidence:
    sums = _sums(entries, lambda entry: entry["measure_no"])
    rows = [Row(titles[no], f"beleg-{_key(no, kind)}", count=cents) for no, cents in sums.items()]
    return _evidence(group, label, kind, rows)


def _sums(entries: list[MoneyEntry], key: Callable[[MoneyEntry], Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for entry in entries:
        found[key(entry)] = found.get(key(entry), 0) + entry["amount"]
    return found


def _evidence(group: str, label: str, kind: str, rows: list[Row]) -> Evidence:
    title = _("Mittel (%(group)s, %(kind)s)") % {"kind": KINDS[kind], "group": label}
    return Evidence(_key(group, kind), title, rows, is_money=True)


def _of_entry(entry: MoneyEntry) -> str:
    return f"{entry['year']}, {entry['source']}" if entry["source"] else str(entry["year"])
