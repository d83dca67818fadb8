"""What a table would change in the portal, row by row. Nothing is written; the number of queries is fixed but
for the forms of the rows that change."""

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.imports.forms import form_for, form_for_new, stored
from measures.imports.tables import HEADINGS, KEYS, MATRIX, MEASURE, MODELS, Table, problems_of
from measures.imports.words import BadValue, Words, plain, read_number, read_text
from measures.models import Measure, RolloutCell
from network.models import Municipality
from smartregion.base.history import event_model

MOST_ERRORS: Final = 500
MOST_CHANGES: Final = 5_000
NUMBERED: Final = re.compile(r"(.*?)(\d+)")
Progress = Callable[[int], None]


@dataclass
class Found:
    """Plans (rows that would be changed or made), errors with their place, and remarks.

    `tried` counts the forms that were filled, which is what takes time.
    """

    plans: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: int = 0
    tried: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "plans": self.plans,
            "errors": self.errors[:MOST_ERRORS],
            "number_of_errors": len(self.errors),
            "notes": self.notes,
            "unchanged": self.unchanged,
            "visibility": sum("visibility" in plan["values"] for plan in self.plans),
        }


def check(tables: list[Table], *, by: Any, report: Progress = lambda percent: None) -> Found:
    """Compare the tables with the portal as it stands.

    Args:
        by: who would do it; rows that they cannot see are not there.
        report: is told the percentage that is done.
    """
    found = Found()
    lists = [table for table in tables if table.kind != MATRIX]
    total = sum(len(table.sheet.rows) for table in lists) or 1
    done = 0
    rows_by_kind = {kind: _Rows(kind, [t for t in lists if t.kind == kind], by) for kind in MODELS}
    for table in lists:
        if problems := problems_of(table):
            found.errors += [_error(table, table.head + 1, "", problem) for problem in problems]
            continue
        comparison = _Comparison(table, rows_by_kind[table.kind], found)
        for number, row in table.rows():
            comparison.take(number, row)
            done += 1
            if done % 200 == 0:
                report(100 * done // total)
        found.notes += comparison.notes()
    for table in tables:
        if table.kind == MATRIX:
            found.notes += _matrix_notes(table, found, by)
    return found


def _error(table: Table, number: int, column: str, text: str) -> dict[str, Any]:
    return {"sheet": table.sheet.name, "row": number, "column": column, "text": text}


class _Rows:
    """The portal's rows that the tables of one kind speak of, fetched at once and found by their keys."""

    def __init__(self, kind: str, tables: list[Table], by: Any) -> None:
        keys, numbers = set(), set()
        self.versions: dict[int, int] = {}
        for table in tables:
            for _number, row in table.rows():
                key, version = _number_in(table, row, "key"), _number_in(table, row, "version")
                keys.add(key)
                numbers.add(read_safely(table.cell(row, "no")))
                if key and version:
                    self.versions[key] = version
        keys -= {None}
        if kind == MEASURE:
            wanted = Measure.objects.visible_to(by)
            if not any(table.is_foreign for table in tables):
                wanted = wanted.filter(Q(pk__in=keys) | Q(no__in=numbers))
            rows: list[Any] = list(wanted.prefetch_related("guidelines"))
            self.by_name: dict[tuple[str, ...], Any] = {(row.no,): row for row in rows}
            self.by_title = {plain(row.title): row for row in rows}
        else:
            cells = RolloutCell.objects.visible_to(by).filter(Q(pk__in=keys) | Q(measure__no__in=numbers))
            rows = list(cells.select_related("measure", "municipality")) if tables else []
            self.by_name = {(row.measure.no, row.municipality.ags): row for row in rows}
        self.by_key = {row.pk: row for row in rows}
        self.places = {plain(name): ags for name, ags in Municipality.objects.values_list("name", "ags")}
        self.bases = self._bases(kind)

    def _bases(self, kind: str) -> dict[int, Any]:
        """Rows that were changed in the portal since the table was made: as they stood then."""
        stale = {
            pk: version
            for pk, version in self.versions.items()
            if pk in self.by_key and self.by_key[pk].version != version
        }
        events = event_model(MODELS[kind])._base_manager
        read: Any = events.filter(pgh_obj_id__in=stale, version__in=set(stale.values())) if stale else ()
        bases = {}
        for event in read:
            if event.version == stale[event.pgh_obj_id]:
                bases[event.pgh_obj_id] = event
        return bases


def _number_in(table: Table, row: list[Any], name: str) -> int | None:
    try:
        return read_number(table.cell(row, name))
    except BadValue:
        return None


def read_safely(cell: Any) -> str:
    try:
        return read_text(cell)
    except BadValue:
        return ""


class _Comparison:
    """Goes through one table's rows and adds what it finds."""

    def __init__(self, table: Table, rows: _Rows, found: Found) -> None:
        self.table, self.rows, self.found = table, rows, found
        self.words = Words(table.words)
        self.model: Any = MODELS[table.kind]
        self.names = [name for name in HEADINGS[table.kind] if name in table.columns]
        self.seen: dict[Any, int] = {}
        self.free_numbers = _free_numbers() if table.is_foreign and "no" not in table.columns else None

    def take(self, number: int, row: list[Any]) -> None:
        before = len(self.found.errors)
        try:
            existing = self._row_of(row)
        except BadValue as problem:
            self._add_error(number, "key", str(problem))
            return
        values = dict(self._values(number, row, is_new=existing is None))
        if len(self.found.errors) > before or not self._is_first(number, existing, values):
            return
        if self.found.tried >= MOST_CHANGES:
            self._add_error(
                number, "", _("Mehr als %d geänderte Zeilen. Bitte teilen Sie die Datei auf.") % MOST_CHANGES
            )
            return
        if existing is None:
            self._plan_new(number, values)
        else:
            self._plan(number, existing, values)

    def _add_error(self, number: int, name: str, text: str) -> None:
        column = self.table.column(name) or KEYS.get(name, "")
        self.found.errors.append(_error(self.table, number, column, text))

    def _row_of(self, row: list[Any]) -> Any:
        """The portal's row that this one speaks of; None for a new measure.

        Raises:
            BadValue: there is none, or the row contradicts itself.
        """
        table, rows = self.table, self.rows
        key = read_number(table.cell(row, "key"))
        if key and key not in rows.by_key:
            raise BadValue(
                _("Den Schlüssel %d gibt es nicht (mehr). Für eine neue Maßnahme lassen Sie ihn leer.") % key
            )
        no = read_text(table.cell(row, "no"))
        if table.kind == MEASURE:
            by_title = rows.by_title.get(plain(table.cell(row, "title"))) if table.is_foreign else None
            return rows.by_key[key] if key else rows.by_name.get((no,), by_title if not no else None)
        ags = read_safely(table.cell(row, "ags"))
        ags = ags.zfill(8) if ags else rows.places.get(plain(table.cell(row, "place")), "")
        by_name = rows.by_name.get((no, ags))
        if key and (by_name is None or by_name.pk == key):
            if no not in {"", rows.by_key[key].measure.no}:
                raise BadValue(_("Der Schlüssel %d gehört nicht zur Maßnahme „%s“.") % (key, no))
            if ags not in {"", rows.by_key[key].municipality.ags}:
                raise BadValue(_("Der Schlüssel %d gehört nicht zu dieser Kommune.") % key)
            return rows.by_key[key]
        if key:
            raise BadValue(_("Der Schlüssel %d gehört nicht zu dieser Maßnahme und Kommune.") % key)
        if by_name is None:
            raise BadValue(
                _("Zur Maßnahme „%(no)s“ und Kommune „%(place)s“ gibt es im Portal keinen Stand.")
                % {"no": no, "place": read_safely(table.cell(row, "place")) or ags}
            )
        return by_name

    def _values(self, number: int, row: list[Any], *, is_new: bool) -> Iterator[tuple[str, Any]]:
        """What the row says of each field. For a new one or in a foreign list, an empty cell says nothing."""
        for name in self.names:
            cell = self.table.cell(row, name)
            is_empty = not str(cell).strip() or self.words.says_nothing(name, cell)
            if is_empty and (is_new or self.table.is_foreign):
                continue
            try:
                yield name, self.words.read(self.model._meta.get_field(name), cell)
            except BadValue as problem:
                self._add_error(number, name, str(problem))

    def _is_first(self, number: int, existing: Any, values: dict[str, Any]) -> bool:
        mark = existing.pk if existing else ("new", values.get("no", number))
        first = self.seen.setdefault(mark, number)
        if first != number:
            self._add_error(number, "no", _("Dasselbe steht schon in Zeile %d.") % first)
        return first == number

    def _plan(self, number: int, row: Any, values: dict[str, Any]) -> None:
        """What of it differs from the portal, unless only the portal has moved on since the export."""
        base = self.rows.bases.get(row.pk, row)
        changed = {}
        for name, value in values.items():
            current, read = self._stored(row, name), self._stored(base, name)
            if _same(value, current) or _same(value, read):
                continue
            if not _same(current, read):
                show = [self.words.show(self.model._meta.get_field(name), each) for each in (current, value)]
                text = _(
                    "Inzwischen steht im Portal „%s“, in der Datei „%s“. Bitte gleichen Sie die Datei an."
                )
                self._add_error(number, name, text % (show[0][:80], show[1][:80]))
                return
            changed[name] = value
        if not changed:
            self.found.unchanged += 1
            return
        shown = self._shown(row, changed)
        form = form_for(self.table.kind, copy(row), changed, _("Import"))
        if self._is_valid(number, form):
            self._add_plan(number, changed, shown, title=str(row), row=row)

    def _stored(self, row: Any, name: str) -> Any:
        value = getattr(row, self.model._meta.get_field(name).attname)
        return read_text(value) if isinstance(value, str) else value

    def _plan_new(self, number: int, values: dict[str, Any]) -> None:
        if self.table.is_foreign:
            values = {**self.table.defaults, **values}
            values.setdefault("summary", values.get("title", ""))
        if self.free_numbers:
            values["no"] = next(self.free_numbers)
        values = {name: values[name] for name in HEADINGS[MEASURE] if name in values}
        if self._is_valid(number, form_for_new(values)):
            title = " ".join(str(values[name]) for name in ("no", "title"))
            self._add_plan(number, values, self._shown(Measure(), values), title=title)

    def _shown(self, row: Any, values: dict[str, Any]) -> list[list[str]]:
        shown = []
        for name, value in values.items():
            field_of_row: Any = self.model._meta.get_field(name)
            before = self.words.show(field_of_row, getattr(row, field_of_row.attname)) if row.pk else "–"
            shown.append([str(field_of_row.verbose_name), before, self.words.show(field_of_row, value)])
        return shown

    def _is_valid(self, number: int, form: Any) -> bool:
        self.found.tried += 1
        if form.is_valid():
            return True
        for name, texts in form.errors.items():
            column = self.table.column(name)
            for text in texts:
                missing = column and name not in self.table.columns
                hint = _(" (Spalte „%s“ fehlt in der Datei.)") % column if missing else ""
                self._add_error(number, name, f"{text}{hint}")
        return False

    def _add_plan(
        self, number: int, values: dict[str, Any], shown: list[list[str]], *, title: str, row: Any = None
    ) -> None:
        self.found.plans.append(
            {
                "kind": self.table.kind,
                "pk": row and row.pk,
                "version": row and row.version,
                "sheet": self.table.sheet.name,
                "row": number,
                "title": title,
                "url": row.get_absolute_url() if row else "",
                "values": {name: stored(value) for name, value in values.items()},
                "shown": shown,
            }
        )

    def notes(self) -> Iterator[str]:
        """Which columns were not read, and what cannot be noticed without their version."""
        sheet = self.table.sheet.name
        read = {self.table.columns[name] for name in (*self.names, *KEYS) if name in self.table.columns}
        left = [heading for index, heading in enumerate(self.table.headings) if heading and index not in read]
        if left:
            yield _("Blatt „%(sheet)s“: nicht gelesen werden die Spalten %(columns)s.") % {
                "sheet": sheet,
                "columns": ", ".join(left[:30]),
            }
        if not self.table.is_foreign and "version" not in self.table.columns:
            yield (
                _(
                    "Blatt „%s“ hat keine Spalte „Version“: Was sich seit dem Export im Portal geändert hat, "
                    "sieht aus wie eine Änderung der Datei. Bitte prüfen Sie die Werte genau."
                )
                % sheet
            )


def _same(one: Any, other: Any) -> bool:
    """Tabs within a cell get lost on the way through an ODS."""
    if isinstance(one, str) and isinstance(other, str):
        return one.replace("\t", "") == other.replace("\t", "")
    return bool(one == other)


def _free_numbers() -> Iterator[str]:
    """Numbers that go on after the highest one, in its manner: after "M-14" comes "M-15"."""
    taken = set(Measure.objects.values_list("no", flat=True))
    known = [found for no in taken if (found := NUMBERED.fullmatch(no))]
    last = max(known, key=lambda found: int(found[2]), default=None)
    before, digits = (last[1], last[2]) if last else ("M-", "00")
    number = int(digits)
    while True:
        number += 1
        if (no := f"{before}{number:0{len(digits)}d}") not in taken:
            yield no


def _matrix_notes(table: Table, found: Found, by: Any) -> Iterator[str]:
    """The matrix is not read; say so where a stage in it is another one than the portal will hold."""
    numbers = {read_safely(table.cell(row, "no")) for _number, row in table.rows()}
    cells = RolloutCell.objects.visible_to(by).filter(measure__no__in=numbers)
    stages = {
        (no, name): stage
        for no, name, stage in cells.values_list("measure__no", "municipality__name", "stage")
    }
    planned = {plan["pk"]: plan["values"]["stage"] for plan in found.plans if "stage" in plan["values"]}
    if planned:
        names = RolloutCell.objects.filter(pk__in=planned)
        for pk, no, name in names.values_list("pk", "measure__no", "municipality__name"):
            stages[no, name] = planned[pk]
    labels = {stage.value: plain(stage.label) for stage in RolloutCell.Stage}
    other = []
    for number, row in table.rows():
        no = read_safely(table.cell(row, "no"))
        for heading, cell in zip(table.headings, row, strict=False):
            stage = stages.get((no, heading))
            if stage and plain(cell) != labels[stage]:
                other.append(_("Zeile %(row)d, %(place)s") % {"row": number, "place": heading})
    if other:
        yield ngettext(
            "Im Blatt „%(sheet)s“ weicht ein Feld ab (%(places)s). Dieses Blatt wird nicht gelesen: "
            "Bitte ändern Sie die Stufe im Blatt „Einzelwerte“.",
            "Im Blatt „%(sheet)s“ weichen %(number)d Felder ab (%(places)s). Dieses Blatt wird nicht "
            "gelesen: Bitte ändern Sie Stufen im Blatt „Einzelwerte“.",
            len(other),
        ) % {"sheet": table.sheet.name, "number": len(other), "places": "; ".join(other[:5])}
