"""How the columns of a Word file's table share its width, so that no word of theirs is torn apart."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

NARROW: Final = frozenset("fijlrtI.,:;!|'()[]-/ \u00a0")
WIDE: Final = frozenset("mwMW%@–—…")
FALLBACK: Final = 1.16
"""Room for the letters of a computer that has another font in place of ours."""
BOLD: Final = 1.12
"""Wider than the others."""
LONGEST_WORD: Final = 28
"""Longer ones may be hyphenated."""
_BREAKS: Final = re.compile(r"[ \n]+|(?<=[^\W\d]{4}-)")


def fitted(
    columns: Sequence[Sequence[str]], shares: Sequence[int], width: int, *, letter: float, edge: int
) -> list[int]:
    """The shares of the width, but no column narrower than its longest word, as far as there is room.

    Args:
        columns: the texts of each, first its heading.
        letter: the height of a letter, in the unit of `width`.
        edge: what a cell has beside its text.
    """
    least = [edge + round(letter * FALLBACK * _longest_word(texts)) for texts in columns]
    if sum(least) > width:
        return _capped(least, width)
    wanted = [max(width * share // sum(shares), low) for share, low in zip(shares, least, strict=True)]
    excess, slack = sum(wanted) - width, sum(wanted) - sum(least)
    if excess <= 0:
        return wanted
    return [want + (want - low) * -excess // slack for want, low in zip(wanted, least, strict=True)]


def _capped(least: Sequence[int], width: int) -> list[int]:
    """The widest give way, for their words are the ones that can be hyphenated."""
    cap = max(least)
    while sum(min(low, cap) for low in least) > width:
        cap -= 10
    return [min(low, cap) for low in least]


def _longest_word(texts: Sequence[str]) -> float:
    """In heights of a letter; the first text is the heading, in bold."""
    heading, *others = texts
    bold = max(map(_length, _words(heading)), default=0.0) * BOLD
    return max(bold, max((_length(word) for text in set(others) for word in _words(text)), default=0.0))


def _words(text: str) -> Iterator[str]:
    return (word[:LONGEST_WORD] for word in _BREAKS.split(text) if word)


def _length(word: str) -> float:
    return sum(map(_advance, word))


def _advance(char: str) -> float:
    """About as wide as in Arial, in heights of a letter."""
    if char in NARROW:
        return 0.31
    if char in WIDE:
        return 0.88
    if ord(char) > 0x2000:
        return 1.0
    return 0.7 if char.isupper() else 0.56
