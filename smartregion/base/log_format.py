"""Logs without people and secrets: addresses of mail, and the secret parts of addresses, are replaced."""

import logging
import re
from typing import Final

ADDRESS: Final = re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
RESET: Final = re.compile(r"(/konto/passwort/neu/)[^\s/]+")
MIXED: Final = r"(?=[\w:=-]*[A-Z])(?=[\w:=-]*[a-z])(?=[\w:=-]*\d)"
SECRET: Final = re.compile(rf"(?<![\w:-]){MIXED}[\w:=-]{{24,}}(?![\w:-])")
"""As links and tokens are made: small and capital letters and digits at random. A hash has no capitals."""
NAMES: Final = "password|passwort|secret|token|sessionid|csrftoken|authorization"
NAMED: Final = re.compile(rf"""(?i)\b((?:{NAMES})["']?\s*[=:]\s*[\[("']*(?:bearer\s+)?)[^\s"'&,}}\])]+""")


def without_people(text: str) -> str:
    text = NAMED.sub(r"\1[…]", RESET.sub(r"\1[…]", text))
    return SECRET.sub("[…]", ADDRESS.sub("[Adresse]", text))


class WithoutPeople(logging.Formatter):
    """Cleans each line as it is written, its traceback too."""

    def format(self, record: logging.LogRecord) -> str:
        return without_people(super().format(record))
