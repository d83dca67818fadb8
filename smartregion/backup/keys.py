"""The key of the backups: a file as `age-keygen` writes it.

With a secret key in it, backups are made, read back and drilled. A machine that shall only make them keeps a
file with the public line (`age1…`) alone.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from smartregion.backup import BackupError

SECRET: Final = "AGE-SECRET-KEY-"  # noqa: S105 - how the line of a secret key begins


@dataclass(frozen=True)
class Key:
    recipients: list[pyrage.x25519.Recipient]
    identities: list[pyrage.x25519.Identity] = field(repr=False)

    @classmethod
    def read(cls, path: Path | None = None) -> Self:
        """The key in this file, else in the one that SMARTREGION_BACKUP_KEY names."""
        source = path or key_file()
        try:
            text = source.read_text(encoding="ascii")
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", "") or _("kein Schlüssel")
            raise BackupError(
                _("Die Schlüsseldatei %(path)s ist nicht lesbar (%(reason)s).")
                % {"path": source, "reason": reason}
            ) from error
        try:
            return cls._of(line.strip() for line in text.splitlines())
        except (pyrage.IdentityError, pyrage.RecipientError, ValueError) as error:
            raise BackupError(
                _("Die Datei %(path)s enthält keinen Schlüssel. „manage.py backup_key DATEI“ macht einen.")
                % {"path": source}
            ) from error

    @classmethod
    def _of(cls, lines: Iterable[str]) -> Self:
        words = [line for line in lines if line and not line.startswith("#")]
        identities = [pyrage.x25519.Identity.from_str(word) for word in words if word.startswith(SECRET)]
        public = [pyrage.x25519.Recipient.from_str(word) for word in words if not word.startswith(SECRET)]
        recipients = [identity.to_public() for identity in identities] + public
        if not recipients:
            raise ValueError(words)
        return cls(recipients, identities)


def key_file() -> Path:
    if not settings.BACKUP_KEY:
        raise BackupError(
            _(
                "SMARTREGION_BACKUP_KEY fehlt: die Datei mit dem Schlüssel der Sicherungen. "
                "„manage.py backup_key DATEI“ macht eine."
            )
        )
    return Path(settings.BACKUP_KEY)


def make_key(path: Path) -> str:
    """Write a new secret key, for its owner alone, and return the public one. A key that is there stays."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupError(_("%(path)s gibt es schon und bleibt, wie sie ist.") % {"path": path}) from error
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    return public
