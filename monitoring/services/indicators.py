"""The verbs of indicators and their values. Values arrive by form, table or program, and all pass here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import chain, count
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from monitoring.plausibility import doubts, why_impossible
from network.models import Municipality
from smartregion.base.history import event_model, recorded
from smartregion.base.text import german_slug
from smartregion.base.undo import UNDO_REASON, restore_deleted, undo_last_change
from smartregion.base.versioned import EditConflict

ADDRESSES_OF_PAGES: Final = {"neu", "erfassen", "import", "werte"}
REASON_NEEDED: Final = "reason_needed"


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value as somebody reports it. `note` None leaves an earlier note as it is."""

    indicator: Indicator
    on: date
    value: Decimal | None
    municipality: Municipality | None = None
    note: str | None = None
    reason: str = ""


def create_indicator(*, indicator: Indicator, by: Any, reason: str = "") -> Indicator:
    """Store it under a key of its own, which never changes, as programs know it by that."""
    word = german_slug(indicator.name)[:50].strip("-") or "indikator"
    taken = Indicator.objects.filter(key__startswith=word).values_list("key", flat=True)
    numbered = (f"{word}-{number}" for number in count(2))
    with recorded(by=by, reason=reason):
        indicator.key = next(
            key for key in chain([word], numbered) if key not in ADDRESSES_OF_PAGES.union(taken)
        )
        indicator.save()
    return indicator


def record(
    reading: Reading, *, way: str, by: Any, office: str = "", version: int | None = None
) -> tuple[IndicatorValue, Outcome]:
    """Store a value. The same once more changes nothing; another one for the same day is a correction.

    Args:
        office: who acted, where it was a program.
        version: of the stored row that the sender has read, None if they have read none; without meaning
            for a new row.

    Raises:
        ValidationError: it is no value that this indicator can have, or (code REASON_NEEDED) a correction
            without a reason.
        EditConflict: the stored row is another one than the sender has read.
    """
    with recorded(by=by, reason=reading.reason, office=office):
        stored = stored_value(reading)
        note = reading.note if reading.note is not None else stored.note if stored else ""
        if stored is None:
            row = IndicatorValue(
                indicator=reading.indicator,
                municipality=reading.municipality,
                on=reading.on,
                value=reading.value,
                note=note,
                way=way,
                is_example=reading.indicator.is_example,
            )
            row.full_clean()
            row.save()
            return row, Outcome.NEW
        if (stored.value, stored.note) == (reading.value, note):
            return stored, Outcome.SAME
        if version is not None and stored.version != version:
            raise EditConflict(stored)
        if not reading.reason.strip():
            raise ValidationError(
                _("Für diesen Tag gibt es schon einen anderen Wert. Eine Berichtigung braucht einen Grund."),
                code=REASON_NEEDED,
            )
        stored.value, stored.note, stored.way = reading.value, note, way
        stored.full_clean(validate_unique=False)
        return stored.save_over(stored.version), Outcome.CHANGED


def stored_value(reading: Reading) -> IndicatorValue | None:
    """What stands for the same day and place; locked, so call it in a transaction."""
    rows = IndicatorValue.objects.select_for_update(of=["self"]).select_related("indicator", "municipality")
    return rows.filter(indicator=reading.indicator, municipality=reading.municipality, on=reading.on).first()


def doubts_about(reading: Reading, *, besides: int = 0) -> list[str]:
    """What makes the value unlikely, to be asked back before it is stored; an impossible one is not asked.

    Args:
        besides: the key of the stored row that the reading corrects; 0 for a new one.
    """
    unit, value = reading.indicator.unit, reading.value
    if value is None or why_impossible(unit, value):
        return []
    earlier = IndicatorValue.objects.filter(
        indicator=reading.indicator, municipality=reading.municipality, on__lt=reading.on
    )
    known = earlier.exclude(pk=besides).exclude(value=None).order_by("-on")
    last = known.values_list("value", flat=True).first()
    return list(doubts(unit, value, last))


def withdraw_value(*, value: IndicatorValue, version: int | None, by: Any, reason: str) -> None:
    """Take back a value that was a mistake; the history keeps it with the reason.

    Raises:
        EditConflict: it was changed since it was read.
        ObjectDoesNotExist: it was taken back meanwhile.
    """
    with recorded(by=by, reason=reason):
        value.delete_over(version)


def delete_indicator(*, indicator: Indicator, version: int | None, by: Any) -> None:
    """Delete it with its targets and values.

    Raises:
        EditConflict: it was changed since it was read.
        ObjectDoesNotExist: it was deleted meanwhile.
    """
    with recorded(by=by):
        indicator.delete_over(version)


def restore_indicator(*, pk: int, by: Any) -> Indicator:
    """Bring a deleted indicator back, with the targets and values that went with it.

    Raises:
        ObjectDoesNotExist: no such indicator was deleted, or it is there again.
        IntegrityError: its measure is gone.
    """
    with recorded(by=by, reason=UNDO_REASON):
        restored: Indicator = restore_deleted(Indicator, pk, by=by)
        deletion = _deletions(Indicator, pgh_obj_id=pk).first()
        if deletion is None:
            raise ObjectDoesNotExist(pk)
        for model in (IndicatorTarget, IndicatorValue):
            parts = _deletions(model, indicator_id=pk, pgh_context_id=deletion.pgh_context_id)
            for key in parts.order_by("pgh_obj_id").values_list("pgh_obj_id", flat=True):
                restore_deleted(model, key, by=by)
    return restored


def _deletions(model: Any, **of: Any) -> Any:
    events = event_model(model)._base_manager
    return events.filter(pgh_label="delete", **of).order_by("-pgh_id")


def take_back(written: Iterable[dict[str, Any]], *, by: Any, reason: str) -> None:
    """Undo what `record` has written: remove new rows, give the others their values from before.

    Raises:
        EditConflict: a row was changed since.
        ObjectDoesNotExist: a row was deleted since.
    """
    with recorded(by=by, reason=reason):
        for entry in written:
            row = IndicatorValue.objects.select_related("indicator").get(pk=entry["pk"])
            if entry["is_new"]:
                row.delete_over(entry["version"])
            else:
                undo_last_change(row, version=entry["version"], by=by, reason=reason)
