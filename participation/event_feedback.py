"""What people said about an event, as figures. So few answers that one of them could be guessed have none."""

from collections import Counter
from dataclasses import dataclass

from participation.models import Event, Feedback
from participation.models.surveys import SMALLEST_NUMBER


@dataclass(frozen=True)
class Answers:
    """How often each answer to one question was given, the best first; too few have no `counts`."""

    question: str
    counts: list[tuple[str, int, int]]
    """Label, number, and share in percent."""
    total: int


def figures_of(event: Event) -> list[Answers]:
    """One for each question that somebody answered. One query."""
    rows = list(event.feedback.values_list("overall", "content", "access"))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    found = []
    for name, column in zip(("overall", "content", "access"), columns, strict=True):
        given = Counter(value for value in column if value)
        if total := given.total():
            counts = [
                (str(rating.label), given[rating], round(100 * given[rating] / total))
                for rating in Feedback.Rating
                if total >= SMALLEST_NUMBER
            ]
            question = str(Feedback._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(Answers(question, counts, total))
    return found
