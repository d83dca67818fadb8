"""The languages that visitors read and are written to. German is the source and needs no catalogue."""

from contextlib import AbstractContextManager
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

SOURCE: Final = "de"


class German(str):
    """What people wrote, where it stands among words of ours, as in a path of pages."""


def current_language() -> str:
    return translation.get_language() or SOURCE


def is_source() -> bool:
    return current_language() == SOURCE


def in_language(code: str) -> AbstractContextManager[Any]:
    """`with in_language(registration.language):` what is said and linked within is in that language."""
    return translation.override(code if code in dict(settings.LANGUAGES) else SOURCE)


def language_field() -> models.CharField[Any, str]:
    """For a row that somebody made who will be written to: the language of the page that they used."""
    return models.CharField(_("Sprache"), max_length=2, default=current_language, choices=settings.LANGUAGES)
