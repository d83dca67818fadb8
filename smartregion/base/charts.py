"""Charts as SVG, the same for web pages and for the PDF report.

Each chart carries a title and a description that says all its figures in words; a page shows a data table
beside it. Colours are presentation attributes, so that they hold without a style sheet; a page may override
them by the classes `chart-<tone>`, `chart-ink-<tone>` and `chart-text`, for instance in dark mode.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from django.template import Context, Engine
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smartregion.base import written
from smartregion.base.figures import figure


class Paint(NamedTuple):
    """Fill of a state and the colour of text upon it; their contrast is at least 4.5 : 1 (WCAG 1.4.3)."""

    fill: str
    ink: str


TONES: Final[dict[str, Paint]] = {
    "green": Paint("#1b7a43", "#ffffff"),
    "yellow": Paint("#f6c624", "#171a2b"),
    "red": Paint("#b3261e", "#ffffff"),
    "grey": Paint("#68707f", "#ffffff"),
    "step0": Paint("#f1f4f9", "#171a2b"),
    "step1": Paint("#d6e4f5", "#171a2b"),
    "step2": Paint("#a9c8ea", "#171a2b"),
    "step3": Paint("#74a5d9", "#171a2b"),
    "step4": Paint("#2c6bb0", "#ffffff"),
    "step5": Paint("#12386b", "#ffffff"),
    "out": Paint("#dfe1e6", "#171a2b"),
    "unknown": Paint("#ffffff", "#171a2b"),
}

WIDTH: Final = 640
LABEL_WIDTH: Final = 210
ROW_STEP: Final = 32
SLIM_STEP: Final = 25
CLOSE_STEP: Final = 20
YEAR_WIDTH: Final = 60
AMOUNT_WIDTH: Final = 130
LEGEND_STEP: Final = 22
LEGEND_COLUMNS: Final = 3
PLOT_HEIGHT, PLOT_TOP, AXIS_HEIGHT = 220, 28, 30
MOST_TICKS, MOST_MARKS = 6, 80
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 32, 4
CHARACTER_WIDTH: Final = 7.4
"""Widest average advance of a character at the charts' 13 px; decides what fits without measuring fonts."""

# An engine of its own: charts are also made where no request is, and lengths must not be localised ("1,5").
_ENGINE: Final = Engine(dirs=[str(Path(__file__).resolve().parents[2] / "templates")])


@dataclass(frozen=True)
class Segment:
    """A counted state: `short` is its code within narrow bars, `text` its value if that is no plain count."""

    label: str
    short: str
    tone: str
    value: int
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One bar with its label; the label may be empty when there is only one bar."""

    label: str
    segments: Sequence[Segment]

    @property
    def total(self) -> int:
        return sum(segment.value for segment in self.segments)


class Dot(NamedTuple):
    """A value on its day; `text` is how it is written."""

    on: date
    value: Decimal
    text: str


@dataclass(frozen=True)
class Chart:
    """A finished chart: `description` is its text alternative and stands in the SVG too."""

    title: str
    description: str
    svg: SafeString


def stacked_bars(*, chart_id: str, title: str, rows: Sequence[Row]) -> Chart:
    """Return a horizontal stacked bar for each row, all with the same segments, and one legend.

    Every bar's length is proportional to its total, so that rows may be compared.
    """
    label_width = LABEL_WIDTH if any(row.label for row in rows) else 0
    longest = max((row.total for row in rows), default=0)
    unit = (WIDTH - label_width - 28) / longest if longest else 0
    bars = [_bar(row, label_width, ROW_STEP * index, unit) for index, row in enumerate(rows)]
    legend = _legend(rows[0].segments if rows else [], ROW_STEP * len(rows) + 8)
    height = ROW_STEP * len(rows) + 8 + LEGEND_STEP * (-(-len(legend) // LEGEND_COLUMNS))
    context = {"bars": bars, "legend": legend, "height": height}
    return _chart("stacked_bars", chart_id, title, _describe(rows), context)


def simple_bars(*, chart_id: str, title: str, segments: Sequence[Segment]) -> Chart:
    """Return a horizontal bar for each segment with its label before and its value behind it."""
    longest = max((segment.value for segment in segments), default=0)
    unit = (WIDTH - LABEL_WIDTH - 48) / longest if longest else 0
    bars = [
        {
            "label": _shortened(segment.label),
            "y": SLIM_STEP * index,
            "text_y": SLIM_STEP * index + 14,
            "x": LABEL_WIDTH,
            "width": round(max(segment.value * unit, 2), 1),
            "value_x": round(LABEL_WIDTH + segment.value * unit + 10, 1),
            "value": segment.text or segment.value,
            "tone": segment.tone,
            "paint": TONES[segment.tone],
        }
        for index, segment in enumerate(segments)
    ]
    context = {"bars": bars, "height": max(SLIM_STEP * len(bars), 1)}
    return _chart("simple_bars", chart_id, title, _describe([Row("", segments)]), context)


def grouped_bars(*, chart_id: str, title: str, rows: Sequence[Row]) -> Chart:
    """Return for each row one bar per segment below one another, with its text behind it, and one legend."""
    longest = max((segment.value for row in rows for segment in row.segments), default=0)
    unit = (WIDTH - YEAR_WIDTH - AMOUNT_WIDTH) / longest if longest else 0
    bars: list[dict[str, object]] = []
    y = 0
    for row in rows:
        for index, segment in enumerate(row.segments):
            width = segment.value * unit
            bars.append(
                {
                    "label": row.label if index == 0 else "",
                    "y": y,
                    "text_y": y + 13,
                    "x": YEAR_WIDTH,
                    "width": round(width, 1),
                    "value_x": round(YEAR_WIDTH + width + 8, 1),
                    "text": segment.text,
                    "tone": segment.tone,
                    "paint": TONES[segment.tone],
                }
            )
            y += CLOSE_STEP
        y += CLOSE_STEP // 2
    legend = _legend(rows[0].segments if rows else [], y)
    context = {"bars": bars, "legend": legend, "height": y + LEGEND_STEP}
    return _chart("grouped_bars", chart_id, title, _describe(rows), context)


def line_chart(
    *,
    chart_id: str,
    title: str,
    values: Sequence[Dot],
    decimals: int,
    baseline: Dot | None = None,
    targets: Sequence[Dot] = (),
) -> Chart:
    """Return values over time as one line, with where it began, and dashed lines to where it shall go.

    Args:
        decimals: of the labels at the axis.
    """
    started = [baseline] if baseline else []
    plot = _Plot([*started, *values, *targets], decimals)
    legend = [("line", _("Ist"))] if values else []
    legend += [("baseline", _("Ausgangswert"))] if baseline else []
    legend += [("target", _("Zielwert"))] if targets else []
    context = {
        "left": plot.left,
        "right": WIDTH - 16,
        "levels": plot.levels(),
        "days": plot.days(),
        "top": PLOT_TOP,
        "bottom": PLOT_TOP + PLOT_HEIGHT,
        "axis_y": PLOT_TOP + PLOT_HEIGHT + 20,
        "line": plot.line(values),
        "marks": [plot.place(dot) for dot in values] if len(values) <= MOST_MARKS else [],
        "last": plot.place(values[-1]) if values else None,
        "ways": [plot.line([baseline, target]) for target in targets] if baseline else [],
        "baseline": plot.place(baseline) if baseline else None,
        "targets": [plot.place(target) for target in targets],
        "legend": [{"kind": kind, "text": text, "x": 130 * at} for at, (kind, text) in enumerate(legend)],
        "legend_y": PLOT_TOP + PLOT_HEIGHT + AXIS_HEIGHT + 18,
        "height": PLOT_TOP + PLOT_HEIGHT + AXIS_HEIGHT + LEGEND_STEP,
    }
    return _chart("line_chart", chart_id, title, _tell(values, baseline, targets), context)


def sparkline(*, title: str, values: Sequence[Dot]) -> SafeString:
    """Return a line without any axis, for a row of a list; its title says the first and the last value."""
    if not values:
        return SafeString()
    first, last = values[0], values[-1]
    days, heights = (last.on - first.on).days or 1, [float(dot.value) for dot in values]
    low, span = min(heights), max(heights) - min(heights)
    points = [
        (
            round(SPARK_EDGE + (SPARK_WIDTH - 2 * SPARK_EDGE) * (dot.on - first.on).days / days, 1),
            round(_spark_y((float(dot.value) - low) / span if span else 0.5), 1),
        )
        for dot in values
    ]
    told = f"{title}: {_said(first)}" + (f" {_('bis')} {_said(last)}" if len(values) > 1 else "")
    context = {
        "title": told,
        "points": " ".join(f"{x},{y}" for x, y in points),
        "end": points[-1],
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
    }
    return _ENGINE.get_template("base/charts/sparkline.svg").render(
        Context(context, use_l10n=False, use_tz=False)
    )


def _spark_y(share: float) -> float:
    return SPARK_EDGE + (SPARK_HEIGHT - 2 * SPARK_EDGE) * (1 - share)


def _said(dot: Dot) -> str:
    return f"{dot.text} ({written.day(dot.on)})"


def _tell(values: Sequence[Dot], baseline: Dot | None, targets: Sequence[Dot]) -> str:
    parts = [f"{_('Ausgangswert')}: {_said(baseline)}."] if baseline else []
    parts.append(f"{_('Ist')}: {', '.join(map(_said, values)) or _('keine Werte')}.")
    parts += [f"{_('Zielwerte')}: {', '.join(map(_said, targets))}."] if targets else []
    return " ".join(parts)


class _Plot:
    """Turns days and values into places of the drawing."""

    def __init__(self, dots: Sequence[Dot], decimals: int) -> None:
        self.decimals = decimals
        days = [dot.on for dot in dots] or [date(2000, 1, 1)]
        self.first, self.span = min(days), (max(days) - min(days)).days or 1
        numbers = [dot.value for dot in dots] or [Decimal(0)]
        low, high = min(numbers), max(numbers)
        if low > 0 and low * 2 < high:
            low = Decimal(0)
        self.step = _even_step(high - low or abs(high) or Decimal(1), decimals)
        self.low = low // self.step * self.step if low >= 0 else -(-low // self.step + 1) * self.step
        count = 1
        while self.low + count * self.step < high:
            count += 1
        self.ticks = [self.low + self.step * index for index in range(count + 1)]
        longest = max(len(figure(tick, decimals)) for tick in self.ticks)
        self.left = round(longest * CHARACTER_WIDTH + 10)

    def x(self, day: date) -> float:
        width = WIDTH - 40 - self.left
        return round(self.left + 12 + width * (day - self.first).days / self.span, 1)

    def y(self, value: Decimal) -> float:
        share = (value - self.low) / (self.ticks[-1] - self.low)
        return round(PLOT_TOP + PLOT_HEIGHT * (1 - float(share)), 1)

    def place(self, dot: Dot) -> dict[str, object]:
        x, y = self.x(dot.on), self.y(dot.value)
        room = len(dot.text) * CHARACTER_WIDTH / 2
        anchor = "end" if x + room > WIDTH - 4 else "start" if x - room < self.left else "middle"
        return {"x": x, "y": y, "text": dot.text, "text_y": y - 10, "anchor": anchor}

    def line(self, dots: Sequence[Dot]) -> str:
        return " ".join(f"{self.x(dot.on)},{self.y(dot.value)}" for dot in dots)

    def levels(self) -> list[dict[str, object]]:
        return [{"y": self.y(tick), "text": figure(tick, self.decimals)} for tick in self.ticks]

    def days(self) -> list[dict[str, object]]:
        """The first days of years; where there are few of them, of quarters."""
        last = self.first + timedelta(days=self.span)
        years = [date(year, 1, 1) for year in range(self.first.year, last.year + 1)]
        starts = years if self.span > 800 else [day.replace(month=m) for day in years for m in (1, 4, 7, 10)]
        inside = [day for day in starts if self.first <= day <= last]
        every = -(-len(inside) // (MOST_TICKS + 2)) or 1
        label = "%Y" if self.span > 800 else "%m/%Y"
        return [{"x": self.x(day), "text": day.strftime(label)} for day in inside[::every]]


def _even_step(span: Decimal, decimals: int) -> Decimal:
    """1, 2 or 5 times a power of ten, so that at most `MOST_TICKS` lines cross the span."""
    smallest = Decimal(1).scaleb(-decimals)
    power = Decimal(1).scaleb((span / MOST_TICKS).adjusted())
    steps = (power * factor for factor in (1, 2, 5, 10))
    return max(next(step for step in steps if step * MOST_TICKS >= span), smallest)


def _shortened(label: str) -> str:
    longest = int(LABEL_WIDTH / CHARACTER_WIDTH)
    return label if len(label) <= longest + 2 else f"{label[:longest]}…"


def _bar(row: Row, left: float, top: int, unit: float) -> dict[str, object]:
    """Return the geometry of one stacked bar."""
    parts: list[dict[str, object]] = []
    x = left
    for segment in row.segments:
        if not segment.value:
            continue
        width = segment.value * unit
        parts.append(
            {
                "x": round(x, 1),
                "y": top,
                "width": round(width, 1),
                "center": round(x + width / 2, 1),
                "text": _fitting(segment, width),
                "tone": segment.tone,
                "paint": TONES[segment.tone],
            }
        )
        x += width
    return {
        "label": _shortened(row.label),
        "text_y": top + 17,
        "parts": parts,
        "total": row.total,
        "end": round(x + 8, 1),
    }


def _fitting(segment: Segment, width: float) -> str:
    """Return the fullest of "PI 4", "4" and "" that fits into the segment."""
    for text in (f"{segment.short}\u00a0{segment.value}", str(segment.value)):
        if len(text) * CHARACTER_WIDTH + 4 <= width:
            return text
    return ""


def _legend(segments: Sequence[Segment], top: int) -> list[dict[str, object]]:
    column = WIDTH / LEGEND_COLUMNS
    return [
        {
            "x": round(index % LEGEND_COLUMNS * column + 1, 1),
            "y": top + index // LEGEND_COLUMNS * LEGEND_STEP,
            "text_x": round(index % LEGEND_COLUMNS * column + 20, 1),
            "text_y": top + index // LEGEND_COLUMNS * LEGEND_STEP + 12,
            "text": " = ".join(dict.fromkeys([segment.short, segment.label])),
            "tone": segment.tone,
            "paint": TONES[segment.tone],
        }
        for index, segment in enumerate(segments)
    ]


def _describe(rows: Sequence[Row]) -> str:
    """Return all figures in words: "Mobilität: 2 Pilot, 1 Transfer. Energie: keine."."""
    return " ".join(
        (f"{row.label}: " if row.label else "")
        + (
            ", ".join(f"{part.text or part.value} {part.label}" for part in row.segments if part.value)
            or _("keine")
        )
        + "."
        for row in rows
    )


def _chart(name: str, chart_id: str, title: str, description: str, context: dict[str, object]) -> Chart:
    content = {"id": chart_id, "title": title, "description": description, "width": WIDTH, **context}
    template = _ENGINE.get_template(f"base/charts/{name}.svg")
    svg = template.render(Context(content, use_l10n=False, use_tz=False))
    return Chart(title=title, description=description, svg=svg)
