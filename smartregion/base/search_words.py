"""What somebody typed, as queries for PostgreSQL: the words themselves, then what may have been meant.

The words that some row has (`search.word`) tell in which compounds a word stands and what it may be a slip
of. They are those of all rows, also of rows that the reader may not see. So nothing is cut off and nothing
is decided by them: a word that stands in hidden rows alone adds to the query what finds nothing.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from smartregion.base.text import UMLAUTS

LONGEST: Final = 200
MOST_WORDS: Final = 8
PREFIX_FROM: Final = 3
"""A stem of at least so many letters finds what begins with it, and"""
PART_FROM: Final = 4
"""of so many also what it stands in."""
WAYS: Final = ["same", "part", "near", "far"]
WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
WRITTEN_OUT: Final = [("ae", "ä"), ("oe", "ö"), ("ue", "ü")]
JOINTS: Final = ["", "s", "es", "n", "en", "er", "e"]
"""What German puts between the parts of a compound (Fugenelement)."""
RELATED: Final = """
WITH asked AS (
    SELECT DISTINCT place, stem FROM unnest(%s::int[], %s::text[]) given(place, form),
    LATERAL unnest(ts_lexize('german_stem', form)) stem
), alike AS (
    SELECT place, stem, lexeme, lexeme AS compared FROM asked JOIN search.word ON lexeme %% stem
    WHERE length(stem) BETWEEN 4 AND 60
    UNION ALL SELECT place, stem, lexeme, left(lexeme, length(stem))
    FROM asked JOIN search.word ON lexeme LIKE left(stem, 4) || '%%'
    WHERE length(stem) BETWEEN 6 AND 60 AND length(lexeme) > length(stem)
)
SELECT place, 'same', stem FROM asked
UNION SELECT place, 'part', lexeme FROM asked JOIN search.word ON lexeme LIKE '%%_' || stem || '%%'
WHERE length(stem) >= %s
UNION SELECT place, CASE levenshtein(compared, stem) WHEN 1 THEN 'near' ELSE 'far' END, lexeme FROM alike
WHERE levenshtein_less_equal(compared, stem, CASE WHEN length(stem) < 6 THEN 1 ELSE 2 END) IN (1, 2)
"""

BEGINNINGS: Final = """
SELECT part FROM unnest(%s::text[]) part
WHERE EXISTS (SELECT FROM search.word WHERE lexeme LIKE part || '%%')
"""


class NoIndex(Exception):
    """The index is not there: a migration is running, or has failed."""


@dataclass
class Word:
    """One word that was typed, with its stems (`same`) and those of words that it may stand for.

    `pairs` are the beginnings of two words into which it may fall; of "IT-Sicherheit" the words that the
    hyphen joins are `parts`.
    """

    typed: str
    same: set[str] = field(default_factory=set)
    part: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    far: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    parts: list["Word"] = field(default_factory=list)

    @property
    def forms(self) -> set[str]:
        """How it may be written: with "ä" for "ae" and the other way round, without hyphen."""
        plain = umlauts = self.typed.lower().replace("-", "")
        for letters, letter in WRITTEN_OUT:
            umlauts = umlauts.replace(letters, letter)
        return {plain, umlauts, plain.translate(UMLAUTS)}

    @property
    def splits(self) -> set[tuple[str, str]]:
        """All ways to cut it into two: "Parkplatzsuche" into "parkplatz" and "such", among others."""
        found = {
            (stem[:place].removesuffix(joint), stem[place:])
            for stem in self.same
            for place in range(PART_FROM, len(stem) - PART_FROM + 1)
            for joint in JOINTS
        }
        return {(head, tail) for head, tail in found if len(head) >= PART_FROM}

    def stems(self, ways: Collection[str]) -> set[str]:
        own = set().union(*(getattr(self, way) for way in ways))
        return own.union(*(part.stems(ways) for part in self.parts))


@dataclass(frozen=True)
class Query:
    """One way to search, in PostgreSQL's language.

    Attributes:
        wanted: what a row must have to be a hit.
        named: the same, in what the row is called.
        exact: any of the very words; `exacts` is their number.
        wide: any of the words and of those they stand for; `wides` is their number.
        is_meant: it finds what comes next to what was typed, which was not found.
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
    words = [_word(found) for found in WORD.findall(typed[:LONGEST])[:MOST_WORDS]]
    asked = [one for word in words for one in (word, *word.parts)]
    forms = [(place, form) for place, word in enumerate(asked) for form in word.forms]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search.word') IS NOT NULL")
        if cursor.fetchone() != (True,):
            raise NoIndex
        cursor.execute(
            RELATED, [[place for place, _form in forms], [form for _place, form in forms], PART_FROM]
        )
        for place, way, stem in cursor.fetchall():
            getattr(asked[place], way).add(stem)
    for word in words:
        word.parts = [part for part in word.parts if part.same]
    return [word for word in words if word.same]


def _word(typed: str) -> Word:
    parts = typed.split("-")
    return Word(typed, parts=[Word(part) for part in parts] if len(parts) > 1 else [])


def queries_of(words: list[Word]) -> Iterator[Query]:
    """What to search for, one after the other until something is found: the later, the further fetched.

    A way that would find the same as the one before is left out.
    """
    everything = [one for word in words for one in (word, *word.parts)]
    yield _query(words, WAYS[:2])
    if any(word.near for word in everything):
        yield _query(words, WAYS[:3])
    _fill_pairs(everything)
    if any(word.pairs for word in everything):
        yield _query(words, WAYS[:3])
    if any(word.far for word in everything):
        yield _query(words, WAYS)
    if len(words) > 1:
        yield _query(words, WAYS, " | ")


def _fill_pairs(words: list[Word]) -> None:
    """With the splits of which both parts begin some word; the others would only slow the search down."""
    parts = {part for word in words for split in word.splits for part in split}
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS, [sorted(parts)])
        known = {part for (part,) in cursor.fetchall()}
    for word in words:
        word.pairs = {(head, tail) for head, tail in word.splits if head in known and tail in known}


def _query(words: list[Word], ways: Collection[str], joined: str = " & ") -> Query:
    same = set().union(*(word.stems(["same"]) for word in words))
    wide = set().union(*(word.stems(ways) for word in words))
    return Query(
        wanted=joined.join(f"({_one_of(word, ways)})" for word in words),
        named=joined.join(f"({_one_of(word, ways, 'A')})" for word in words),
        exact=" | ".join(_quoted(stem) for stem in sorted(same)),
        exacts=len(same),
        wide=" | ".join(beginning(stem) if stem in same else _quoted(stem) for stem in sorted(wide)),
        wides=len(wide),
        is_meant="near" in ways or any(word.pairs for word in words),
    )


def _one_of(word: Word, ways: Collection[str], weight: str = "") -> str:
    """The word or what stands for it, or both words into which it falls."""
    found = [beginning(stem, weight) for stem in word.same]
    found += [_quoted(stem, weight) for way in ways for stem in getattr(word, way) - word.same]
    found += [f"({beginning(head, weight)} & {beginning(tail, weight)})" for head, tail in word.pairs]
    if word.parts:
        found.append(" & ".join(f"({_one_of(part, ways, weight)})" for part in word.parts))
    return " | ".join(found)


def beginning(stem: str, weight: str = "") -> str:
    """What begins with the stem, if that is long enough not to begin everything."""
    return _quoted(stem, f"*{weight}" if len(stem) >= PREFIX_FROM else weight)


def _quoted(stem: str, label: str = "") -> str:
    written = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{written}':{label}" if label else f"'{written}'"
