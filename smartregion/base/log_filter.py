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


class WithoutPeople(logging.Filter):
    """Changes each record before it is written, its traceback too."""

    formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_people(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_people(record.exc_text)
        return True
