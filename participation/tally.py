"""What a consultation says: counts per question, as chart and table, once it has ended.

Fewer than `SMALLEST_NUMBER` answers to a question are not shown, for one could tell who said what.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext_lazy

from participation.forms.surveys import scale_labels
from participation.models import Question, Reply, Survey
from participation.models.surveys import SCALE, SMALLEST_NUMBER
from smartregion.base.charts import Chart, Segment, simple_bars

Kind = Question.Kind
RULES: Final = {
    Kind.SINGLE: gettext_lazy("Gezählt sind Antworten."),
    Kind.MULTIPLE: gettext_lazy("Gezählt sind Antworten; mehrere waren möglich."),
    Kind.SCALE: gettext_lazy("Gezählt sind Antworten je Stufe."),
    Kind.POINTS: gettext_lazy("Gezählt sind die verteilten Punkte aller Antworten."),
    Kind.RANKING: gettext_lazy(
        "Gezählt sind Rangpunkte: Bei drei Möglichkeiten bekommt der erste Rang drei, der zweite zwei, der "
        "dritte einen Punkt; ohne Rang gibt es keinen."
    ),
    Kind.TEXT: gettext_lazy("Gezeigt sind die Texte, die nach der Prüfung veröffentlicht wurden."),
}


@dataclass(frozen=True)
class Line:
    label: str
    value: int
    share: int | None


@dataclass(frozen=True)
class Result:
    """A question with what was answered; `answers` is how many did. Too few have no `lines`."""

    question: Question
    answers: int
    rule: Any
    lines: list[Line] = field(default_factory=list)
    chart: Chart | None = None
    mean: float | None = None
    texts: list[str] = field(default_factory=list)

    @property
    def is_too_small(self) -> bool:
        return self.answers < SMALLEST_NUMBER


def results_of(survey: Survey) -> list[Result]:
    """All questions in their order. Four queries."""
    replies = Reply.objects.filter(question__survey=survey).counted()
    answers = dict(replies.order_by().values_list("question").annotate(Count("sheet", distinct=True)))
    counts: dict[int, dict[tuple[int | None, int | None], int]] = defaultdict(dict)
    groups = replies.order_by().values_list("question", "option", "value").annotate(Count("pk"))
    for question, option, value, number in groups.filter(text=""):
        counts[question][option, value] = number
    texts = defaultdict(list)
    for question, text in replies.published().values_list("question", "text"):
        texts[question].append(text)
    return [
        _result(question, answers.get(question.pk, 0), counts[question.pk], texts[question.pk])
        for question in survey.questions.all()
    ]


def turnout(survey: Survey) -> int:
    return survey.sheets.counted().count()


def _result(
    question: Question, answers: int, counts: dict[tuple[int | None, int | None], int], texts: list[str]
) -> Result:
    rule = RULES[Kind(question.kind)]
    if answers < SMALLEST_NUMBER:
        return Result(question, answers, rule)
    if question.kind == Kind.TEXT:
        return Result(question, answers, rule, texts=texts)
    values = _values(question, counts)
    whole = answers if question.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.SCALE) else sum(values.values())
    lines = [
        Line(label, value, round(100 * value / whole) if whole else None) for label, value in values.items()
    ]
    segments = [Segment(line.label, str(number), "step3", line.value) for number, line in enumerate(lines, 1)]
    chart = simple_bars(chart_id=f"frage-{question.pk}-chart", title=question.text, segments=segments)
    mean = None
    if question.kind == Kind.SCALE:
        mean = sum((value or 0) * number for (_option, value), number in counts.items()) / answers
    return Result(question, answers, rule, lines=lines, chart=chart, mean=mean)


def _values(question: Question, counts: dict[tuple[int | None, int | None], int]) -> dict[str, int]:
    """What each option, or each step of a scale, has got."""
    if question.kind == Kind.SCALE:
        labels = scale_labels(question)
        return {label: counts.get((None, step), 0) for step, label in zip(SCALE, labels, strict=True)}
    got: dict[int | None, int] = defaultdict(int)
    for (option, value), number in counts.items():
        got[option] += number * _worth(question, value)
    values = {label: got[option] for option, label in enumerate(question.options)}
    is_ordered = question.kind in (Kind.POINTS, Kind.RANKING)
    return dict(sorted(values.items(), key=lambda pair: -pair[1])) if is_ordered else values


def _worth(question: Question, value: int | None) -> int:
    if question.kind == Kind.POINTS:
        return value or 0
    return len(question.options) + 1 - (value or 0) if question.kind == Kind.RANKING else 1
