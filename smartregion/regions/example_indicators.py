"""Reads the example indicators: each with its targets and, period by period, its values as steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from monitoring.indicator_math import ended_periods, period_of
from monitoring.models import Indicator, IndicatorTarget
from monitoring.periods import Period
from monitoring.services.indicators import Reading, create_indicator, record
from network.models import Municipality
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story

PROFILE: Final = [
    *["name", "definition", "level", "unit", "decimals", "direction", "source", "rhythm"],
    *["per_municipality", "combination", "din_spec_91387", "u4ssc", "visibility"],
]
NEW: Final = "Neu angelegt"
DAYS_UNTIL_REPORTED: Final = 12
DAYS_UNTIL_CORRECTED: Final = 20


@dataclass
class Line:
    """The values of one place, by period. `way` and `by`: how and by whom they come in."""

    story: Story
    indicator: Indicator
    created: int
    way: str
    by: str
    place: Municipality | None = None


def read_indicators(story: Story, file: Entry) -> None:
    for entry in file.entries("indicators"):
        _indicator(story, entry)


def _indicator(story: Story, entry: Entry) -> None:
    created = story.past(entry, "created", story.begins)
    indicator = Indicator(**entry.values(Indicator, PROFILE), is_example=True)
    indicator.sdgs = entry.take("sdgs", list, [])
    indicator.measure = entry.named_if_given("measure", story.measures)
    indicator.field = entry.named_if_given("field", story.fields)
    if "baseline" in entry:
        start = entry.entry("baseline")
        indicator.baseline = start.values(Indicator, ["baseline"])["baseline"]
        indicator.baseline_on = story.day(start.take("day", int))
        start.finish()
    number = entry.take("periods", int)
    indicator.collected_from = _periods_before(story, indicator.rhythm, number)
    author = story.accounts["coordination"]
    story.step(created, _creating(indicator, by=author), reason=NEW)
    for part in entry.entries("targets"):
        target = IndicatorTarget(
            **part.values(IndicatorTarget, ["value"]), on=story.day(part.take("day", int))
        )
        part.finish()
        story.step(created, _saving(target, indicator), reason=NEW)
    way, by = entry.take("way", str, "form"), story.account(entry, "by", "coordination")
    _values(Line(story, indicator, created, way, by), entry, entry.take("values", list, []))
    for part in entry.entries("places"):
        place = part.named("municipality", story.municipalities)
        own = Line(story, indicator, created, way, story.account(part, "by", by), place)
        _values(own, part, part.take("values", list))
        part.finish()
    entry.finish()


def _creating(indicator: Indicator, *, by: Any) -> Callable[[], Any]:
    def create() -> None:
        indicator.measure = indicator.measure  # it has a key only now
        create_indicator(indicator=indicator, by=by, reason=NEW)

    return create


def _saving(target: IndicatorTarget, indicator: Indicator) -> Callable[[], Any]:
    """The indicator gets its key only when its own step was done."""

    def save() -> None:
        target.indicator = indicator
        target.save()

    return save


def _periods_before(story: Story, rhythm: str, number: int) -> date:
    """The first day of the period with which the last so many ended ones begin."""
    period = period_of(rhythm, story.today)
    for _step in range(number):
        period = period_of(rhythm, period.start - timedelta(days=1))
    return period.start


def _values(line: Line, entry: Entry, values: list[Any]) -> None:
    """The first value is of the first period; periods for which there is none stay unanswered."""
    yesterday = line.story.today - timedelta(days=1)
    periods = ended_periods(line.indicator.rhythm, line.indicator.collected_from, yesterday)
    for number, (period, said) in enumerate(zip(periods, values, strict=False), start=1):
        if said is not None:
            raw = said if isinstance(said, dict) else {"value": said}
            _value(line, period, Entry(raw, f"{entry.place}.values[{number}]"))


def _value(line: Line, period: Period, said: Entry) -> None:
    value = said.take("value", (int, float), None)  # type: ignore[arg-type]
    reported = _reading(line, period, value, said.take("note", str, ""), "")
    day = _offset(line, period, DAYS_UNTIL_REPORTED)
    line.story.step(day, _recording(line, reported), by=line.by)
    if "corrected" in said:
        right = said.take("corrected", (int, float))  # type: ignore[arg-type]
        corrected = _reading(line, period, right, None, said.take("reason", str))
        later = _offset(line, period, DAYS_UNTIL_CORRECTED)
        line.story.step(later, _recording(line, corrected), by=line.by, reason=corrected.reason)
    said.finish()


def _reading(line: Line, period: Period, value: Any, note: str | None, reason: str) -> Reading:
    return Reading(
        indicator=line.indicator,
        municipality=line.place,
        on=period.end,
        value=None if value is None else Decimal(str(value)),
        note=note,
        reason=reason,
    )


def _offset(line: Line, period: Period, days: int) -> int:
    """When it was reported: some days after the period, but not before the indicator, and before today."""
    return min(max((period.end - line.story.today).days + days, line.created), -1)


def _recording(line: Line, reading: Reading) -> Callable[[], Any]:
    return lambda: record(reading, way=line.way, by=line.story.accounts[line.by])
