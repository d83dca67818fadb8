"""Makes any text printable with the bundled fonts: Typst refuses PDF/A when a single glyph is missing."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

REPLACEMENT: Final = "◊"
LONGEST_WORD: Final = 40
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_LONG_WORD: Final = re.compile(rf"\S{{{LONGEST_WORD},}}")


def printable(value: Any, font_dir: Path) -> Any:
    """Return a copy of the JSON value in which every string can be set.

    Control and format characters become spaces, characters without a glyph "◊", and words too long
    for any column may break.
    """
    return _walk(value, _unprintable(font_dir))


@lru_cache(maxsize=4)
def _unprintable(font_dir: Path) -> re.Pattern[str]:
    """Return a pattern of all characters that not every font of the folder's main family covers."""
    covered = _coverage(font_dir)
    return re.compile(f"[^{''.join(map(_span, _runs(covered)))}]")


def _coverage(font_dir: Path) -> list[int]:
    covered: set[int] = set()
    for path in sorted(font_dir.glob("*-Regular.ttf")):
        with TTFont(path, lazy=True) as font:
            covered |= set(font.getBestCmap())
    visible = {code for code in covered if unicodedata.category(chr(code)) not in _INVISIBLE}
    return sorted(visible | {ord("\n")})


def _runs(codes: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _span(run: tuple[int, int]) -> str:
    return f"\\U{run[0]:08x}-\\U{run[1]:08x}"


def _walk(value: Any, unprintable: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return _text(value, unprintable)
    if isinstance(value, dict):
        return {key: _walk(item, unprintable) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, unprintable) for item in value]
    return value


def _text(text: str, unprintable: re.Pattern[str]) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = unprintable.sub(_substitute, text)
    return _LONG_WORD.sub(_breakable, text) if len(text) >= LONGEST_WORD else text


def _substitute(match: re.Match[str]) -> str:
    return " " if unicodedata.category(match[0]) in _INVISIBLE else REPLACEMENT


def _breakable(match: re.Match[str]) -> str:
    word = match[0]
    return "\u200b".join(word[start : start + 12] for start in range(0, len(word), 12))
