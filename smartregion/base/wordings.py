"""How somebody is written: addresses and names, and how both are looked for in texts."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.crypto import salted_hmac

WORD: Final = re.compile(r"[^\W_]+")
ESCAPED: Final = r"\\[nrtbf]"
"""A line break or tab as JSON writes it."""
BETWEEN: Final = rf'(?:[^[:alnum:]"]|{ESCAPED}){{1,8}}'
"""What may stand between the words of a name: markup and line breaks too, but no end of a JSON string."""
GENITIVE: Final = "(?:['’]?s)?"
SOFT_HYPHEN: Final = "\u00ad"
_INNER: Final = r'(?:[^"\\]|\\.)*'
IN_JSON_STRING: Final = f'(?={_INNER}"(?:{_INNER}"{_INNER}")*{_INNER}$)'
"""Follows what stands within a string of JSON: an odd number of its quotation marks is still to come."""
LETTERS: Final = {"i": "[iıİ]\u0307?", "ss": f"(?:s{SOFT_HYPHEN}?s|[ßẞ])"}
"""Those of a folded word that texts write in several ways."""

OF_ACCOUNT: Final = -1
"""Stands for the number of words where a sign is that of an account."""


def words_of(name: str) -> list[str]:
    return WORD.findall(folded(name))


def folded(text: str) -> str:
    """As names are compared: in small letters, with ss for ß, one i whatever its dot, and no soft hyphen."""
    text = composed(text).replace(SOFT_HYPHEN, "").lower().replace("ß", "ss")
    return text.replace("i\u0307", "i").replace("ı", "i")


def _spelled(word: str) -> str:
    letters = (LETTERS.get(letter, re.escape(letter)) for letter in re.findall("ss|.", word))
    return f"{SOFT_HYPHEN}?".join(letters) + GENITIVE


def composed(text: str) -> str:
    """With ü as one character, however it was typed."""
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Wordings:
    """The addresses and names by which somebody is written; names also as "Family, Given"."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @cached_property
    def runs(self) -> list[list[str]]:
        """The names as words, in every order in which they are looked for."""
        found = [words for name in self.names if (words := words_of(name))]
        return found + [words[::-1] for words in found if len(words) == 2]

    @cached_property
    def pattern(self) -> str:
        """For PostgreSQL, in any case; each word of a name may have its genitive."""
        addresses = [re.escape(address).replace("@", "(?:@|%40)") for address in self.addresses]
        names = [BETWEEN.join(map(_spelled, words)) for words in self.runs]
        parts = [rf"(?:(?<![\w.+%-])|(?<={ESCAPED})){address}(?!\w|[.-]\w)" for address in addresses]
        parts += [rf"(?:(?<![[:alnum:]])|(?<={ESCAPED})){name}(?![[:alnum:]])" for name in names]
        return "|".join(parts)

    @property
    def signs(self) -> list[tuple[int, str]]:
        signs = {(0, keyed(address)) for address in self.addresses}
        return sorted(signs | {(len(words), keyed(" ".join(words))) for words in self.runs})


def keyed(wording: str) -> str:
    return salted_hmac("smartregion.erasure", wording.lower(), algorithm="sha256").hexdigest()


def sign_of_account(account: Any) -> str:
    """The sign of an account, also of none; no address and no name has the same."""
    return keyed(f"#{account.pk if account else ''}")


def sign_of_key() -> str:
    """Differs where another secret key made the hashes, which then match nobody."""
    return keyed("")
