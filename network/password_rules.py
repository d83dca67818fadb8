"""What a password must not be beside short: few letters again and again, a row of keys, digits or the
alphabet, or made of what everybody knows of the person and the portal.
"""

import re
from typing import Any, Final

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LEAST_UNKNOWN: Final = 8
"""So many letters have to be left when all that is known, and all that repeats, is taken out."""
KNOWN: Final = frozenset(
    [
        "passwort",
        "password",
        "kennwort",
        "geheim",
        "hallo",
        "willkommen",
        "welcome",
        "000",
        "111",
        "montag",
        "januar",
        "frühling",
        "sommer",
        "herbst",
        "winter",
        "smart",
        "region",
        "kommune",
        "kreis",
        "verwaltung",
        "digital",
    ]
)
ROWS: Final = (
    "123456789012",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm",
    "qwertyuiop",
    "zxcvbnm",
)
"""Digits, the alphabet and the keys of German and English keyboards, side by side."""
STEPS: Final = 3
"""So many letters along a row show that somebody followed it."""
ALONG_ROWS: Final = frozenset(
    way[at : at + STEPS] for row in ROWS for way in (row, row[::-1]) for at in range(len(way) - STEPS + 1)
)
TOLD: Final = gettext_lazy(
    "Das Passwort ist leicht zu erraten: Es wiederholt sich, folgt der Tastatur oder dem Alphabet oder "
    "besteht aus bekannten Wörtern, Ihrem Namen oder dem des Portals. Gut sind vier oder mehr Wörter, "
    "die nichts miteinander zu tun haben."
)
GOOD_PASSWORD: Final = gettext_lazy(
    "Mindestens 15 Zeichen, zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
)
AGAIN: Final = gettext_lazy("Passwort noch einmal")
NOT_EQUAL: Final = gettext_lazy("Die beiden Passwörter sind nicht gleich.")
LOOKED_AT: Final = 128
"""Letters; whoever types more has enough, and to look for repetitions takes time."""
WORD: Final = re.compile(r"\w{3,}")
REPEATED: Final = re.compile(r"(.+?)\1+")


class ResemblanceValidator(UserAttributeSimilarityValidator):
    """For the address alone; the name is looked at below."""

    def get_error_message(self) -> str:
        return _("Das Passwort ähnelt Ihrer E-Mail-Adresse zu sehr.")


class GuessableValidator:
    """One shorter than `min_length` is told that alone."""

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError: too little is left to be guessed."""
        if len(password) < self.min_length:
            return
        left = password[:LOOKED_AT].lower()
        for word in sorted({*KNOWN, *_words_about(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        while (shorter := REPEATED.sub(r"\1", left)) != left:
            left = shorter
        if len(re.sub(r"\W|_", "", _without_rows(left))) < LEAST_UNKNOWN:
            raise ValidationError(str(TOLD), code="password_guessable")

    def get_help_text(self) -> str:
        return _("Keine Wiederholungen, nicht Ihr Name und kein bekanntes Wort allein.")


def _without_rows(text: str) -> str:
    along = {
        at + step
        for at in range(len(text) - STEPS + 1)
        if text[at : at + STEPS] in ALONG_ROWS
        for step in range(STEPS)
    }
    return "".join(letter for at, letter in enumerate(text) if at not in along)


def _words_about(user: Any) -> set[str]:
    texts = (getattr(user, name, None) or "" for name in ("name", "email"))
    return {word.lower() for text in texts for word in WORD.findall(text)}
