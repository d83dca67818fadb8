"""What somebody typed, as queries for PostgreSQL: the words themselves, then what may have been meant by them.

The words that some row has (`search.word`) tell in which compounds a word stands and what it may be a slip of.
They are those of all rows, also of rows that the reader may not see. So nothing is cut off and nothing is
decided by them: a word that stands in hidden rows alone adds to the query what finds nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from smartregion.base.text import UMLAUTS

LONGEST: Final = 200
MOST_WORDS: Final = 8
PREFIX_FROM, PART_FROM = 3, 4
"""So many letters of a word's stem at least find what begins with them, and what they stand in."""
WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
WRITTEN_OUT: Final = [("ae", "ä"), ("oe", "ö"), ("ue", "ü")]
RELATED: Final = f"""
WITH asked AS (
    SELECT place, stem FROM unnest(%s::int[], %s::text[]) given(place, form),
    LATERAL unnest(ts_lexize('german_stem', form)) stem
)
SELECT place, 'same', stem FROM asked
UNION SELECT place, 'part', lexeme FROM asked JOIN search.word ON lexeme LIKE '%%_' || stem || '%%'
WHERE length(stem) >= {PART_FROM}
UNION SELECT place, CASE levenshtein(lexeme, stem) WHEN 1 THEN 'near' ELSE 'far' END, lexeme
FROM asked JOIN search.word ON lexeme %% stem
WHERE length(stem) BETWEEN 4 AND 60
AND levenshtein_less_equal(lexeme, stem, CASE WHEN length(stem) < 6 THEN 1 ELSE 2 END) IN (1, 2)
"""


class NoIndex(Exception):
    """The index is not there: a migration is running, or has failed."""


@dataclass
class Word:
    """One word that was typed, with its stems (`same`) and those of words that it may stand for."""

    typed: str
    same: set[str] = field(default_factory=set)
    part: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    far: set[str] = field(default_factory=set)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The beginnings of two words into which it may fall: "Parkplatzsuche", "IT-Sicherheit"."""
        found = [
            (head, stem[place:])
            for stem in self.same
            for place in range(PART_FROM, len(stem) - PART_FROM + 1)
            for head in {stem[:place], stem[:place].removesuffix("s")}
            if len(head) >= PART_FROM
        ]
        head, hyphen, tail = self.typed.lower().partition("-")
        return [*found, (head, tail)] if hyphen else found

    def stems(self, ways: Iterable[str]) -> set[str]:
        return set().union(*(getattr(self, way) for way in ways))


@dataclass(frozen=True)
class Query:
    """One way to search, in PostgreSQL's language.

    Attributes:
        wanted: what a row must have to be a hit.
        named: the same, in what the row is called.
        exact: any of the very words; `exacts` is their number.
        wide: any of the words and of those they stand for; `wides` is their number.
        is_meant: it finds what was probably meant instead of what was typed.
    """

    wanted: str
    named: str
    exact: str
    exacts: int
    wide: str
    wides: int
    is_meant: bool


def words_of(typed: str) -> list[Word]:
    """The words among those typed that tell something, unlike "und", with their relatives."""
    words = [Word(found) for found in WORD.findall(typed[:LONGEST])[:MOST_WORDS]]
    forms = [(place, form) for place, word in enumerate(words) for form in forms_of(word.typed)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search.word') IS NOT NULL")
        if cursor.fetchone() != (True,):
            raise NoIndex
        cursor.execute(RELATED, [[place for place, _form in forms], [form for _place, form in forms]])
        for place, way, stem in cursor.fetchall():
            getattr(words[place], way).add(stem)
    return [word for word in words if word.same]


def forms_of(word: str) -> set[str]:
    """How it may be written: with "ä" for "ae" and the other way round; a hyphen more or less."""
    plain = umlauts = word.lower().replace("-", "")
    for letters, letter in WRITTEN_OUT:
        umlauts = umlauts.replace(letters, letter)
    return {plain, umlauts, plain.translate(UMLAUTS)}


def queries_of(words: list[Word]) -> Iterator[Query]:
    """What to search for, one after the other until something is found: the later, the further fetched."""
    yield _query(words, ["same", "part"], " & ")
    yield _query(words, ["same", "part", "near"], " & ")
    yield _query(words, ["same", "part", "near", "far"], " & ")
    if len(words) > 1:
        yield _query(words, ["same", "part", "near", "far"], " | ")


def _query(words: list[Word], ways: Collection[str], joined: str) -> Query:
    same = set().union(*(word.same for word in words))
    wide = set().union(*(word.stems(ways) for word in words))
    return Query(
        wanted=joined.join(f"({_one_of(word, ways)})" for word in words),
        named=joined.join(f"({_one_of(word, ways, 'A')})" for word in words),
        exact=" | ".join(map(quoted, sorted(same))),
        exacts=len(same),
        wide=" | ".join(beginning(stem) if stem in same else quoted(stem) for stem in sorted(wide)),
        wides=len(wide),
        is_meant="near" in ways,
    )


def _one_of(word: Word, ways: Collection[str], weight: str = "") -> str:
    single = [beginning(stem, weight) if stem in word.same else quoted(stem, weight) for stem in word.stems(ways)]
    pairs = [f"({beginning(head, weight)} & {beginning(tail, weight)})" for head, tail in word.pairs]
    return " | ".join(sorted([*single, *pairs]))


def beginning(stem: str, weight: str = "") -> str:
    """What begins with the stem, if it is long enough not to begin everything."""
    return quoted(stem, f"*{weight}") if len(stem) >= PREFIX_FROM else quoted(stem, weight)


def quoted(stem: str, label: str = "") -> str:
    written = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{written}':{label}" if label else f"'{written}'"
