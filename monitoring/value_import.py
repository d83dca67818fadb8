"""Tables of values: what one would change in the portal, doing it, and taking it back. All or nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.imports.words import BadValue, plain, read_day, read_text
from monitoring.due import is_for
from monitoring.models import Indicator, IndicatorValue, ValueImport
from monitoring.plausibility import doubts
from monitoring.services.indicators import Outcome, Reading, record, take_back
from network.models import Municipality
from smartregion.base.editing import TAKEN
from smartregion.base.figures import FigureField, plain_figure
from smartregion.base.history import recorded
from smartregion.base.tables import Sheet
from smartregion.base.versioned import EditConflict

HEADINGS: Final = {
    "key": "Kürzel",
    "name": "Indikator",
    "place": "Kommune",
    "ags": "Amtlicher Gemeindeschlüssel",
    "period": "Zeitraum",
    "on": "Wert vom",
    "value": "Wert",
    "unit": "Einheit",
    "note": "Anmerkung",
    "reason": "Grund der Berichtigung",
}
"""The columns of the export and the template; name, period and unit are only read by people."""
NEEDED: Final = ("key", "on", "value")
NO_VALUE: Final = "kein Wert"
MOST_LINES: Final = 2_000
MOST_ERRORS: Final = 200
ROWS_BEFORE_HEADINGS: Final = 15


class Refused(Exception):
    """Nothing was written; the German message says why."""


@dataclass
class Found:
    """What a table says: what would be written, errors by line, and how many lines say nothing new."""

    plans: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "plans": self.plans,
            "errors": self.errors[:MOST_ERRORS],
            "number_of_errors": len(self.errors),
            "unchanged": self.unchanged,
        }


def check(sheets: list[Sheet], *, by: Any) -> Found:
    """Compare the first sheet that has our headings with the portal as it stands.

    Raises:
        Refused: there is none, or it is too long.
    """
    for sheet in sheets:
        for head, row in enumerate(sheet.rows[:ROWS_BEFORE_HEADINGS]):
            columns = {plain(cell): index for index, cell in reversed(list(enumerate(row)))}
            if all(plain(HEADINGS[name]) in columns for name in NEEDED):
                lines = [
                    (number, cells)
                    for number, cells in enumerate(sheet.rows[head + 1 :], start=head + 2)
                    if any(str(cell).strip() for cell in cells)
                ]
                if len(lines) > MOST_LINES:
                    raise Refused(
                        _("Die Tabelle hat mehr als %d Zeilen. Bitte teilen Sie sie auf.") % MOST_LINES
                    )
                return _Check(columns, by).of(lines)
    raise Refused(
        _("Die Spalten „%s“ fehlen. Bitte nehmen Sie die Vorlage oder einen Export der Werte.")
        % "“, „".join(HEADINGS[name] for name in NEEDED)
    )


class _Check:
    """Goes through the lines of a table."""

    def __init__(self, columns: dict[str, int], by: Any) -> None:
        self.columns = columns
        entered = Indicator.objects.entered_by(by).with_definition()
        self.indicators = {row.key: row for row in entered}
        self.by = by
        places = list(Municipality.objects.defer("boundary"))
        self.places = {plain(row.name): row for row in places} | {row.ags: row for row in places}
        self.stored: dict[tuple[Any, ...], IndicatorValue] = {}
        self.series: dict[tuple[Any, ...], list[IndicatorValue]] = defaultdict(list)
        self.seen: dict[tuple[Any, ...], int] = {}
        self.found = Found()

    def of(self, lines: list[tuple[int, list[Any]]]) -> Found:
        keys = {self._text(cells, "key", safely=True) for _number, cells in lines}
        rows = IndicatorValue.objects.filter(indicator__key__in=keys).order_by("on")
        self.stored = {(row.indicator_id, row.municipality_id, row.on): row for row in rows}
        for row in self.stored.values():
            self.series[row.indicator_id, row.municipality_id].append(row)
        for number, cells in lines:
            try:
                self._line(number, cells)
            except BadValue as problem:
                self._wrong(number, str(problem))
            except ValidationError as refusal:
                self._wrong(number, " ".join(refusal.messages))
        return self.found

    def _wrong(self, number: int, text: str) -> None:
        self.found.errors.append({"row": number, "text": text})

    def _cell(self, cells: list[Any], name: str) -> Any:
        index = self.columns.get(plain(HEADINGS[name]))
        return cells[index] if index is not None and index < len(cells) else ""

    def _text(self, cells: list[Any], name: str, *, safely: bool = False) -> str:
        try:
            return read_text(self._cell(cells, name))
        except BadValue:
            if safely:
                return ""
            raise

    def _line(self, number: int, cells: list[Any]) -> None:
        said, note = self._cell(cells, "value"), self._text(cells, "note")
        if str(said).strip() == "" and not note:
            return
        indicator = self._indicator(self._text(cells, "key"))
        place = self._place(cells, indicator)
        on = read_day(self._cell(cells, "on"))
        if on is None:
            raise BadValue(_("Der Tag fehlt (Spalte „%s“).") % HEADINGS["on"])
        value = read_value(said)
        key = (indicator.pk, place and place.pk, on)
        if key in self.seen:
            raise BadValue(_("Dieser Wert steht schon in Zeile %d.") % self.seen[key])
        self.seen[key] = number
        self._compare(number, indicator, place, on, value, note, self._text(cells, "reason"))

    def _indicator(self, key: str) -> Indicator:
        if key not in self.indicators:
            raise BadValue(
                _("Einen Indikator mit dem Kürzel „%s“, für den Sie Werte eintragen, gibt es nicht.")
                % key[:60]
            )
        return self.indicators[key]

    def _place(self, cells: list[Any], indicator: Indicator) -> Municipality | None:
        word = self._text(cells, "ags").zfill(8) if self._text(cells, "ags") else self._text(cells, "place")
        if not indicator.per_municipality:
            if word:
                raise BadValue(_("Dieser Indikator wird nicht je Kommune erhoben."))
            return None
        place = self.places.get(plain(word))
        if place is None or not is_for(self.by, indicator, place.pk):
            raise BadValue(_("Eine Kommune „%s“, für die Sie Werte eintragen, gibt es nicht.") % word[:60])
        return place

    def _compare(  # noqa: PLR0917
        self,
        number: int,
        indicator: Indicator,
        place: Municipality | None,
        on: date,
        value: Decimal | None,
        note: str,
        reason: str,
    ) -> None:
        stored = self.stored.get((indicator.pk, place and place.pk, on))
        if stored and plain(HEADINGS["note"]) not in self.columns:
            note = stored.note
        if stored and (stored.value, stored.note) == (value, note):
            self.found.unchanged += 1
            return
        if stored and not reason:
            raise BadValue(
                _(
                    "Bisher steht hier „%(before)s“. Eine Berichtigung braucht einen Grund (Spalte "
                    "„%(column)s“)."
                )
                % {"before": in_words(stored.value), "column": HEADINGS["reason"]}
            )
        row = IndicatorValue(
            pk=stored.pk if stored else None,
            indicator=indicator,
            municipality=place,
            on=on,
            value=value,
            note=note,
        )
        row.clean_fields()
        row.clean()
        if value is None and not note:
            raise BadValue(_("Kein Wert braucht eine Anmerkung, warum es keinen gibt."))
        self.found.plans.append(
            {
                "row": number,
                "indicator": indicator.pk,
                "name": indicator.name,
                "url": indicator.get_absolute_url(),
                "municipality": place and place.pk,
                "place": place.name if place else "",
                "on": on.isoformat(),
                "day": f"{on:%d.%m.%Y}",
                "value": None if value is None else str(value),
                "shown": in_words(value),
                "before": in_words(stored.value) if stored else "",
                "note": note,
                "doubt": self._doubt(row),
                "reason": reason,
                "version": stored.version if stored else None,
            }
        )

    def _doubt(self, row: IndicatorValue) -> str:
        """What makes the value unlikely, beside the last one that the portal knows."""
        if row.value is None:
            return ""
        series = self.series[row.indicator_id, row.municipality_id]
        earlier = [each.value for each in series if each.value is not None and each.on < row.on]
        return " ".join(doubts(row.indicator.unit, row.value, earlier[-1] if earlier else None))


def read_value(cell: Any) -> Decimal | None:
    """The number in a cell; None where it says that there is no value.

    Raises:
        BadValue: it is no number.
    """
    if isinstance(cell, bool | date):
        raise BadValue(_("„%s“ ist keine Zahl.") % str(cell)[:60])
    if isinstance(cell, int | float):
        cell = repr(round(cell, 9)).replace(".", ",")
    text = str(cell).strip()
    if not text or plain(text) == plain(NO_VALUE):
        return None
    try:
        return FigureField().clean(text)
    except ValidationError:
        raise BadValue(_("„%s“ ist keine Zahl.") % text[:60]) from None


def in_words(value: Decimal | None) -> str:
    return NO_VALUE if value is None else plain_figure(value)


def take_in(*, file_name: str, found: Found, by: Any) -> ValueImport:
    return ValueImport.objects.create(file_name=file_name[-200:], found=found.as_json(), uploaded_by=by)


def apply(*, value_import: ValueImport, by: Any, is_sure: bool = False) -> None:
    """Write every plan.

    Args:
        is_sure: somebody has confirmed the values that are unlikely.

    Raises:
        Refused: there are errors or unlikely values that nobody confirmed, or a value was changed since it
            was checked or may not be written now.
    """
    with transaction.atomic():
        held = _held(value_import, ValueImport.State.CHECKED)
        if held.found["number_of_errors"] or not held.found["plans"]:
            raise Refused(_("Es gibt nichts zu übernehmen."))
        if held.number_of_doubts and not is_sure:
            raise Refused(_("Bitte bestätigen Sie, dass die ungewöhnlichen Werte stimmen."))
        held.result = list(_written(held, by))
        held.state, held.applied_at = ValueImport.State.APPLIED, now()
        held.save()


def _written(held: ValueImport, by: Any) -> Iterator[dict[str, Any]]:
    indicators = Indicator.objects.entered_by(by).in_bulk([plan["indicator"] for plan in held.found["plans"]])
    places = Municipality.objects.defer("boundary").in_bulk()
    for plan in held.found["plans"]:
        line = _("Zeile %(row)d (%(name)s)") % plan
        indicator = indicators.get(plan["indicator"])
        if indicator is None:
            raise Refused(_("%s: Diesen Indikator gibt es nicht mehr.") % line)
        reading = Reading(
            indicator=indicator,
            municipality=places.get(plan["municipality"]),
            on=date.fromisoformat(plan["on"]),
            value=None if plan["value"] is None else Decimal(plan["value"]),
            note=plan["note"],
            reason=plan["reason"] or str(held),
        )
        _check_right(by, indicator, reading.municipality, line)
        try:
            row, outcome = record(reading, way=IndicatorValue.Way.IMPORT, by=by, version=plan["version"])
        except EditConflict:
            raise Refused(_("%s: Der Wert wurde inzwischen geändert.") % line) from None
        except ValidationError as refusal:
            raise Refused(f"{line}: {' '.join(refusal.messages)}") from None
        except IntegrityError:
            raise Refused(f"{line}: {TAKEN}") from None
        if outcome != Outcome.SAME:
            yield {"pk": row.pk, "version": row.version, "is_new": outcome == Outcome.NEW}


def _check_right(by: Any, indicator: Indicator, place: Municipality | None, line: str) -> None:
    """Rights may have changed since the table was checked."""
    if not by.has_perm("monitoring.change_value", IndicatorValue(indicator=indicator, municipality=place)):
        raise Refused(_("%s: Diesen Wert dürfen Sie nicht mehr ändern.") % line)


def undo(*, value_import: ValueImport, by: Any) -> None:
    """Give all values back what they were before; remove the new ones.

    Raises:
        Refused: it was not applied, or a value was changed since.
    """
    reason = _("%s zurückgenommen") % value_import
    with recorded(by=by, reason=reason):
        held = _held(value_import, ValueImport.State.APPLIED)
        rows = IndicatorValue.objects.filter(pk__in=[entry["pk"] for entry in held.result])
        for row in rows.select_related("indicator", "municipality"):
            _check_right(by, row.indicator, row.municipality, row.indicator.name)
        try:
            take_back(held.result, by=by, reason=reason)
        except (EditConflict, ObjectDoesNotExist):
            raise Refused(_("Ein Wert wurde seitdem geändert oder entfernt.")) from None
        except ValidationError as refusal:
            raise Refused(" ".join(refusal.messages)) from None
        held.state = ValueImport.State.UNDONE
        held.save()


def discard(*, value_import: ValueImport) -> None:
    """Forget an import that has written nothing.

    Raises:
        Refused: it was applied.
    """
    with transaction.atomic():
        _held(value_import, ValueImport.State.CHECKED, ValueImport.State.UNDONE).delete()


def _held(value_import: ValueImport, *states: str) -> ValueImport:
    """The import, locked; so a form that is sent twice asks once."""
    held = ValueImport.objects.select_for_update().filter(pk=value_import.pk, state__in=states).first()
    if held is None:
        raise Refused(_("Das geht gerade nicht. Bitte sehen Sie, wie der Import jetzt steht."))
    return held
