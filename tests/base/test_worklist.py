"""How entries of every kind and app are put in one order."""

from datetime import date

import pytest

from smartregion.base.worklist import Entry, Severity, days_between


def entry(title: str, severity: Severity, on: date | None = None) -> Entry:
    return Entry(title=title, why="", severity=severity, url="/", action="Ansehen", on=on)


def test_severity_comes_before_the_day_the_day_before_the_german_alphabet() -> None:
    entries = [
        entry("Hinweis von gestern", Severity.INFO, date(2026, 1, 1)),
        entry("Übung ohne Tag", Severity.NOW),
        entry("Anfang ohne Tag", Severity.NOW),
        entry("Zeitig fällig", Severity.NOW, date(2026, 2, 1)),
        entry("Später fällig", Severity.NOW, date(2026, 3, 1)),
        entry("Bald", Severity.SOON, date(2025, 1, 1)),
    ]

    assert [found.title for found in sorted(entries, key=lambda entry: entry.urgency)] == [
        "Zeitig fällig",
        "Später fällig",
        "Anfang ohne Tag",
        "Übung ohne Tag",
        "Bald",
        "Hinweis von gestern",
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "seit 29 Tagen"), (29, "seit 1 Tag"), (30, "heute"), (31, "in 1 Tag"), (32, "in 2 Tagen")],
)
def test_the_distance_of_a_day_is_told_in_words(day: int, words: str) -> None:
    on = date(2026, 6, 30)

    assert days_between(date.fromordinal(on.toordinal() - 30 + day), on) == words
