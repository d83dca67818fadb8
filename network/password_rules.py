"""What a password must not be beside short: few letters again and again, or made of what everybody knows of
the person and the portal.
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
        "qwertz",
        "qwerty",
        "abc",
        "123",
        "321",
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
TOLD: Final = gettext_lazy(
    "Das Passwort ist leicht zu erraten: Es wiederholt sich oder besteht aus bekannten Wörtern, Ihrem Namen "
    "oder dem des Portals. Gut sind vier oder mehr Wörter, die nichts miteinander zu tun haben."
)
GOOD_PASSWORD: Final = gettext_lazy(
    "Mindestens 15 Zeichen, zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
)
LOOKED_AT: Final = 128
"""Letters; whoever types more has enough, and to look for repetitions takes time."""
WORD: Final = re.compile(r"\w{3,}")
REPEATED: Final = re.compile(r"(.+?)\1+")


class ResemblanceValidator(UserAttributeSimilarityValidator):
    """For the address alone; the name is looked at below."""

    def get_error_message(self) -> str:
        return _("Das Passwort ähnelt Ihrer E-Mail-Adresse zu sehr.")


class GuessableValidator:
    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError: too little is left to be guessed."""
        left = password[:LOOKED_AT].lower()
        for word in sorted({*KNOWN, *_words_about(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        while (shorter := REPEATED.sub(r"\1", left)) != left:
            left = shorter
        if len(re.sub(r"\W|_", "", left)) < LEAST_UNKNOWN:
            raise ValidationError(str(TOLD), code="password_guessable")

    def get_help_text(self) -> str:
        return _("Keine Wiederholungen, nicht Ihr Name und kein bekanntes Wort allein.")


def _words_about(user: Any) -> set[str]:
    texts = (getattr(user, name, None) or "" for name in ("name", "email"))
    return {word.lower() for text in texts for word in WORD.findall(text)}
