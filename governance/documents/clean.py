"""Which characters of a text a Word file gets."""

import unicodedata
from typing import Final

JOINER: Final = "\u200d"
HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


def clean(text: str) -> str:
    """Without characters that XML forbids or nobody sees, such as those that turn the direction round."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(char) in HIDDEN and char not in {"\n", JOINER} else char
        for char in text.replace("\r\n", "\n")
    )
