"""The found words marked in what is shown of a hit, and by them what a misspelt word may have meant."""

import re
from difflib import SequenceMatcher
from typing import Final

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from smartregion.base.search_words import WORD, Query, Word, beginning
from smartregion.base.text import german_key

START, STOP, LESS = "\ue000", "\ue001", "\x02"
"""Around a found word on the way from PostgreSQL, and for "<", since it leaves out what looks like a tag."""
ON_THE_WAY: Final = {ord(START): None, ord(STOP): None, ord(LESS): None, ord("<"): LESS}
WITHOUT_MARKS: Final = {ord(START): None, ord(STOP): None}
SELECTION: Final = f"StartSel={START}, StopSel={STOP}"
WHOLE: Final = f"{SELECTION}, HighlightAll=true"
PASSAGES: Final = f'{SELECTION}, MaxFragments=2, MaxWords=28, MinWords=12, FragmentDelimiter=" … "'
HEADLINES: Final = """
SELECT ts_headline('german', text, query::tsquery, options)
FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY given(text, query, options, place)
ORDER BY place
"""
MARKED: Final = re.compile("<mark>(.*?)</mark>")
ALIKE: Final = 0.7
"""From here on two words are taken for one that is misspelt."""


def marked(
    titles: list[str], texts: list[str], query: Query, words: list[Word]
) -> tuple[list[SafeString], list[SafeString]]:
    """The titles, and of the texts the passages that were found, as safe HTML with `mark`. One query."""
    plain = [text.translate(ON_THE_WAY) for text in (*titles, *texts)]
    split = words if query.is_meant else []
    queries = [" | ".join([query.wide, *_splits_in(text, split)]) for text in plain]
    options = [WHOLE] * len(titles) + [PASSAGES] * len(texts)
    with connection.cursor() as cursor:
        cursor.execute(HEADLINES, [plain, queries, options])
        found = [headline for (headline,) in cursor.fetchall()]
    passages = [
        _with_ellipsis(*pair) for pair in zip(found[len(titles) :], plain[len(titles) :], strict=True)
    ]
    return [_as_html(title) for title in found[: len(titles)]], [_as_html(passage) for passage in passages]


def _splits_in(text: str, words: list[Word]) -> list[str]:
    """Of a compound that was typed the parts, where both begin a word of this text.

    Not of any other: which words there are elsewhere is nothing that marks may tell.
    """
    there = [german_key(word)[0] for word in WORD.findall(text)]
    return [
        beginning(part)
        for word in words
        for split in word.splits
        if all(any(known.startswith(part) for known in there) for part in split)
        for part in split
    ]


def _with_ellipsis(passage: str, text: str) -> str:
    bare = passage.translate(WITHOUT_MARKS)
    before = "" if text.startswith(bare[:20]) else "… "
    after = "" if text.endswith(bare[-20:]) else " …"
    return f"{before}{passage}{after}"


def _as_html(headline: str) -> SafeString:
    safe = escape(headline.replace(LESS, "<")).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308 - it is escaped, and the two marks have just been put in


def meant_by(typed: str, words: list[Word], shown: list[SafeString]) -> str:
    """What was typed, with the words that were found instead; "" if these are nothing like it."""
    found = {word for text in shown for word in MARKED.findall(text)}
    meant = typed
    for word in words:
        likeness, best = max(((_likeness(word.typed, other), other) for other in found), default=(0.0, ""))
        if ALIKE <= likeness < 1:
            meant = meant.replace(word.typed, best, 1)
    return meant if meant != typed else ""


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, german_key(one)[0], german_key(other)[0]).ratio()
